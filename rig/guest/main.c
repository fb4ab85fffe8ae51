// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the inner guest. The memory under test is its whole RAM. With
 * cohmem.task=gpu it is the memory of a GPU, which the guest hot-adds first. With the
 * argument "boot" the guest is done as soon as this runs.
 *
 * What it finds goes to the console as lines "guest: NAME ok ..." and
 * "guest: NAME FAIL ...". After "guest: done" it waits for orders, a line each
 * (serve.c): the host can look at the stage 2 of a live VM meanwhile. After an empty line
 * it powers off.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "guest.h"
#include "option.h"

#define STACK_BYTES (128 * 1024)

static void mount_system(void)
{
	static const char * const where[][2] = {
		{ "proc", "/proc" }, { "sysfs", "/sys" }, { "devtmpfs", "/dev" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(where); i++) {
		if (mount(where[i][0], where[i][1], where[i][0], 0, NULL))
			report("%s FAIL cannot mount it: %m", where[i][0]);
	}
}

/* PID 1's memory stays where it is, so that it can report when the GPU's memory fails. */
static void stay_in_own_ram(void)
{
	char stack[STACK_BYTES];

	memset(stack, 0, sizeof(stack));
	/* Keeps the compiler from removing the memset(). */
	asm volatile("" :: "r"(stack) : "memory");
	if (mlockall(MCL_CURRENT))
		report("own_ram FAIL cannot lock it: %m");
}

/* How much of its memory to verify, in MiB; 0 is all that is left. */
static long workload(void)
{
	const char *mib = option("workload");

	return mib ? atol(mib) : 0;
}

static void gpu_task(void)
{
	stay_in_own_ram();
	gpu_say_nodes();
	if (!gpu_hot_add())
		return;
	gpu_check_region2();
	checks_run();
	memtester_run(workload());
}

int main(int argc, char **argv)
{
	const char *task;

	setvbuf(stdout, NULL, _IOLBF, 0);
	report("user_space ok");
	if (argc > 1 && !strcmp(argv[1], "boot"))
		goto done;

	mount_system();
	task = option("task");
	if (task && !strcmp(task, "gpu")) {
		gpu_task();
	} else {
		checks_run();
		memtester_run(workload());
	}
done:
	report("done");
	fflush(stdout);
	serve();
	reboot(RB_POWER_OFF);
	return 1;
}
