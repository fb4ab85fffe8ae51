// SPDX-License-Identifier: GPL-2.0-only
/* A copy of files that somebody has made to keep the tool busy. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "fixture.h"
#include "lines.h"
#include "pools.h"
#include "tap.h"
#include "tool_test.h"

#define POOLS_THERE	1000
#define DEVICES_THERE	2000
#define ROWS_THERE	4000
#define VERSIONS_THERE	80
#define MOUNTS_SIZE	(8 << 20)
#define LIST_SIZE	(100 << 20)
#define LISTS_THERE	6
#define MOST_SECONDS	60
#define MOUNT		"none /a guestramfs rw,node=1001 0 0\n"
#define HEAD		"vendor | device | driver | name\n"
#define ROW		"1af4 | 1110 | a_driver | a device\n"

static void put_many(const char *path, const char *head, const char *line, size_t count)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	fputs(head, f);
	while (count--)
		fputs(line, f);
	fclose(f);
	fixture_put(path, text);
	free(text);
}

static void put_versions(void)
{
	char *text;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	for (int i = 1; i <= VERSIONS_THERE; i++)
		fprintf(f, "Package: linux-source-6.12\nVersion: 6.12.%d-1\n\n", 200 + i);
	fclose(f);
	fixture_put("/var/lib/apt/lists/x_Packages", text);
	free(text);
}

static void put_pools(size_t from, size_t to)
{
	char path[64];

	for (size_t i = from; i < to; i++) {
		snprintf(path, sizeof(path), "/sys/fs/guestramfs/node%zu/size", i);
		fixture_put(path, "0\n");
	}
}

static void put_devices(void)
{
	char path[64];

	for (size_t i = 0; i < DEVICES_THERE; i++) {
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/0000:%04zx/vendor", i);
		fixture_put(path, "0x1af4\n");
		snprintf(path, sizeof(path), "/sys/bus/pci/devices/0000:%04zx/device", i);
		fixture_put(path, "0x1111\n");
	}
	put_many("/etc/cohmem/devices.d/x.list", HEAD, ROW, ROWS_THERE);
}

/* Each is small enough; all together are not. */
static void put_lists(const char *dir)
{
	static const char first[] = "/var/lib/apt/lists/0_Packages";
	char from[128], to[128];

	fixture_put("/proc/sys/kernel/osrelease", "6.12.117\n");
	fixture_put(first, "");
	snprintf(from, sizeof(from), "%s%s", dir, first);
	if (truncate(from, LIST_SIZE))
		abort();
	for (size_t i = 1; i < LISTS_THERE; i++) {
		snprintf(to, sizeof(to), "%s/var/lib/apt/lists/%zu_Packages", dir, i);
		if (link(from, to))
			abort();
	}
}

static bool says(const struct report *report, const char *name, enum report_state state,
		 const char *value)
{
	for (size_t i = 0; i < report->count; i++) {
		if (!strcmp(report->lines[i].name, name) &&
		    report->lines[i].state == state &&
		    strstr(report->lines[i].value, value))
			return true;
	}
	return false;
}

void test_hostile_host(void)
{
	const char *dir = fixture_begin(NULL);
	struct report report = { 0 };

	put_pools(0, POOLS_THERE);
	put_devices();
	put_lists(dir);
	put_many("/proc/mounts", "", MOUNT, MOUNTS_SIZE / strlen(MOUNT));
	/* What takes longer ends the test. */
	fixture_end_after(MOST_SECONDS);
	lines_run(dir, &lines_kvm, false, &report);
	fixture_end_after(0);
	tap(says(&report, "updates", REPORT_UNKNOWN, "File too large"),
	    "a host whose lists are too large together is told so");
	tap(report.count < 2 * POOLS_THERE + 2 * POOLS_NODES + 100,
	    "a host that is made to keep the tool busy does not");
	report_free(&report);
	put_pools(POOLS_THERE, POOLS_NODES + 1);
	fixture_put("/var", NULL);
	put_versions();
	lines_run(dir, &lines_kvm, false, &report);
	tap(says(&report, "guestram", REPORT_UNKNOWN, "File too large") &&
	    says(&report, "mount", REPORT_UNKNOWN, "File too large"),
	    "more pools than a kernel can have are refused");
	tap(says(&report, "updates", REPORT_NO, "the lists have 64 or more newer versions"),
	    "more newer versions than are counted are told so");
	report_free(&report);
}
