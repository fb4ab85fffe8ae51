// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job bench: what stage-2 faults cost. A small guest (touch.S) touches memory that the
 * host maps in several ways. On machine bench the guest's counter counts instructions,
 * also those of the host; nothing else runs.
 *
 * A tracepoint counts faults, and a dump of stage 2 tables. Both happen in a run of their
 * own that is not measured. With cohmem.counts=0 there is no such run.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "cohmem_stage2.h"
#include "jobs.h"
#include "ktap.h"
#include "option.h"
#include "rawvm.h"
#include "trace.h"

#define REPEATS		8
#define LONG_ENOUGH	300000000ULL	/* ticks in all, then no more repeats */
#define TICK_NS		4000000ULL	/* a multiple of the host's own */
#define EVENT_SIZE	56
#define TRACE		"bench"

static const struct measure measures[] = {
	{ "pte", "declared", .size = GIB, .stride = 4 * KIB },
	{
		"pmd", "huge", .size = GIB, .stride = 4 * KIB,
		.populate = 2 * MIB,
	},
	/* The real driver, whatever it maps, after the VMM has touched all. */
	{
		"nvgrace", "", .size = GIB, .stride = 4 * KIB,
		.populate = 2 * MIB,
	},
	{
		"contiguous", "declared", .size = GIB, .stride = 2 * MIB,
		.touch = 256 * MIB,
		.each = true,
	},
	/* The scan for 1 GiB reads all and fails; those for 2 MiB succeed. */
	{
		"last_page", "odd", .size = GIB, .stride = 2 * MIB,
		.touch = 256 * MIB,
		.odd = { GIB - 4 * KIB, GIB, TESTDEV_ODD_ELSEWHERE },
		.each = true,
	},
	/* Every scan for 2 MiB fails, as late as it can. */
	{
		"each_2m", "odd", .size = GIB, .stride = 2 * MIB,
		.touch = 256 * MIB,
		.odd = { 2 * MIB - 4 * KIB, 2 * MIB, TESTDEV_ODD_ELSEWHERE },
		.each = true,
	},
	{
		"anon_4k", NULL, MADV_NOHUGEPAGE, .size = 128 * MIB,
		.stride = 4 * KIB, .populate = 4 * KIB,
	},
	{
		"anon_thp", NULL, MADV_HUGEPAGE, .size = 512 * MIB,
		.stride = 2 * MIB, .populate = 4 * KIB, .block = 2 * MIB,
	},
	{ "ahead_pte", "declared", .size = GIB, .stride = 4 * KIB, .run = bench_ahead },
	{
		"ahead_pmd", "huge", .size = GIB, .stride = 4 * KIB, .populate = 2 * MIB,
		.run = bench_ahead,
	},
	{ "log", "declared", .size = GIB, .stride = 4 * KIB, .run = bench_log },
	{
		"log_anon", NULL, MADV_NOHUGEPAGE, .size = 128 * MIB,
		.stride = 4 * KIB, .populate = 4 * KIB, .run = bench_log,
	},
	{
		"unlog_thp", NULL, MADV_HUGEPAGE, .size = 128 * MIB,
		.stride = 4 * KIB, .populate = 4 * KIB, .block = 2 * MIB,
		.run = bench_unlog,
	},
};

bool bench_counts(void)
{
	const char *counts = option("counts");

	return !counts || strcmp(counts, "0");
}

void bench_fact(const struct measure *m, const char *what, u64 value)
{
	char name[64];

	snprintf(name, sizeof(name), "%s_%s", m->name, what);
	ktap_fact(RESULTS_LOG, ktap_note("%s: %llu", name, value), name, "%llu", value);
}

void bench_sleep(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_nsec += TICK_NS - ts.tv_nsec % TICK_NS;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
}

static struct touched touch(const struct measure *m, struct rawvm *vm,
			    void *memory)
{
	rawvm_open(vm);
	rawvm_map(vm, BENCH_IPA, memory, m->size);
	bench_sleep();
	return rawvm_touch(vm, BENCH_IPA,
			   BENCH_IPA + (m->touch ? m->touch : m->size),
			   m->stride, m->each);
}

static u64 lesser(u64 a, u64 b)
{
	return a < b ? a : b;
}

/* The least of some runs: what is above that comes from something else. */
static struct touched measured(const struct measure *m, void *memory)
{
	struct touched least = { ~0ULL, ~0ULL, 0 }, t;
	struct rawvm vm;
	u64 total = 0;

	for (int i = 0; i < REPEATS && total < LONG_ENOUGH; i++) {
		t = touch(m, &vm, memory);
		rawvm_close(&vm);
		ktap_note("%s: %llu ticks, worst %llu at IPA %#llx", m->name,
			  t.ticks, t.worst, t.worst_ipa);
		least.ticks = lesser(least.ticks, t.ticks);
		least.worst = lesser(least.worst, t.worst);
		total += t.ticks;
	}
	return least;
}

static void report_ticks(const struct measure *m, const struct touched *t,
			 u64 hz)
{
	unsigned int line;
	char name[64];

	line = ktap_note("%s: at least %llu ticks, worst at least %llu, of 1/%llu s",
			 m->name, t->ticks, t->worst, hz);
	/* An instruction takes a nanosecond: -icount shift=0. */
	snprintf(name, sizeof(name), "%s_instructions", m->name);
	ktap_fact(RESULTS_LOG, line, name, "%llu", t->ticks * 1000000000 / hz);
	if (!m->each)
		return;
	snprintf(name, sizeof(name), "%s_worst", m->name);
	ktap_fact(RESULTS_LOG, line, name, "%llu", t->worst * 1000000000 / hz);
}

/* Reports tables that map 1 GiB or less, and the largest block; true if it is enough. */
static bool report_stage2(const struct measure *m)
{
	u64 end = BENCH_IPA + m->size, block = 0, tables = 0;
	struct s2_dump dump;
	unsigned int line;
	char why[160], name[64];

	if (!s2_read(sysconf(_SC_NPROCESSORS_ONLN) - 1, &dump, why, sizeof(why))) {
		ktap_note("%s: stage 2: %s", m->name, why);
		return false;
	}
	for (size_t i = 0; i < dump.count; i++) {
		const struct s2_range *r = &dump.ranges[i];

		if (r->ipa >= BENCH_IPA && r->ipa < end && r->block > block)
			block = r->block;
	}
	for (size_t i = 0; i < dump.table_count; i++) {
		const struct s2_table *t = &dump.tables[i];

		tables += t->ipa >= BENCH_IPA && t->ipa < end && t->span <= GIB;
	}
	line = ktap_note("%s: stage 2: %llu tables, largest block %llu", m->name,
			 tables, block);
	snprintf(name, sizeof(name), "%s_tables", m->name);
	ktap_fact(RESULTS_LOG, line, name, "%llu", tables);
	snprintf(name, sizeof(name), "%s_block", m->name);
	ktap_fact(RESULTS_LOG, line, name, "%llu", block);
	s2_free(&dump);
	return block && block >= m->block;
}

static bool report_counts(const struct measure *m, void *memory)
{
	char filter[80], name[64];
	struct rawvm vm;
	u64 count, lost;
	bool good;

	snprintf(filter, sizeof(filter), "ipa >= %#llx && ipa < %#llx",
		 BENCH_IPA, BENCH_IPA + m->size);
	trace_buffer(TRACE, 64 + m->size / m->stride * EVENT_SIZE * 2 / KIB);
	trace_event(TRACE, "kvm/kvm_guest_fault", filter);
	touch(m, &vm, memory);
	count = trace_count(TRACE, &lost);
	trace_remove(TRACE);

	snprintf(name, sizeof(name), "%s_faults", m->name);
	ktap_fact(RESULTS_LOG, ktap_note("%s: %llu kvm_guest_fault events, %llu lost",
					 m->name, count, lost),
		  name, "%llu", count);
	good = report_stage2(m) && count && !lost;
	rawvm_close(&vm);
	return good;
}

/* Pages of the VMM's own page tables for the memory, as it is before a guest comes. */
static void report_host_tables(const struct measure *m, u64 before)
{
	u64 tables = bench_memory_tables() - before;
	char name[64];

	snprintf(name, sizeof(name), "%s_host_tables", m->name);
	ktap_fact(RESULTS_LOG, ktap_note("%s: %llu pages of host tables", m->name, tables),
		  name, "%llu", tables);
}

static void measure(const struct measure *m, u64 hz, bool counts)
{
	u64 tables = bench_memory_tables();
	void *memory = bench_memory_map(m);
	struct touched t;
	bool good;

	report_host_tables(m, tables);
	t = measured(m, memory);
	good = t.ticks;
	report_ticks(m, &t, hz);
	if (counts)
		good &= report_counts(m, memory);
	munmap(memory, m->size);
	ktap_result(good, m->name, "");
}

/* cohmem.tests=A,B chooses measures, for a run that repeats another. */
static bool chosen(const struct measure *m)
{
	const char *list = option("tests");
	size_t len = strlen(m->name);

	while (list && *list) {
		if (!strncmp(list, m->name, len) && strchr(",", list[len]))
			return true;
		list += strcspn(list, ",");
		list += strspn(list, ",");
	}
	return !list;
}

static void bench_run(void)
{
	bool counts = bench_counts();
	unsigned int count = 0;
	u64 hz = rawvm_counter_hz();

	for (size_t i = 0; i < ARRAY_SIZE(measures); i++)
		count += chosen(&measures[i]);
	ktap_plan(count);
	for (size_t i = 0; i < ARRAY_SIZE(measures); i++) {
		const struct measure *m = &measures[i];

		if (chosen(m))
			(m->run ?: measure)(m, hz, counts);
	}
}

const struct job bench_job = {
	.prepare = gpu_prepare,
	.run = bench_run,
};
