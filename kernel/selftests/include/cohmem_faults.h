/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts stage-2 faults for which the rule was asked, and of those the ones that
 * lost a race with an invalidation and are taken again. The kernel counts them, in
 * trace instances that keep next to nothing of them.
 */
#ifndef SELFTEST_KVM_COHMEM_FAULTS_H
#define SELFTEST_KVM_COHMEM_FAULTS_H

#include <sys/stat.h>

#include "cohmem_util.h"

#define TRACE_INSTANCES	"/sys/kernel/tracing/instances/"

static inline void write_trace_file(const char *name, bool lost, const char *file,
				    const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), TRACE_INSTANCES "%s-%d/%s", name, lost, file);
	write_file(path, text);
}

/* From now on, those at @gpa to @gpa + @size. @name and @lost are what to ask for. */
static inline void count_faults(const char *name, u64 gpa, u64 size, bool lost)
{
	char text[160];

	snprintf(text, sizeof(text), TRACE_INSTANCES "%s-%d", name, lost);
	TEST_ASSERT(!mkdir(text, 0700) || errno == EEXIST, "mkdir %s: %s", text,
		    strerror(errno));
	snprintf(text, sizeof(text), "ipa >= 0x%lx && ipa < 0x%lx%s", gpa,
		 gpa + size, lost ? " && ret == -11" : "");
	write_trace_file(name, lost, "buffer_size_kb", "16");
	write_trace_file(name, lost, "events/kvm/kvm_cohmem_fault/filter", text);
	write_trace_file(name, lost, "events/kvm/kvm_cohmem_fault/enable", "1");
}

/* While faults are counted, no fault of RAM takes the short way. */
static inline void stop_counting(const char *name, bool lost)
{
	write_trace_file(name, lost, "events/kvm/kvm_cohmem_fault/enable", "0");
}

static inline unsigned long faults_counted(const char *name, bool lost)
{
	unsigned long count, sum = 0;
	char path[160], line[128];
	FILE *file;
	int cpu;

	for (cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		snprintf(path, sizeof(path),
			 TRACE_INSTANCES "%s-%d/per_cpu/cpu%d/stats", name, lost,
			 cpu);
		file = fopen(path, "r");
		TEST_ASSERT(file, "cannot open %s: %s", path, strerror(errno));
		while (fgets(line, sizeof(line), file)) {
			if (sscanf(line, "entries: %lu", &count) == 1 ||
			    sscanf(line, "overrun: %lu", &count) == 1)
				sum += count;
		}
		fclose(file);
	}
	return sum;
}

#endif /* SELFTEST_KVM_COHMEM_FAULTS_H */
