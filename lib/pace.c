// SPDX-License-Identifier: GPL-2.0-only
#include <time.h>

#include "kernel.h"
#include "pace.h"

/*
 * The piece of work, and what it takes on an idle PC of the kind on which the limits
 * were written, and in a host emulated there. These two are all that is to be changed
 * if the limits are written anew on another PC.
 */
#define ROUNDS		10000000
#define IDLE_SECS_PC		0.020
#define IDLE_SECS_EMULATED	0.060

/* The work takes a hundredth of the time, or less. */
#define EVERY_SECS	5
/* Something that hangs has to end some time. */
#define MAX_SLOWNESS	20

static enum pace_place place;
static double slowness;
/* When that was found out: by the clock, and in seconds of an idle PC. */
static double clock_then;
static double pace_then;

static double seconds_of(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

double pace_clock(void)
{
	return seconds_of(CLOCK_MONOTONIC);
}

static double time_work(void)
{
	clockid_t id = place == PACE_PC ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
	double begun = seconds_of(id);
	u64 x = 1;

	for (int i = 0; i < ROUNDS; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
	}
	/* Or the compiler would see that nobody wants it. */
	__asm__ volatile("" : : "r" (x));
	return seconds_of(id) - begun;
}

static void look(void)
{
	slowness = time_work() / (place == PACE_PC ? IDLE_SECS_PC : IDLE_SECS_EMULATED);
	/* Limits are no shorter on a PC that is faster. */
	if (slowness < 1)
		slowness = 1;
	if (slowness > MAX_SLOWNESS)
		slowness = MAX_SLOWNESS;
}

void pace_begin(enum pace_place where)
{
	place = where;
	look();
	clock_then = pace_clock();
	pace_then = 0;
}

double pace_now(void)
{
	double clock = pace_clock(), pace = pace_then + (clock - clock_then) / slowness;

	if (clock - clock_then >= EVERY_SECS) {
		clock_then = clock;
		pace_then = pace;
		look();
	}
	return pace;
}

double pace_slowness(void)
{
	return slowness;
}
