// SPDX-License-Identifier: GPL-2.0-only
/* The debug kernel keeps account of its memory by kmemleak, and says what it has lost. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "debug.h"
#include "end.h"
#include "util.h"

#define KMEMLEAK "/sys/kernel/debug/kmemleak"

/* kmemleak does not report younger memory, which may be in use soon (mm/kmemleak.c). */
#define MIN_AGE_SECONDS 5

bool debug_kernel(void)
{
	return !access(KMEMLEAK, W_OK);
}

/* KASAN and lockdep cost that much time. */
double debug_secs(double secs)
{
	return debug_kernel() ? 5 * secs : secs;
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
	/* The kernel's message with their number fails the run. These lines say which. */
	f = fopen(KMEMLEAK, "r");
	while (f && fgets(line, sizeof(line), f))
		printf("rig: | %s", line);
	if (f)
		fclose(f);
	say("scanned for leaks");
}
