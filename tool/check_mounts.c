// SPDX-License-Identifier: GPL-2.0-only
/* Where guest RAM is mounted. Each mount has the memory of one node. */
#include <errno.h>
#include <stdlib.h>

#include "check_lines.h"
#include "mounts.h"
#include "pools.h"

#define MOST_LINES	1024	/* more of them nobody reads */

/* Return: how many mounts there are; @mounted is set for the nodes that have one. */
static size_t add_mounts(const char *mounts, bool mounted[POOLS_NODES], struct report *report)
{
	struct mounts_entry entry;
	size_t count = 0;
	int node;

	for (; mounts_next(&mounts, POOLS_TYPE, &entry); count++) {
		if (pools_mounted(&entry, &node))
			mounted[node] = true;
		if (count < MOST_LINES)
			report_add(report, REPORT_YES, "", MOUNTS_FILE, "%s", entry.where);
		else if (count == MOST_LINES)
			report_add(report, REPORT_YES, "", MOUNTS_FILE, "and others");
	}
	return count;
}

static void check_pool(const char *name, const bool mounted[POOLS_NODES], struct report *report)
{
	int node;

	if (!pools_node(name, &node) || mounted[node])
		return;
	report_add(report, REPORT_NO, name, MOUNTS_FILE,
		   "there is guest RAM of this node, and it is not mounted");
	report_remedy(report,
		      "mkdir -p /guestram/node%d && mount -t guestramfs -o node=%d none /guestram/node%d",
		      node, node, node);
}

void check_mounts(const struct host *host, struct report *report)
{
	char *text = root_read(&host->root, MOUNTS_FILE, MOUNTS_LARGEST);
	bool mounted[POOLS_NODES] = { false };
	struct root_names pools;
	size_t count;

	if (!text) {
		report_unread(report, MOUNTS_FILE, errno);
		return;
	}
	count = add_mounts(text, mounted, report);
	free(text);
	if (!pools_list(&host->root, &pools)) {
		report_unread(report, POOLS_DIR, errno);
		return;
	}
	if (!pools.count && !count)
		report_add(report, REPORT_NOT_NEEDED, "", MOUNTS_FILE,
			   "there is no guest RAM to mount");
	for (size_t i = 0; i < pools.count; i++)
		check_pool(pools.names[i], mounted, report);
	root_free_names(&pools);
}
