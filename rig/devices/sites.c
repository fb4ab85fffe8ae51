// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts the places from which allocations were made that fail-nth let fail: paths of
 * calls, each once.
 *
 *	echo 1 > /sys/module/cohmem_testdev/parameters/sites	counts from now on
 *	echo 0 > /sys/module/cohmem_testdev/parameters/sites	no more
 *
 * To read the parameter gives how many there were.
 */
#include <linux/jhash.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/stacktrace.h>

#include "error.h"

#define MOST	1024
#define DEPTH	24

static u32 sites[MOST];
static unsigned int nr_sites;
static DEFINE_RAW_SPINLOCK(lock);

/* The counter of fail-nth goes down by each call; the one that finds 1 is to fail. */
static int note_site(struct kprobe *probe, struct pt_regs *regs)
{
	unsigned long calls[DEPTH], flags;
	unsigned int nr, i;
	u32 hash;

	if (!in_task() || current->fail_nth != 1)
		return 0;
	nr = stack_trace_save(calls, DEPTH, 0);
	hash = jhash(calls, nr * sizeof(calls[0]), (u32)procedure_link_pointer(regs));
	raw_spin_lock_irqsave(&lock, flags);
	for (i = 0; i < nr_sites && sites[i] != hash; i++)
		;
	if (i == nr_sites && i < MOST)
		sites[nr_sites++] = hash;
	raw_spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static struct kprobe probe = { .symbol_name = "should_fail_ex", .pre_handler = note_site };
static bool counting;

void sites_end(void)
{
	if (counting)
		unregister_kprobe(&probe);
	counting = false;
}

static int set_sites(const char *val, const struct kernel_param *kp)
{
	bool on;
	int ret = kstrtobool(val, &on);

	if (ret)
		return ret;
	sites_end();
	if (!on)
		return 0;
	nr_sites = 0;
	probe.addr = NULL;
	probe.flags = 0;
	ret = register_kprobe(&probe);
	counting = !ret;
	return ret;
}

static int get_sites(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%u\n", nr_sites);
}

static const struct kernel_param_ops sites_ops = {
	.set = set_sites,
	.get = get_sites,
};
module_param_cb(sites, &sites_ops, NULL, 0600);
MODULE_PARM_DESC(sites, "1: count from where allocations are made that fail; 0: no more");
