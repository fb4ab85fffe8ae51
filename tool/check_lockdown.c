// SPDX-License-Identifier: GPL-2.0-only
/* What lockdown takes from an administrator who looks at VMs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check_lines.h"
#include "lockdown.h"
#include "mounts.h"

#define SECURITYFS	"/sys/kernel/security"

static bool has_securityfs(const char *mounts)
{
	struct mounts_entry entry;

	while (mounts_next(&mounts, "securityfs", &entry)) {
		if (!strcmp(entry.where, SECURITYFS))
			return true;
	}
	return false;
}

static void say_what_lacks(const struct host *host, struct report *report)
{
	char *mounts;

	if (host->is_copy) {
		report_add(report, REPORT_UNKNOWN, "", LOCKDOWN_FILE, "is not there");
		report_remedy(report, "add " LOCKDOWN_FILE " to the copy, if that host has it");
		return;
	}
	mounts = root_read(&host->root, MOUNTS_FILE, MOUNTS_LARGEST);
	if (!mounts) {
		report_unread(report, MOUNTS_FILE, errno);
	} else if (has_securityfs(mounts)) {
		report_add(report, REPORT_YES, "", LOCKDOWN_FILE ", " MOUNTS_FILE,
			   "the kernel has no lockdown");
	} else {
		report_add(report, REPORT_UNKNOWN, "", LOCKDOWN_FILE ", " MOUNTS_FILE,
			   "is not there, and securityfs is not mounted");
		report_remedy(report, "mount -t securityfs none " SECURITYFS);
	}
	free(mounts);
}

void check_lockdown(const struct host *host, struct report *report)
{
	char *text = root_line(&host->root, LOCKDOWN_FILE);

	if (!text && errno == ENOENT) {
		say_what_lacks(host, report);
		return;
	}
	if (!text) {
		report_unread(report, LOCKDOWN_FILE, errno);
		return;
	}
	switch (lockdown_read(text)) {
	case LOCKDOWN_NONE:
		report_add(report, REPORT_YES, "", LOCKDOWN_FILE, "none");
		break;
	case LOCKDOWN_INTEGRITY:
		report_add(report, REPORT_YES, "", LOCKDOWN_FILE,
			   "integrity: of debugfs, files that are only read can be opened; the stage-2 dump is one");
		break;
	case LOCKDOWN_CONFIDENTIALITY:
		report_add(report, REPORT_NO, "", LOCKDOWN_FILE,
			   "confidentiality: there are no tracepoints, and so no trace of kvm_cohmem_fault; the stage-2 dump in debugfs is there");
		report_remedy(report,
			      "to trace, boot with lockdown=integrity, or without lockdown");
		break;
	default:
		report_add(report, REPORT_UNKNOWN, "", LOCKDOWN_FILE,
			   "says '%.60s', which is no lockdown that is known", text);
	}
	free(text);
}
