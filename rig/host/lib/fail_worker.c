// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "end.h"
#include "fail_worker.h"
#include "kernel.h"
#include "util.h"

#define FAILSLAB	"/sys/kernel/debug/failslab/"
/* More than fail in a test. The kernel counts down. */
#define MANY		1000000

static void must_write(const char *path, const char *text)
{
	if (!write_file(path, text))
		give_up("%s: %m", path);
}

/* kthreadd, too: what it makes is as it is. */
static bool is_worker(const char *pid)
{
	char path[300], name[64] = "";

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	return isdigit(*pid) && read_file(path, name, sizeof(name)) &&
	       (!strncmp(name, "kworker/u", 9) || !strncmp(name, "kthreadd", 8));
}

static void mark_workers(const char *fails)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;
	char path[300];

	if (!dir)
		give_up("there is no /proc: %m");
	while ((entry = readdir(dir))) {
		if (!is_worker(entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/make-it-fail", entry->d_name);
		/* It may have ended meanwhile. */
		write_file(path, fails);
	}
	closedir(dir);
}

void fail_worker_begin(const char *cache)
{
	char path[300], many[16];

	snprintf(path, sizeof(path), "/sys/kernel/slab/%s/failslab", cache);
	snprintf(many, sizeof(many), "%d", MANY);
	must_write(path, "1");
	must_write(FAILSLAB "cache-filter", "Y");
	must_write(FAILSLAB "task-filter", "Y");
	must_write(FAILSLAB "ignore-gfp-wait", "N");
	must_write(FAILSLAB "verbose", "0");
	must_write(FAILSLAB "times", many);
	mark_workers("1");
	must_write(FAILSLAB "probability", "100");
}

unsigned int fail_worker_count(void)
{
	u64 left;

	if (!read_number(FAILSLAB "times", &left))
		give_up("cannot read " FAILSLAB "times: %m");
	return MANY - left;
}

void fail_worker_end(void)
{
	must_write(FAILSLAB "probability", "0");
	mark_workers("0");
	must_write(FAILSLAB "task-filter", "N");
}
