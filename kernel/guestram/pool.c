// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest RAM of each NUMA node, and its directory in /sys/fs/guestramfs:
 *
 *	size	bytes that files can have
 *	free	bytes that no file has
 *	dirty	bytes that have to be zeroed, before a file gets them
 *	blocks	largest blocks that are free as a whole
 *	retired	bytes that no file gets again
 *	retire	root writes a physical address: no file gets that memory again
 */
#include <linux/capability.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/kobject.h>
#include <linux/memory_hotplug.h>
#include <linux/slab.h>
#include <linux/suspend.h>
#include <linux/sysfs.h>

#include "guestram.h"

static struct guestram_pool *pools[MAX_NUMNODES];

/** guestram_pool_of() - the pool of a node; NULL if it has none */
struct guestram_pool *guestram_pool_of(int node)
{
	return node >= 0 && node < MAX_NUMNODES ? pools[node] : NULL;
}

/** guestram_pool_first_node() - the first node with a pool, or NUMA_NO_NODE */
int guestram_pool_first_node(void)
{
	for (int node = 0; node < MAX_NUMNODES; node++) {
		if (pools[node])
			return node;
	}
	return NUMA_NO_NODE;
}

/**
 * guestram_pool_take() - get clean memory for a file
 * @pool: from where
 * @first: the first unit of the file that is to get some
 * @map: filled in, as by guestram_units_take()
 * @nr: how many units
 *
 * Context: sleeps until all is clean.
 * Return: 0; -ENOSPC; or -ERESTARTSYS, if a signal came before all was clean. Then no unit
 * was taken.
 */
int guestram_pool_take(struct guestram_pool *pool, u32 first, u32 *map, u32 nr)
{
	bool clean, there;
	u32 wanted;
	int ret;

	for (;;) {
		mutex_lock(&pool->lock);
		wanted = pool->units.nr_wanted;
		ret = guestram_units_take(&pool->units, first, map, nr);
		/* Under the lock it only grows, by each unit that is taken and not clean. */
		clean = pool->units.nr_wanted == wanted;
		mutex_unlock(&pool->lock);
		if (ret || clean)
			return ret;

		ret = guestram_zero_wait(pool, map, nr);

		mutex_lock(&pool->lock);
		/* One may have been retired meanwhile. */
		there = guestram_units_are_there(&pool->units, map, nr);
		if (ret || !there)
			guestram_units_give(&pool->units, map, nr, false);
		mutex_unlock(&pool->lock);
		if (ret || there)
			return ret;
	}
}

/** guestram_pool_give() - take memory back, which is zeroed then */
void guestram_pool_give(struct guestram_pool *pool, const u32 *map, u32 nr)
{
	mutex_lock(&pool->lock);
	guestram_units_give(&pool->units, map, nr, true);
	mutex_unlock(&pool->lock);
	guestram_zero_begin(pool);
}

static struct guestram_pool *pool_of_kobj(struct kobject *kobj)
{
	return container_of(kobj, struct guestram_pool, kobj);
}

static ssize_t show_units(char *buf, u64 units)
{
	return sysfs_emit(buf, "%llu\n", units << GUESTRAM_UNIT_SHIFT);
}

static ssize_t size_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return show_units(buf, READ_ONCE(pool_of_kobj(kobj)->units.nr_there));
}

static ssize_t free_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return show_units(buf, READ_ONCE(pool_of_kobj(kobj)->units.nr_free));
}

static ssize_t dirty_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return show_units(buf, READ_ONCE(pool_of_kobj(kobj)->units.nr_dirty));
}

static ssize_t blocks_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(pool_of_kobj(kobj)->units.nr_whole));
}

static ssize_t retired_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return show_units(buf, READ_ONCE(pool_of_kobj(kobj)->nr_retired));
}

static ssize_t retire_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *buf, size_t count)
{
	struct guestram_pool *pool = pool_of_kobj(kobj);
	u64 address, unit;
	bool was_there;
	int ret;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	ret = kstrtou64(buf, 0, &address);
	if (ret)
		return ret;
	unit = (address - pool->base) >> GUESTRAM_UNIT_SHIFT;
	if (address < pool->base || unit >= pool->units.nr)
		return -ENXIO;
	mutex_lock(&pool->lock);
	was_there = guestram_units_retire(&pool->units, unit);
	pool->nr_retired += was_there;
	mutex_unlock(&pool->lock);
	if (!was_there)
		return -ENXIO;
	pr_info("node %d: %#llx is retired, with the 2 MiB around it\n", pool->node, address);
	return count;
}

static struct kobj_attribute size_attr = __ATTR_RO(size);
static struct kobj_attribute free_attr = __ATTR_RO(free);
static struct kobj_attribute dirty_attr = __ATTR_RO(dirty);
static struct kobj_attribute blocks_attr = __ATTR_RO(blocks);
static struct kobj_attribute retired_attr = __ATTR_RO(retired);
static struct kobj_attribute retire_attr = __ATTR_WO(retire);

static struct attribute *pool_attrs[] = {
	&size_attr.attr, &free_attr.attr, &dirty_attr.attr, &blocks_attr.attr,
	&retired_attr.attr, &retire_attr.attr, NULL,
};
ATTRIBUTE_GROUPS(pool);

/* Pools stay until the machine goes down. */
static void pool_release(struct kobject *kobj)
{
}

static const struct kobj_type pool_type = {
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = pool_groups,
	.release = pool_release,
};

static int __init node_of(const struct guestram_extent *e)
{
	int node = phys_to_target_node(e->base);

	/* What lies below all of the kernel's memory is in no list of its any more. */
	if (node == NUMA_NO_NODE)
		node = e->node;
	/* With numa=off there is node 0 only. */
	return node < 0 || node >= MAX_NUMNODES || !node_possible(node) ? 0 : node;
}

/* Shown in /proc/iomem. /dev/mem would map the memory Device, beside its users. */
static bool __init claim(const struct guestram_extent *e)
{
	struct resource *res = kzalloc(sizeof(*res), GFP_KERNEL);

	if (!res)
		return false;
	res->name = "Guest RAM";
	res->start = e->base;
	res->end = e->base + e->size - 1;
	res->flags = IORESOURCE_MEM | IORESOURCE_BUSY | IORESOURCE_EXCLUSIVE;
	if (!request_resource(&iomem_resource, res))
		return true;
	pr_err("%pR belongs to somebody else; name another address\n", res);
	kfree(res);
	return false;
}

/* A pool for all extents of @node. */
static int __init make_pool(int node, const bool *claimed, struct kobject *parent)
{
	phys_addr_t start = PHYS_ADDR_MAX, end = 0;
	struct guestram_pool *pool;
	int ret;

	for (unsigned int i = 0; i < guestram_nr_extents; i++) {
		const struct guestram_extent *e = &guestram_extents[i];

		if (!claimed[i] || node_of(e) != node)
			continue;
		start = min(start, e->base);
		end = max(end, e->base + e->size);
	}
	if (!end)
		return 0;

	pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	if (!pool)
		return -ENOMEM;
	pool->node = node;
	pool->base = ALIGN_DOWN(start, GUESTRAM_BLOCK);
	mutex_init(&pool->lock);
	init_waitqueue_head(&pool->cleaned);
	ret = guestram_units_init(&pool->units, (end - pool->base) >> GUESTRAM_UNIT_SHIFT,
				  GUESTRAM_BLOCK >> GUESTRAM_UNIT_SHIFT);
	if (ret)
		goto free;
	for (unsigned int i = 0; i < guestram_nr_extents; i++) {
		const struct guestram_extent *e = &guestram_extents[i];

		if (claimed[i] && node_of(e) == node)
			guestram_units_add(&pool->units,
					   (e->base - pool->base) >> GUESTRAM_UNIT_SHIFT,
					   e->size >> GUESTRAM_UNIT_SHIFT);
	}
	ret = guestram_zero_init(pool);
	if (ret)
		goto destroy;
	ret = kobject_init_and_add(&pool->kobj, &pool_type, parent, "node%d", node);
	if (ret) {
		pr_warn("node %d: no directory in /sys/fs/guestramfs: %d\n", node, ret);
		kobject_put(&pool->kobj);
	}
	pools[node] = pool;
	guestram_zero_begin(pool);
	return 0;

destroy:
	guestram_units_destroy(&pool->units);
free:
	kfree(pool);
	return ret;
}

/*
 * An image of the host has no guest RAM in it, but says which of it is clean. Files would
 * come back with what somebody else has left there.
 */
static int refuse_hibernation(struct notifier_block *nb, unsigned long event, void *data)
{
	if (event != PM_HIBERNATION_PREPARE)
		return NOTIFY_DONE;
	pr_err("a host with guest RAM cannot hibernate: its image would not have that memory\n");
	return NOTIFY_BAD;
}

/**
 * guestram_pools_init() - make the pools of what was taken at boot
 *
 * A node whose pool cannot be made has none; the others have theirs.
 *
 * Return: 0 or -ENOMEM.
 */
int __init guestram_pools_init(void)
{
	static bool claimed[GUESTRAM_EXTENTS] __initdata;
	struct kobject *parent = kobject_create_and_add("guestramfs", fs_kobj);

	if (!parent)
		return -ENOMEM;
	for (unsigned int i = 0; i < guestram_nr_extents; i++)
		claimed[i] = claim(&guestram_extents[i]);
	for (int node = 0; node < MAX_NUMNODES; node++) {
		if (make_pool(node, claimed, parent))
			pr_err("node %d: no memory for its books; it has no guest RAM\n", node);
	}
	if (guestram_nr_extents)
		pm_notifier(refuse_hibernation, 0);
	return 0;
}
