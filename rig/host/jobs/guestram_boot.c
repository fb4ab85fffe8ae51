// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram-boot: what the kernel made of a request for guest RAM. Whoever runs it knows
 * what was asked for, and what the kernel's log has to say
 * (tests/machines/guestram_boot.sh). The kernel has no struct page of it. A kernel that has
 * user namespaces and can hibernate must refuse both to guest RAM; one that shows its own page
 * tables has no mapping of it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "end.h"
#include "iomem.h"
#include "jobs.h"
#include "ktap.h"
#include "util.h"

#define POOLS "/sys/fs/guestramfs"
#define PAGE_TABLES "/sys/kernel/debug/kernel_page_tables"

/* Of all nodes. */
static u64 bytes_in_pools(void)
{
	DIR *dir = opendir(POOLS);
	struct dirent *entry;
	char path[300];
	u64 bytes = 0, more;

	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), POOLS "/%s/size", entry->d_name);
		if (!strncmp(entry->d_name, "node", 4) && read_number(path, &more))
			bytes += more;
	}
	if (dir)
		closedir(dir);
	return bytes;
}

/* Who is root in a user namespace only: he can mount tmpfs. */
static void try_user_namespace(void)
{
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) || mount("none", "/tmp", "tmpfs", 0, NULL))
			_exit(255);
		_exit(mount("none", "/tmp", "guestramfs", 0, NULL) ? errno : 0);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		give_up("no process for a user namespace: %m");
	ktap_result(WEXITSTATUS(status) == EPERM, "user_namespace_refused", "%s",
		    strerrorname_np(WEXITSTATUS(status)) ?: "");
}

/* The kernel's image of itself would not have guest RAM. */
static void try_hibernation(void)
{
	bool refused = !write_file("/sys/power/state", "disk") && errno == EPERM;

	ktap_result(refused, "hibernation_refused", "%s", strerrorname_np(errno));
}

/*
 * The bytes of @r that the kernel's linear mapping has. What is mapped there first is
 * @first, wherever KASLR has put it.
 */
static u64 bytes_mapped(const struct iomem_range *r, u64 first)
{
	FILE *file = fopen(PAGE_TABLES, "r");
	u64 start, end, begin = 0, mapped = 0, from, to;
	bool linear = false;
	char line[200];

	if (!file)
		give_up("cannot read the kernel's page tables: %m");
	while (fgets(line, sizeof(line), file)) {
		if (strstr(line, "---["))
			linear = strstr(line, "Linear Mapping start");
		if (!linear || sscanf(line, "%llx-%llx", &start, &end) != 2)
			continue;
		/* What is not mapped has lines, too, without attributes. */
		if (!strstr(line, "MEM/"))
			continue;
		if (!begin)
			begin = start;
		from = start - begin + first;
		to = end - begin + first;
		from = from > r->start ? from : r->start;
		to = to < r->end ? to : r->end;
		mapped += from < to ? to - from : 0;
	}
	fclose(file);
	return mapped;
}

/* The kernel has one for its own first memory. */
static void try_struct_pages(const struct iomem *guest, const struct iomem *ram)
{
	u64 known = 0, own = iomem_pages_known(&ram->all[0]);

	for (size_t i = 0; i < guest->count; i++)
		known += iomem_pages_known(&guest->all[i]);
	ktap_result(!known && own, "no_struct_pages", "%llu of %llu; of the kernel's own %llu",
		    known, guest->bytes / sysconf(_SC_PAGESIZE), own);
}

static void try_mapping(const struct iomem *guest, const struct iomem *ram)
{
	const struct iomem_range *last = &ram->all[ram->count - 1];
	u64 first = ram->all[0].start, mapped = 0, of_last;

	for (size_t i = 0; i < guest->count; i++)
		mapped += bytes_mapped(&guest->all[i], first);
	of_last = bytes_mapped(last, first);
	ktap_result(!mapped && of_last == last->end - last->start, "no_linear_mapping",
		    "%llu bytes; of %llu at %#llx, the kernel's, %llu", mapped,
		    last->end - last->start, last->start, of_last);
}

static void guestram_boot_run(void)
{
	bool more = !access("/sys/power/disk", F_OK) && !access("/proc/self/ns/user", F_OK);
	bool has_tables = !access(PAGE_TABLES, F_OK);
	struct iomem guest, code, ram;
	unsigned int line;

	iomem_read(&guest, "Guest RAM");
	iomem_read(&code, "Kernel code");
	iomem_read(&ram, "System RAM");
	more = more && guest.bytes;
	has_tables = has_tables && guest.bytes;
	ktap_plan(1 + (guest.bytes ? 1 : 0) + (has_tables ? 1 : 0) + (more ? 2 : 0));
	for (size_t i = 0; i < guest.count; i++)
		ktap_note("guest RAM: %#llx-%#llx", guest.all[i].start, guest.all[i].end);
	line = ktap_note("guest RAM: %llu MiB", guest.bytes >> 20);
	ktap_fact(RESULTS_LOG, line, "guest_ram_mib", "%llu", guest.bytes >> 20);
	line = ktap_note("kernel: %#llx", code.all[0].start);
	ktap_fact(RESULTS_LOG, line, "kernel_at", "%#llx", code.all[0].start);
	ktap_result(bytes_in_pools() == guest.bytes, "pools_have_all", "%llu MiB",
		    bytes_in_pools() >> 20);
	if (guest.bytes)
		try_struct_pages(&guest, &ram);
	if (has_tables)
		try_mapping(&guest, &ram);
	if (!more)
		return;
	try_user_namespace();
	try_hibernation();
}

const struct job guestram_boot_job = {
	.run = guestram_boot_run,
};
