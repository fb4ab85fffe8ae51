// SPDX-License-Identifier: GPL-2.0-only
/*
 * Zeroes guest RAM: at boot, and after a file has given it back. Nobody gets memory that
 * is not clean. The memory has no kernel mapping, so a part of it is mapped for as long
 * as it is being zeroed, with the attributes that its users have.
 */
#include <linux/io.h>
#include <linux/sched.h>
#include <linux/topology.h>
#include <linux/workqueue.h>

#include "guestram.h"

/* What is mapped at a time: the tables for it are few, and KASAN shadows it. */
#define WINDOW_UNITS	16

static bool zero_units(struct guestram_pool *pool, u32 unit, u32 nr)
{
	void *window = memremap(guestram_unit_address(pool, unit), nr * GUESTRAM_UNIT,
				MEMREMAP_WB);

	if (!window)
		return false;
	for (u32 i = 0; i < nr; i++) {
		memset(window + i * GUESTRAM_UNIT, 0, GUESTRAM_UNIT);
		cond_resched();
	}
	memunmap(window);
	return true;
}

static void drop_units(struct guestram_pool *pool, u32 unit, u32 nr)
{
	mutex_lock(&pool->lock);
	guestram_units_end_zeroing(&pool->units, unit, nr, false);
	mutex_unlock(&pool->lock);
}

static void zero_work(struct work_struct *work)
{
	struct guestram_worker *worker = container_of(work, struct guestram_worker, work);
	struct guestram_pool *pool = worker->pool;
	u32 most = WINDOW_UNITS, unit, nr;

	for (;;) {
		nr = most;
		mutex_lock(&pool->lock);
		unit = guestram_units_begin_zeroing(&pool->units, &nr, pool->next);
		pool->next = unit + nr;
		mutex_unlock(&pool->lock);
		if (!nr)
			break;
		/* There is no memory for the tables: a smaller window needs fewer. */
		while (!zero_units(pool, unit, nr)) {
			if (nr > 1)
				drop_units(pool, unit + 1, nr - 1);
			nr = 1;
			most = 1;
			schedule_timeout_uninterruptible(HZ / 10);
		}
		mutex_lock(&pool->lock);
		guestram_units_end_zeroing(&pool->units, unit, nr, true);
		mutex_unlock(&pool->lock);
		wake_up_all(&pool->cleaned);
	}
}

/** guestram_zero_begin() - let what has to be zeroed be zeroed */
void guestram_zero_begin(struct guestram_pool *pool)
{
	for (unsigned int i = 0; i < pool->nr_workers; i++)
		queue_work_node(pool->node, pool->queue, &pool->workers[i].work);
}

/*
 * Without the lock, which sleeps. A unit that a file has taken becomes clean once and stays
 * so, hence @done goes forward only.
 */
static bool all_clean(const struct guestram_pool *pool, const u32 *map, u32 nr, u32 *done)
{
	while (*done < nr && test_bit(map[*done], pool->units.clean))
		++*done;
	return *done == nr;
}

/**
 * guestram_zero_wait() - wait until units are clean
 * @pool: the pool
 * @map: the units, which a file has taken
 * @nr: how many
 *
 * Context: may sleep. What was zeroed is seen once the pool's lock has been taken.
 * Return: 0, or -ERESTARTSYS if a signal comes first.
 */
int guestram_zero_wait(struct guestram_pool *pool, const u32 *map, u32 nr)
{
	u32 done = 0;

	if (all_clean(pool, map, nr, &done))
		return 0;
	guestram_zero_begin(pool);
	return wait_event_interruptible(pool->cleaned, all_clean(pool, map, nr, &done));
}

/**
 * guestram_zero_init() - make what zeroes the units of a pool
 *
 * Return: 0 or -ENOMEM.
 */
int __init guestram_zero_init(struct guestram_pool *pool)
{
	/* Memory is faster than one CPU, and the others have work to do, too. */
	pool->nr_workers = clamp(nr_cpus_node(pool->node) / 4, 2, GUESTRAM_WORKERS);
	pool->queue = alloc_workqueue("guestram%d", WQ_UNBOUND, pool->nr_workers, pool->node);
	if (!pool->queue)
		return -ENOMEM;
	for (unsigned int i = 0; i < pool->nr_workers; i++) {
		pool->workers[i].pool = pool;
		INIT_WORK(&pool->workers[i].work, zero_work);
	}
	return 0;
}
