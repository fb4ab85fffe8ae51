// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "status.h"
#include "util.h"

static u64 kib_of(const char *path, const char *key)
{
	char text[8192] = "\n", line[40];
	const char *at;
	u64 kib = 0;

	/* The first line, too, begins behind the end of one. */
	read_file(path, text + 1, sizeof(text) - 1);
	snprintf(line, sizeof(line), "\n%s:", key);
	at = strstr(text, line);
	if (at)
		sscanf(at + strlen(line), "%llu kB", &kib);
	return kib;
}

u64 status_kib(pid_t pid, const char *key)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	return kib_of(path, key);
}

u64 status_meminfo_kib(const char *key)
{
	return kib_of("/proc/meminfo", key);
}

u64 status_tables(pid_t pid)
{
	return status_kib(pid, "VmPTE") * 1024 / sysconf(_SC_PAGESIZE);
}
