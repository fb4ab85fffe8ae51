// SPDX-License-Identifier: GPL-2.0-only
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "cohmem_ticks.h"
#include "cohmem_util.h"

#define TICK_NS		200000

static pthread_t thread;
static atomic_uint ticks, longest_us;
static atomic_bool stop;

static void *tick(void *unused)
{
	struct sched_param param = { .sched_priority = 1 };
	struct timespec interval = { .tv_nsec = TICK_NS };
	unsigned long last, now;

	kvm_pin_this_task_to_pcpu(0);
	TEST_ASSERT(!sched_setscheduler(0, SCHED_FIFO, &param),
		    "SCHED_FIFO: errno %i", errno);
	for (last = now_us(); !stop; last = now) {
		nanosleep(&interval, NULL);
		now = now_us();
		if (now - last > longest_us)
			longest_us = now - last;
		ticks++;
	}
	return NULL;
}

void ticks_begin(void)
{
	unsigned int before = ticks;

	stop = false;
	pthread_create(&thread, NULL, tick, NULL);
	while (ticks == before)
		usleep(100);
}

unsigned int ticks_now(void)
{
	return ticks;
}

unsigned int ticks_longest_us(void)
{
	return atomic_exchange(&longest_us, 0);
}

void ticks_end(void)
{
	stop = true;
	pthread_join(thread, NULL);
}
