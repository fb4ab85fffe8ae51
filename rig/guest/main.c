// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the inner guest. Either its whole RAM is the memory under test, or,
 * with cohmem.scene=gpu, the memory of a GPU, which it hot-adds first. With
 * the argument "boot" it has done its work when it runs.
 *
 * What it found goes to the console as lines "guest: NAME ok ..." and
 * "guest: NAME FAIL ...". After "guest: done" it waits for lines that say what
 * else to do (serve.c), so that the host can look at the stage 2 of a live VM;
 * after an empty line it powers off.
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
			say("%s FAIL cannot mount it: %m", where[i][0]);
	}
}

/* What PID 1 has so far stays where it is: else it could not report. */
static void stay_in_own_ram(void)
{
	char stack[STACK_BYTES];

	memset(stack, 0, sizeof(stack));
	/* Not to be optimised away. */
	asm volatile("" :: "r"(stack) : "memory");
	if (mlockall(MCL_CURRENT))
		say("own_ram FAIL cannot lock it: %m");
}

/* How much of its memory to verify, in MiB; 0 is all that is left. */
static long workload(void)
{
	const char *mib = option("workload");

	return mib ? atol(mib) : 0;
}

static void scene_gpu(void)
{
	stay_in_own_ram();
	if (!gpu_hot_add())
		return;
	gpu_check_region2();
	run_checks();
	run_memtester(workload());
}

int main(int argc, char **argv)
{
	const char *scene;

	setvbuf(stdout, NULL, _IOLBF, 0);
	say("user_space ok");
	if (argc > 1 && !strcmp(argv[1], "boot"))
		goto done;

	mount_system();
	scene = option("scene");
	if (scene && !strcmp(scene, "gpu")) {
		scene_gpu();
	} else {
		run_checks();
		run_memtester(workload());
	}
done:
	say("done");
	fflush(stdout);
	serve();
	reboot(RB_POWER_OFF);
	return 1;
}
