// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets a function of the kernel fail, for whoever asks for it:
 *
 *	echo FUNCTION VALUE TIMES [AFTER] > /sys/module/cohmem_testdev/parameters/error
 *
 * The function does not run then, and returns VALUE, when this process calls it, TIMES
 * times, AFTER calls that it has made before. To read the parameter gives how many times
 * are left. An empty line ends it.
 *
 * Not by fail_function of debugfs: that takes only functions which say so.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "error.h"

static char function[KSYM_NAME_LEN];
static long long value;
static pid_t caller;
static atomic_t left = ATOMIC_INIT(0), before = ATOMIC_INIT(0);

static int return_value(struct kprobe *probe, struct pt_regs *regs)
{
	if (task_tgid_nr(current) != caller || atomic_dec_if_positive(&before) >= 0 ||
	    atomic_dec_if_positive(&left) < 0)
		return 0;
	regs_set_return_value(regs, value);
	instruction_pointer_set(regs, procedure_link_pointer(regs));
	return 1;
}

static struct kprobe probe;

void error_end(void)
{
	if (probe.symbol_name)
		unregister_kprobe(&probe);
	memset(&probe, 0, sizeof(probe));
	atomic_set(&left, 0);
}

static int set_error(const char *val, const struct kernel_param *kp)
{
	unsigned int times, after = 0;
	int ret;

	error_end();
	if (!*skip_spaces(val))
		return 0;
	/* KSYM_NAME_LEN is 512. */
	if (sscanf(val, "%511s %lli %u %u", function, &value, &times, &after) < 3)
		return -EINVAL;
	caller = task_tgid_nr(current);
	probe.symbol_name = function;
	probe.pre_handler = return_value;
	ret = register_kprobe(&probe);
	if (ret) {
		memset(&probe, 0, sizeof(probe));
		return ret;
	}
	atomic_set(&before, after);
	atomic_set(&left, times);
	return 0;
}

static int get_error(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&left));
}

static const struct kernel_param_ops error_ops = {
	.set = set_error,
	.get = get_error,
};
module_param_cb(error, &error_ops, NULL, 0600);
MODULE_PARM_DESC(error, "FUNCTION VALUE TIMES [AFTER]: what is to fail, with what, how often, after how many calls");
