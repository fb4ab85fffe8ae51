// SPDX-License-Identifier: GPL-2.0-only
/* Guest RAM: what was asked for, what there is, and where it is mounted. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "check_lines.h"
#include "devicetree.h"
#include "known.h"
#include "mounts.h"
#include "pools.h"
#include "text.h"

#define MIB	BIT_ULL(20)
#define SOURCE	HOST_CMDLINE ", " POOLS_DIR

static bool is_wanted(const struct host *host)
{
	return host->request.count || host->request.damaged;
}

void check_guestram_pages(const struct host *host, struct report *report)
{
	const struct ram_request *request = &host->request;
	unsigned long page;
	u64 section;
	const char *source;
	char size[32];

	page = host_page_size(host, &source);
	if (!page) {
		report_unread(report, host->config_path, host->config ? EINVAL : host->config_why);
		return;
	}
	text_bytes(size, sizeof(size), page);
	/* SECTION_SIZE_BITS of arm64 */
	section = (page == 65536 ? 512 : 128) * MIB;
	for (size_t i = 0; i < request->count; i++) {
		if (request->sizes[i] && !(request->sizes[i] % section))
			continue;
		report_add(report, REPORT_NO, "", source,
			   "%s; with such pages guestram= takes multiples of %llu MiB, and item %zu is none",
			   size, section / MIB, i + 1);
		report_remedy(report,
			      "boot with sizes in guestram= that are multiples of %llu MiB, and not 0",
			      section / MIB);
		return;
	}
	report_add(report, REPORT_YES, "", source, "%s", size);
}

void check_guestram_known(const struct host *host, struct report *report)
{
	char *text = root_read(&host->root, HOST_FILESYSTEMS, MOUNTS_LARGEST);

	if (!text) {
		report_unread(report, HOST_FILESYSTEMS, errno);
		return;
	}
	if (mounts_knows(text, POOLS_TYPE)) {
		report_add(report, REPORT_YES, "", HOST_FILESYSTEMS, "the kernel has it");
	} else if (is_wanted(host)) {
		report_add(report, REPORT_NO, "", HOST_FILESYSTEMS ", " HOST_CMDLINE,
			   "the kernel has none, and guestram= is on its command line");
		report_remedy(report,
			      "boot a kernel with cohmem's series and CONFIG_GUESTRAMFS=y, or without guestram=");
	} else {
		report_add(report, REPORT_NOT_NEEDED, "", HOST_FILESYSTEMS,
			   "the kernel has none, and nothing asks for guest RAM");
	}
	free(text);
}

static void add_pool(const struct pool *pool, const char *name, struct report *report)
{
	char size[32], free_bytes[32], dirty[32], retired[32];

	text_bytes(size, sizeof(size), pool->size);
	text_bytes(free_bytes, sizeof(free_bytes), pool->free);
	text_bytes(dirty, sizeof(dirty), pool->dirty);
	text_bytes(retired, sizeof(retired), pool->retired);
	report_add(report, REPORT_YES, name, POOLS_DIR,
		   "%s, free %s, to be zeroed %s, retired %s; %llu whole blocks free", size,
		   free_bytes, dirty, retired, pool->blocks);
}

/* Bytes of a node, or of all with RAM_REQUEST_ANY_NODE, that were taken from the kernel. */
static u64 sum_of(const struct pool *pools, size_t count, int node)
{
	u64 sum = 0;

	for (size_t p = 0; p < count; p++) {
		if (node != RAM_REQUEST_ANY_NODE && pools[p].node != node)
			continue;
		sum = ram_request_add_up(sum, pools[p].size);
		sum = ram_request_add_up(sum, pools[p].retired);
	}
	return sum;
}

static bool is_short(const struct ram_request *request, const struct pool *pools, size_t count)
{
	bool lacks = request->damaged ||
		     sum_of(pools, count, RAM_REQUEST_ANY_NODE) <
		     ram_request_sum(request, RAM_REQUEST_ANY_NODE);

	for (size_t i = 0; i < request->count && !lacks; i++)
		lacks = sum_of(pools, count, request->nodes[i]) <
			ram_request_sum(request, request->nodes[i]);
	return lacks;
}

/* There is as much as guestram= asks for, but a device tree may have given it. */
static void compare_with_tree(const struct host *host, const char *wanted, const char *there,
			      struct report *report)
{
	bool found = false;

	if (is_wanted(host) && !devicetree_guest_ram(&host->root, &found)) {
		report_unread(report, DEVICETREE_RESERVED, errno);
	} else if (found) {
		report_add(report, REPORT_UNKNOWN, "", HOST_CMDLINE ", " POOLS_DIR ", "
			   DEVICETREE_RESERVED,
			   "guestram= asks for %s, and there is %s, of which a device tree has given some",
			   wanted, there);
		report_remedy(report, "see what the kernel's log says of guestram");
	} else {
		report_add(report, REPORT_YES, "", SOURCE,
			   "guestram= asks for %s, and there is %s", wanted, there);
	}
}

/* A kernel without guestramfs logs nothing of guestram=. */
static bool is_known(const struct host *host)
{
	char *text = root_read(&host->root, HOST_FILESYSTEMS, MOUNTS_LARGEST);
	bool known = !text || mounts_knows(text, POOLS_TYPE);

	free(text);
	return known;
}

/* Of one that no list names nobody knows whether it has such memory. */
static bool has_coherent_device(const struct devices *devices)
{
	for (size_t i = 0; i < devices->count; i++) {
		if (devices->devices[i].is_listed)
			return true;
	}
	return false;
}

static void compare(const struct host *host, const struct pool *pools, size_t count,
		    struct report *report)
{
	char wanted[32], there[32];

	text_bytes(wanted, sizeof(wanted),
		   ram_request_sum(&host->request, RAM_REQUEST_ANY_NODE));
	text_bytes(there, sizeof(there), sum_of(pools, count, RAM_REQUEST_ANY_NODE));
	if (!host->cmdline) {
		report_unread(report, HOST_CMDLINE, host->cmdline_why);
	} else if (is_short(&host->request, pools, count)) {
		report_add(report, REPORT_NO, "", SOURCE,
			   "guestram= asks for %s%s, and there is %s", wanted,
			   host->request.damaged ?
			   " and for something that the kernel does not understand" : "", there);
		report_remedy(report, !is_known(host) ? "see line guestramfs" :
			      "see what the kernel's log says of guestram, ask for what it can give, and boot");
	} else if (is_wanted(host) || count) {
		compare_with_tree(host, wanted, there, report);
	} else if (has_coherent_device(&host->devices)) {
		report_add(report, REPORT_NOT_NEEDED, "", SOURCE,
			   "nothing asks for it; VMs can have the coherent devices");
	} else if (host->devices.count || *host->devices.why) {
		report_add(report, REPORT_UNKNOWN, "", SOURCE,
			   "nothing asks for it; whether there is a coherent device is not known");
		report_remedy(report, "see line device");
	} else {
		report_add(report, REPORT_NO, "", SOURCE,
			   "nothing asks for it, and there is no coherent device: VMs can have no such memory");
		report_remedy(report,
			      "boot with guestram=SIZE, on a kernel with guestramfs, or list the device in "
			      KNOWN_LOCAL);
	}
}

static void say_unread(const char *name, int why, struct report *report)
{
	char path[512];

	snprintf(path, sizeof(path), POOLS_DIR "/%s", name);
	if (why != EINVAL)
		report_unread(report, path, why);
	else
		report_add(report, REPORT_UNKNOWN, name, POOLS_DIR,
			   "has no numbers that can be read");
}

void check_guestram(const struct host *host, struct report *report)
{
	struct root_names names;
	struct pool *pools;
	size_t count = 0;

	if (!pools_list(&host->root, &names)) {
		report_unread(report, POOLS_DIR, errno);
		return;
	}
	pools = calloc(names.count + 1, sizeof(*pools));
	if (!pools)
		abort();
	for (size_t i = 0; i < names.count; i++) {
		if (pools_read(&host->root, names.names[i], &pools[count]))
			add_pool(&pools[count++], names.names[i], report);
		else
			say_unread(names.names[i], errno, report);
	}
	/* With numbers that are missing, a sum would be too small. */
	if (count == names.count)
		compare(host, pools, count, report);
	free(pools);
	root_free_names(&names);
}
