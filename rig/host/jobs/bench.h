/* SPDX-License-Identifier: GPL-2.0-only */
/* What job bench measures, and the memory for it. */
#ifndef RIG_HOST_JOBS_BENCH_H
#define RIG_HOST_JOBS_BENCH_H

#include <stdbool.h>

#include "cohmem_testdev.h"
#include "kernel.h"

#define KIB		1024ULL
#define MIB		(1024 * KIB)
#define GIB		(1024 * MIB)

/**
 * struct measure - one thing to measure
 * @name: begins the names of its facts
 * @node: of /dev/cohmem-test, "" for region 4 of the GPU, or NULL for anonymous memory
 * @advice: for madvise(), of anonymous memory
 * @size: of the memory
 * @touch: how much of it the guest touches, 0 for all. So little that it is done between
 *	   two ticks of the host
 * @stride: of these touches
 * @populate: stride of the VMM's own touches before that, 0 for none
 * @odd: for node "odd": which of its pages are odd
 * @each: find the longest touch
 * @block: the smallest block that stage 2 must map, or the measure fails
 * @run: measures it; NULL for touches alone
 */
struct measure {
	const char *name;
	const char *node;
	int advice;
	u64 size;
	u64 touch;
	u64 stride;
	u64 populate;
	struct testdev_odd odd;
	bool each;
	u64 block;
	void (*run)(const struct measure *m, u64 hz, bool counts);
};

#define BENCH_IPA	GIB	/* memory starts at a multiple of 1 GiB */

/** bench_counts() - whether faults are counted, in runs that are not measured */
bool bench_counts(void);

/** bench_sleep() - until the host has just had a tick: a short window should have none */
void bench_sleep(void);

/** bench_fact() - report a number of a measure, as fact MEASURE_WHAT */
void bench_fact(const struct measure *m, const char *what, u64 value);

/** bench_ahead() - measure what it costs to have memory mapped in advance */
void bench_ahead(const struct measure *m, u64 hz, bool counts);

/** bench_log() - measure what it costs to log a guest's writes */
void bench_log(const struct measure *m, u64 hz, bool counts);

/** bench_unlog() - measure what it costs that pages become blocks again after logging */
void bench_unlog(const struct measure *m, u64 hz, bool counts);

/**
 * bench_memory_map() - map the memory of a measure, and populate it as @m says
 * @m: the measure
 *
 * The files stay open until the host ends.
 *
 * Return: where the memory is.
 */
void *bench_memory_map(const struct measure *m);

/** bench_memory_tables() - pages of page tables that this process has */
u64 bench_memory_tables(void);

#endif /* RIG_HOST_JOBS_BENCH_H */
