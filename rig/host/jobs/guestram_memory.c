// SPDX-License-Identifier: GPL-2.0-only
/* Job guestram: the kernel has no struct page of the memory, and nobody else can map it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "end.h"
#include "guestram.h"
#include "iomem.h"
#include "ktap.h"

#define STRUCT_PAGE	64

/* What guestram= of the machine asks for (rig/machines/guestram.conf). */
#define ASKED_FOR	((512ULL + NODE_MIB) << 20)
#define NODE_MIB	1536ULL

/* Of the kernel; and what it makes struct pages for as a whole. */
static u64 page_size, section;

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

static void try_pages(const struct iomem *guest, const struct iomem *ram)
{
	u64 known = 0, pages;

	for (size_t i = 0; i < guest->count; i++)
		known += iomem_pages_known(&guest->all[i]);
	ktap_result(guest->count && !known && iomem_pages_known(&ram->all[0]), "no_struct_pages",
		    "%llu of %llu", known, guest->bytes / page_size);
	/* They are made for whole sections. */
	pages = read_vmstat("nr_memmap_boot_pages") * page_size / STRUCT_PAGE;
	ktap_result(pages && pages * page_size <= ram->bytes + ram->count * section,
		    "no_memmap", "%llu struct pages for %llu pages of the kernel", pages,
		    ram->bytes / page_size);
}

static void try_dev_mem(const struct iomem *guest)
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
	struct iomem guest, ram;

	page_size = sysconf(_SC_PAGESIZE);
	section = (page_size == 65536 ? 512ULL : 128) << 20;
	iomem_read(&guest, "Guest RAM");
	iomem_read(&ram, "System RAM");
	ktap_result(guest.bytes == ASKED_FOR, "iomem", "%llu MiB in %zu pieces",
		    guest.bytes >> 20, guest.count);
	ktap_result(guestram_sysfs("size") == NODE_MIB << 20, "taken", "%llu MiB of node %d",
		    guestram_sysfs("size") >> 20, GUESTRAM_NODE);
	try_pages(&guest, &ram);
	try_dev_mem(&guest);
}
