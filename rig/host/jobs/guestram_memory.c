// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: the kernel has no struct page and no mapping of the memory, and nobody else
 * can map it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "end.h"
#include "guestram.h"
#include "ktap.h"

#define STRUCT_PAGE	64
#define KPF_NOPAGE	20	/* include/uapi/linux/kernel-page-flags.h */
#define MOST_RANGES	16

/* What guestram= of the machine asks for (rig/machines/guestram.conf). */
#define ASKED_FOR	((512ULL + NODE_MIB) << 20)
#define NODE_MIB	1536ULL

/* Of the kernel; and what it makes struct pages for as a whole. */
static u64 page_size, section;

struct range {
	u64 start;
	u64 end;
};

struct ranges {
	struct range all[MOST_RANGES];
	size_t count;
	u64 bytes;
};

/* What /proc/iomem has of that name. */
static void read_iomem(struct ranges *r, const char *name)
{
	FILE *file = fopen("/proc/iomem", "r");
	char line[160];
	u64 start, last;

	memset(r, 0, sizeof(*r));
	if (!file)
		give_up("cannot read /proc/iomem: %m");
	while (fgets(line, sizeof(line), file)) {
		if (!strstr(line, name) || r->count == MOST_RANGES ||
		    sscanf(line, "%llx-%llx", &start, &last) != 2)
			continue;
		r->all[r->count++] = (struct range) { start, last + 1 };
		r->bytes += last + 1 - start;
	}
	fclose(file);
}

/* How many pages of a range have a struct page? */
static u64 pages_known(const struct range *r)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	u64 flags[512], known = 0, pfn = r->start / page_size;
	ssize_t n;

	if (fd < 0)
		give_up("cannot read /proc/kpageflags: %m");
	while (pfn < r->end / page_size) {
		u64 left = r->end / page_size - pfn;

		n = pread(fd, flags, (left < 512 ? left : 512) * sizeof(u64),
			  pfn * sizeof(u64));
		/* Behind the last page that the kernel knows. */
		if (n <= 0)
			break;
		for (size_t i = 0; i < n / sizeof(u64); i++)
			known += !(flags[i] >> KPF_NOPAGE & 1);
		pfn += n / sizeof(u64);
	}
	close(fd);
	return known;
}

static u64 read_vmstat(const char *name)
{
	FILE *file = fopen("/proc/vmstat", "r");
	char key[64];
	u64 value;

	while (file && fscanf(file, "%63s %llu", key, &value) == 2) {
		if (!strcmp(key, name)) {
			fclose(file);
			return value;
		}
	}
	give_up("there is no %s in /proc/vmstat", name);
}

static void try_pages(const struct ranges *guest, const struct ranges *ram)
{
	u64 known = 0, pages;

	for (size_t i = 0; i < guest->count; i++)
		known += pages_known(&guest->all[i]);
	ktap_result(guest->count && !known && pages_known(&ram->all[0]), "no_struct_pages",
		    "%llu of %llu", known, guest->bytes / page_size);
	/* They are made for whole sections. */
	pages = read_vmstat("nr_memmap_boot_pages") * page_size / STRUCT_PAGE;
	ktap_result(pages && pages * page_size <= ram->bytes + ram->count * section,
		    "no_memmap", "%llu struct pages for %llu pages of the kernel", pages,
		    ram->bytes / page_size);
}

/* The bytes of @r that the kernel's linear mapping has, which begins with @first. */
static u64 bytes_mapped(const struct range *r, u64 first)
{
	FILE *file = fopen("/sys/kernel/debug/kernel_page_tables", "r");
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
		if (!begin)
			begin = start;
		/* What is not mapped has lines, too, without attributes. */
		if (!strstr(line, "MEM/"))
			continue;
		from = start - begin + first;
		to = end - begin + first;
		from = from > r->start ? from : r->start;
		to = to < r->end ? to : r->end;
		mapped += from < to ? to - from : 0;
	}
	fclose(file);
	return mapped;
}

static void try_mapping(const struct ranges *guest, const struct ranges *ram)
{
	const struct range *last = &ram->all[ram->count - 1];
	u64 first = ram->all[0].start, mapped = 0, of_last;

	for (size_t i = 0; i < guest->count; i++)
		mapped += bytes_mapped(&guest->all[i], first);
	of_last = bytes_mapped(last, first);
	ktap_result(!mapped && of_last == last->end - last->start, "no_linear_mapping",
		    "%llu bytes; of %llu at %#llx, the kernel's, %llu", mapped,
		    last->end - last->start, last->start, of_last);
}

static void try_dev_mem(const struct ranges *guest)
{
	int fd = open("/dev/mem", O_RDWR | O_SYNC | O_CLOEXEC);
	void *at;

	if (fd < 0)
		give_up("cannot open /dev/mem: %m");
	at = mmap(NULL, page_size, PROT_READ, MAP_SHARED, fd, guest->all[0].start);
	ktap_result(at == MAP_FAILED && errno == EPERM, "dev_mem_refused", "%s",
		    at == MAP_FAILED ? strerrorname_np(errno) : "it can be mapped");
	close(fd);
}

void guestram_memory(void)
{
	struct ranges guest, ram;

	page_size = sysconf(_SC_PAGESIZE);
	section = (page_size == 65536 ? 512ULL : 128) << 20;
	read_iomem(&guest, "Guest RAM");
	read_iomem(&ram, "System RAM");
	ktap_result(guest.bytes == ASKED_FOR, "iomem", "%llu MiB in %zu pieces",
		    guest.bytes >> 20, guest.count);
	ktap_result(guestram_sysfs("size") == NODE_MIB << 20, "taken", "%llu MiB of node %d",
		    guestram_sysfs("size") >> 20, GUESTRAM_NODE);
	try_pages(&guest, &ram);
	try_mapping(&guest, &ram);
	try_dev_mem(&guest);
}
