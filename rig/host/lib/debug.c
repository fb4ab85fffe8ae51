// SPDX-License-Identifier: GPL-2.0-only
/* What the kernel has lost of its own memory, on a kernel that keeps account. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "debug.h"
#include "end.h"
#include "util.h"

#define KMEMLEAK "/sys/kernel/debug/kmemleak"

/* Younger memory is not reported, since it may be on its way (mm/kmemleak.c). */
#define MIN_AGE_SECONDS 5

bool debug_kernel(void)
{
	return !access(KMEMLEAK, W_OK);
}

void debug_find_leaks(void)
{
	char line[256];
	FILE *f;

	if (!debug_kernel())
		return;
	sleep(MIN_AGE_SECONDS + 1);
	if (!write_file(KMEMLEAK, "scan\n"))
		give_up("kmemleak does not scan: %m");
	/* The kernel says how many there are, which fails the run; this is which. */
	f = fopen(KMEMLEAK, "r");
	while (f && fgets(line, sizeof(line), f))
		printf("rig: | %s", line);
	if (f)
		fclose(f);
	say("scanned for leaks");
}
