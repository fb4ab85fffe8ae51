// SPDX-License-Identifier: GPL-2.0-only
/* How many of Debian's kernels are newer than the one that runs, by the lists that apt has. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_lines.h"
#include "debian.h"
#include "text.h"
#include "unpack.h"

#define LISTS		"/var/lib/apt/lists"
#define VERSION		"/proc/version"
#define LARGEST_LIST	(256UL << 20)
#define LARGEST_TOTAL	(512UL << 20)
#define MOST_LISTS	256
#define MOST_VERSIONS	64

/**
 * struct offers - Debian's kernels of the line
 * @release: what runs
 * @running: the version of its package, or the numbers of @release
 * @is_package: @running is a package's
 * @seen: there is one, newer or not
 * @newer: versions that are newer
 * @count: how many
 * @newest: the newest of all
 * @lists: how many lists were looked at
 * @total: bytes of them
 * @why: an errno, if a list cannot be read
 * @unread: its path, which is not told
 */
struct offers {
	struct release release;
	char running[DEBIAN_VERSION];
	bool is_package;
	bool seen;
	char newer[MOST_VERSIONS][DEBIAN_VERSION];
	size_t count;
	char newest[DEBIAN_VERSION];
	size_t lists;
	size_t total;
	int why;
	char unread[512];
};

static bool is_of_line(const struct offers *o, const char *version, struct release *r)
{
	return release_read(debian_upstream(version), r) && r->major == o->release.major &&
	       r->minor == o->release.minor;
}

static void offer(struct offers *o, const char *version)
{
	struct release r;

	if (!is_of_line(o, version, &r))
		return;
	if (!o->seen || debian_compare(version, o->newest) > 0)
		snprintf(o->newest, sizeof(o->newest), "%s", version);
	o->seen = true;
	if (o->is_package ? debian_compare(version, o->running) <= 0 :
			    r.patch <= o->release.patch)
		return;
	for (size_t i = 0; i < o->count; i++) {
		if (!debian_compare(o->newer[i], version))
			return;
	}
	if (o->count < MOST_VERSIONS)
		snprintf(o->newer[o->count++], DEBIAN_VERSION, "%s", version);
}

static void read_offers(struct offers *o, const char *text, const char *package)
{
	char version[DEBIAN_VERSION];

	while (debian_next(&text, package, false, version))
		offer(o, version);
}

static char *read_text(const struct host *host, const char *path, struct offers *o)
{
	size_t left = LARGEST_TOTAL - o->total, max = left < LARGEST_LIST ? left : LARGEST_LIST;
	bool is_plain = strlen(path) >= strlen("_Packages") &&
			!strcmp(path + strlen(path) - strlen("_Packages"), "_Packages");
	char *text;
	int fd;

	if (o->lists++ >= MOST_LISTS) {
		errno = EFBIG;
		return NULL;
	}
	fd = root_file(&host->root, path);
	text = is_plain ? root_read_fd(fd, max) : unpack(fd, path, max);
	/* What was too large was read, too. */
	if (text)
		o->total += strlen(text);
	else if (errno == EFBIG)
		o->total += max;
	return text;
}

static void read_list(const struct host *host, const char *name, struct offers *o)
{
	char source[64], path[512], *text;

	if (!strstr(name, "_Packages"))
		return;
	snprintf(path, sizeof(path), LISTS "/%s", name);
	text = read_text(host, path, o);
	if (!text) {
		o->why = errno;
		snprintf(o->unread, sizeof(o->unread), "%s", path);
		return;
	}
	snprintf(source, sizeof(source), "linux-source-%u.%u", o->release.major,
		 o->release.minor);
	read_offers(o, text, source);
	read_offers(o, text, "linux-image-arm64");
	free(text);
}

static void say_newer(const struct host *host, const struct offers *o, struct report *report)
{
	const char *why;

	report_add(report, REPORT_NO, "", LISTS,
		   "%s; the lists have %zu%s newer version%s, the newest is %s", o->running,
		   o->count, o->count == MOST_VERSIONS ? " or more" : "",
		   o->count == 1 ? "" : "s", o->newest);
	switch (host_kernel(host, &why)) {
	case HOST_KERNEL_COHMEM:
		report_remedy(report,
			      "build a kernel of Debian's source of that version with cohmem's series, and boot it");
		break;
	case HOST_KERNEL_UNKNOWN:
		report_remedy(report,
			      "boot a kernel of that version, with cohmem's series if this one has it");
		break;
	default:
		report_remedy(report, "boot a kernel of that version");
	}
}

static void say(const struct host *host, const struct offers *o, struct report *report)
{
	/* What is seen to be newer is so, whatever another list would say. */
	if (o->count)
		say_newer(host, o, report);
	if (o->why) {
		/* Names of lists have those of hosts in them, which a report must not have. */
		report_add(report, REPORT_UNKNOWN, "", LISTS, "a list cannot be read: %s",
			   strerror(o->why));
		report_denied(report, o->why);
		if (o->why == ENOPKG)
			report_remedy(report, "install %s, which unpacks that list",
				      unpack_program(o->unread));
	} else if (!o->seen) {
		report_add(report, REPORT_UNKNOWN, "", LISTS, "no list has a kernel of line %u.%u",
			   o->release.major, o->release.minor);
		report_remedy(report,
			      "run apt-get update, with a suite in apt's sources that has this line");
	} else if (!o->count) {
		report_add(report, REPORT_YES, "", LISTS, "%s; the newest in the lists is %s",
			   o->running, o->newest);
	}
}

/* Return: false if neither the release nor /proc/version says which version runs. */
static bool read_running(const struct host *host, struct offers *o)
{
	char *text = root_line(&host->root, VERSION), abi[64];
	size_t len;
	struct release r;

	o->release = host->release;
	o->is_package = text && debian_kernel(text, o->running) && is_of_line(o, o->running, &r);
	free(text);
	if (o->is_package)
		return true;
	snprintf(o->running, sizeof(o->running), "%u.%u.%u", o->release.major, o->release.minor,
		 o->release.patch);
	/* Releases of Debian 12 have a number of the ABI in its place: 6.1.0-37. */
	len = snprintf(abi, sizeof(abi), "%u.%u.0-", o->release.major, o->release.minor);
	return !text_starts(host->osrelease, abi) ||
	       !isdigit((unsigned char)host->osrelease[len]);
}

static void read_lists(const struct host *host, const struct root_names *names,
		       struct report *report)
{
	struct offers *offers = calloc(1, sizeof(*offers));

	if (!offers)
		abort();
	if (read_running(host, offers)) {
		for (size_t i = 0; i < names->count; i++)
			read_list(host, names->names[i], offers);
		say(host, offers, report);
	} else {
		report_add(report, REPORT_UNKNOWN, "", HOST_RELEASE ", " VERSION,
			   "%s does not say which version it is, and " VERSION
			   " names no package", host->osrelease);
		report_remedy(report, host->is_copy ?
			      "add " VERSION " of that host to the copy" :
			      "compare what dpkg -l 'linux-image-*' and apt-cache policy linux-image-arm64 say");
	}
	free(offers);
}

void check_updates(const struct host *host, struct report *report)
{
	struct root_names names;

	if (!host->has_release) {
		report_add(report, REPORT_UNKNOWN, "", HOST_RELEASE,
			   "there is no release to compare");
		return;
	}
	if (!root_list(&host->root, LISTS, &names) || !names.count) {
		report_add(report, REPORT_UNKNOWN, "", LISTS, "apt has no lists");
		report_remedy(report, "run apt-get update, if this host has apt");
		return;
	}
	read_lists(host, &names, report);
	root_free_names(&names);
}
