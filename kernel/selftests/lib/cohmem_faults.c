// SPDX-License-Identifier: GPL-2.0-only
#include <sys/stat.h>
#include <unistd.h>

#include "cohmem_faults.h"

#define TRACE_INSTANCES	"/sys/kernel/tracing/instances/"
#define EVENTS		"/sys/kernel/tracing/events/kvm/"

static void write_trace_file(const char *name, unsigned int which, const char *file,
			     const char *text)
{
	char path[160];

	snprintf(path, sizeof(path), TRACE_INSTANCES "%s-%u/%s", name, which, file);
	write_file(path, text);
}

static const char *event_of(unsigned int which)
{
	return which == GUEST_FAULTS ? "kvm_guest_fault" : "kvm_cohmem_fault";
}

/* The stock kernel does not have cohmem's. */
static bool has_event(unsigned int which)
{
	char path[96];

	snprintf(path, sizeof(path), EVENTS "%s", event_of(which));
	return !access(path, F_OK);
}

static void write_event_file(const char *name, unsigned int which, const char *file,
			     const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "events/kvm/%s/%s", event_of(which), file);
	write_trace_file(name, which, path, text);
}

void count_faults(const char *name, u64 gpa, u64 size, unsigned int which)
{
	char text[160], more[48] = "";

	TEST_ASSERT(which != GUEST_FAULTS || has_event(which), "there is no " EVENTS "%s",
		    event_of(which));
	if (!has_event(which))
		return;
	snprintf(text, sizeof(text), TRACE_INSTANCES "%s-%u", name, which);
	TEST_ASSERT(!mkdir(text, 0700) || errno == EEXIST, "mkdir %s: %s", text,
		    strerror(errno));
	if (which == LOST_FAULTS)
		snprintf(more, sizeof(more), " && ret == %d", -EAGAIN);
	else if (which >= REFUSED_FOR(0))
		snprintf(more, sizeof(more), " && ret == %d && reason == %u", -EFAULT,
			 which - REFUSED_FOR(0));
	snprintf(text, sizeof(text), "ipa >= 0x%lx && ipa < 0x%lx%s", gpa,
		 gpa + size, more);
	write_trace_file(name, which, "buffer_size_kb", "16");
	write_event_file(name, which, "filter", text);
	write_event_file(name, which, "enable", "1");
}

void stop_counting(const char *name, unsigned int which)
{
	if (has_event(which))
		write_event_file(name, which, "enable", "0");
}

unsigned long faults_counted(const char *name, unsigned int which)
{
	unsigned long count, sum = 0;
	char path[160], line[128];
	FILE *file;
	int cpu;

	if (!has_event(which))
		return 0;
	for (cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		snprintf(path, sizeof(path),
			 TRACE_INSTANCES "%s-%u/per_cpu/cpu%d/stats", name, which,
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
