// SPDX-License-Identifier: GPL-2.0-only
/* Debian's QEMU, as dpkg says it: nothing is run. */
#include <errno.h>
#include <stdlib.h>

#include "check_lines.h"
#include "debian.h"

#define QEMU		"/usr/bin/qemu-system-aarch64"
#define STATUS		"/var/lib/dpkg/status"
#define PACKAGE		"qemu-system-arm"
#define LARGEST_STATUS	(64 << 20)
#define NEEDED		10

static void say_absent(const char *source, const char *what, struct report *report)
{
	report_add(report, REPORT_NO, "", source, "%s", what);
	report_remedy(report, "install " PACKAGE ", version %d or newer, if QEMU is to be the VMM",
		      NEEDED);
}

static void compare(const char *status, bool is_there, struct report *report)
{
	static const char source[] = QEMU ", " STATUS;
	char version[DEBIAN_VERSION];
	struct release release;

	if (!debian_next(&status, PACKAGE, true, version)) {
		if (!is_there) {
			say_absent(source, "dpkg lists no installed " PACKAGE, report);
			return;
		}
		report_add(report, REPORT_UNKNOWN, "", source,
			   "is there, and dpkg lists no installed " PACKAGE
			   ": its version is not known");
		report_remedy(report, QEMU " --version says it; %d or newer is needed", NEEDED);
	} else if (!release_read(debian_upstream(version), &release)) {
		report_add(report, REPORT_UNKNOWN, "", source, "%s %s is no version that is known",
			   PACKAGE, version);
		report_remedy(report, QEMU " --version says it; %d or newer is needed", NEEDED);
	} else if (release.major < NEEDED) {
		report_add(report, REPORT_NO, "", source, "%s %s is older than %d", PACKAGE,
			   version, NEEDED);
		report_remedy(report,
			      "install QEMU %d or newer: Debian 13 has it, and Debian 12 in its backports",
			      NEEDED);
	} else {
		report_add(report, REPORT_YES, "", source, "%s %s", PACKAGE, version);
	}
}

/* Of a copy nobody expects programs. */
void check_qemu(const struct host *host, struct report *report)
{
	bool is_there = root_exists(&host->root, QEMU) || errno != ENOENT;
	char *status;
	int why;

	if (!is_there && !host->is_copy) {
		say_absent(QEMU, "is not there", report);
		return;
	}
	status = root_read(&host->root, STATUS, LARGEST_STATUS);
	why = errno;
	if (status) {
		compare(status, is_there, report);
	} else {
		report_unread(report, STATUS, why);
		if (host->is_copy && why == ENOENT)
			report_remedy(report, "add " STATUS " of that host to the copy");
	}
	free(status);
}
