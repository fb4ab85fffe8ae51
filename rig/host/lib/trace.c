// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "end.h"
#include "trace.h"
#include "util.h"

#define INSTANCES "/sys/kernel/tracing/instances"

static void set(const char *instance, const char *file, const char *value)
{
	char path[320];

	snprintf(path, sizeof(path), INSTANCES "/%s/%s", instance, file);
	if (!write_file(path, value))
		give_up("cannot write \"%s\" to %s: %m", value, path);
}

static void instance_make(const char *instance)
{
	char path[320];

	snprintf(path, sizeof(path), INSTANCES "/%s", instance);
	if (mkdir(path, 0700) && errno != EEXIST)
		give_up("cannot make the trace instance %s: %m", instance);
}

void trace_buffer(const char *instance, unsigned int kib)
{
	char value[16];

	instance_make(instance);
	snprintf(value, sizeof(value), "%u", kib);
	set(instance, "buffer_size_kb", value);
}

void trace_event(const char *instance, const char *event, const char *filter)
{
	char file[128];

	instance_make(instance);
	if (filter) {
		snprintf(file, sizeof(file), "events/%s/filter", event);
		set(instance, file, filter);
	}
	snprintf(file, sizeof(file), "events/%s/enable", event);
	set(instance, file, "1");
}

void trace_remove(const char *instance)
{
	char path[320];

	snprintf(path, sizeof(path), INSTANCES "/%s", instance);
	if (rmdir(path))
		give_up("cannot remove the trace instance %s: %m", instance);
}

void trace_stop(const char *instance)
{
	set(instance, "tracing_on", "0");
}

void trace_keep_first(const char *instance)
{
	instance_make(instance);
	set(instance, "options/overwrite", "0");
}

static FILE *trace_file(const char *instance)
{
	char path[320];
	FILE *f;

	snprintf(path, sizeof(path), INSTANCES "/%s/trace", instance);
	f = fopen(path, "r");
	if (!f)
		give_up("cannot open %s: %m", path);
	return f;
}

/* A line is: task-PID [CPU] FLAGS SECONDS: event: ... */
double trace_time(const char *instance, bool last)
{
	double secs, time = -1;
	FILE *f = trace_file(instance);
	char line[512];
	const char *at;

	while (fgets(line, sizeof(line), f)) {
		at = strchr(line, ']');
		if (*line == '#' || !at || sscanf(at + 1, " %*s %lf:", &secs) != 1)
			continue;
		if (time < 0 || last)
			time = secs;
	}
	fclose(f);
	return time;
}

int trace_open(const char *instance)
{
	char path[320];
	int fd;

	snprintf(path, sizeof(path), INSTANCES "/%s/trace_pipe", instance);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		give_up("cannot open %s: %m", path);
	return fd;
}

static u64 stat_value(const char *stats, const char *key)
{
	const char *at = strstr(stats, key);

	if (!at)
		give_up("the trace buffer's stats have no \"%s\"", key);
	return strtoull(at + strlen(key), NULL, 10);
}

u64 trace_count(const char *instance, u64 *lost)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	char path[256], stats[1024];
	u64 count = 0;

	*lost = 0;
	for (long cpu = 0; cpu < cpus; cpu++) {
		snprintf(path, sizeof(path), INSTANCES "/%s/per_cpu/cpu%ld/stats",
			 instance, cpu);
		if (!read_file(path, stats, sizeof(stats)))
			give_up("cannot read %s: %m", path);
		count += stat_value(stats, "entries: ");
		*lost += stat_value(stats, "overrun: ");
		*lost += stat_value(stats, "commit overrun: ");
		*lost += stat_value(stats, "dropped events: ");
	}
	return count;
}

u64 trace_count_ipa(const char *instance, u64 start, u64 end, u64 *lost)
{
	static const char event[] = "kvm_guest_fault: ipa ";
	u64 all = trace_count(instance, lost), seen = 0, count = 0, ipa;
	FILE *f = trace_file(instance);
	char line[512];
	const char *at;

	while (fgets(line, sizeof(line), f)) {
		at = strstr(line, event);
		if (!at || sscanf(at + strlen(event), "%llx", &ipa) != 1)
			continue;
		seen++;
		count += ipa >= start && ipa < end;
	}
	fclose(f);
	*lost += all - seen;
	return count;
}
