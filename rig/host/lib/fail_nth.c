// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "end.h"
#include "fail_nth.h"
#include "kernel.h"
#include "util.h"

#define DEBUGFS	"/sys/kernel/debug/"
#define MIN_ORDER	DEBUGFS "fail_page_alloc/min-order"
#define CACHES	"/sys/kernel/slab"

static int file = -1;

/* What kmemleak allocates for each allocation is none of the call's. */
static void let_caches_fail(void)
{
	DIR *dir = opendir(CACHES);
	struct dirent *entry;
	char path[300];

	if (!dir)
		give_up("there is no " CACHES ": %m");
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !strncmp(entry->d_name, "kmemleak", 8))
			continue;
		snprintf(path, sizeof(path), CACHES "/%s/failslab", entry->d_name);
		/* A cache that others share cannot. With KASAN there is none. */
		if (!write_file(path, "1") && !strncmp(entry->d_name, "kmalloc-", 8))
			give_up("%s: %m", path);
	}
	closedir(dir);
}

void fail_nth_begin(void)
{
	static const char * const files[][2] = {
		{ DEBUGFS "failslab/cache-filter", "Y" },
		{ DEBUGFS "failslab/ignore-gfp-wait", "N" },
		{ DEBUGFS "failslab/verbose", "0" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-wait", "N" },
		{ DEBUGFS "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ MIN_ORDER, "0" },
		{ DEBUGFS "fail_page_alloc/verbose", "0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (!write_file(files[i][0], files[i][1]))
			give_up("%s: %m", files[i][0]);
	}
	let_caches_fail();
	file = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (file < 0)
		give_up("there is no fail-nth: %m");
}

void fail_nth_with_pages(bool with)
{
	/* No order is larger. */
	if (!write_file(MIN_ORDER, with ? "0" : "99"))
		give_up(MIN_ORDER ": %m");
}

void fail_nth_arm(unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(file, text, len, 0) != len)
		give_up("fail-nth: %m");
}

unsigned int fail_nth_left(void)
{
	char text[16] = "";
	int err = errno;

	if (pread(file, text, sizeof(text) - 1, 0) <= 0)
		give_up("fail-nth: %m");
	fail_nth_arm(0);
	errno = err;
	return strtoul(text, NULL, 0);
}

bool fail_nth_disarm(void)
{
	return !fail_nth_left();
}
