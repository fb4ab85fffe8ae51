// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes guest RAM from the kernel, before the kernel maps it and makes struct pages for it:
 *
 *	guestram=[NODE:]SIZE[@ADDRESS][,...]
 *
 * Memory goes in whole sections, because struct pages are made for sections
 * (SECTION_SIZE_BITS). With EFI and KASLR nobody knows beforehand where the loader will
 * have put the kernel, the initrd and its own data. So the kernel looks for free sections
 * itself, unless an address is given, for memory behind mem= and for tests.
 *
 * A reserved-memory node of a device tree, compatible "cohmem,guest-ram" and with no-map,
 * is taken as it is.
 */
#include <linux/crash_dump.h>
#include <linux/efi.h>
#include <linux/guestram.h>
#include <linux/init.h>
#include <linux/libfdt.h>
#include <linux/memblock.h>
#include <linux/mmzone.h>
#include <linux/numa.h>
#include <linux/of_fdt.h>
#include <linux/of_reserved_mem.h>
#include <linux/sizes.h>
#include <asm/setup.h>

#include "guestram.h"

#define SECTION		BIT(SECTION_SIZE_BITS)
/* What the host keeps in any case: of all its memory, and below 4 GiB if it has some there. */
#define HOST_KEEPS	SZ_256M
#define MOST_REQUESTS	16

/* Where memory may be anywhere. */
#define ANYWHERE	PHYS_ADDR_MAX

/**
 * struct request - one item of guestram=
 * @node: of which node the memory is to be; NUMA_NO_NODE if that does not matter
 * @size: bytes
 * @address: where it begins, or ANYWHERE
 */
struct request {
	int node;
	u64 size;
	phys_addr_t address;
};

static struct request requests[MOST_REQUESTS] __initdata;
static unsigned int nr_requests __initdata;

struct guestram_extent guestram_extents[GUESTRAM_EXTENTS];
unsigned int guestram_nr_extents;

/* Reads one item; returns what is behind it, or NULL. */
static char * __init read_request(char *text, struct request *r)
{
	char *end;

	*r = (struct request) { .node = NUMA_NO_NODE, .address = ANYWHERE };
	r->size = memparse(text, &end);
	if (end != text && *end == ':') {
		r->node = min(r->size, INT_MAX);
		text = end + 1;
		r->size = memparse(text, &end);
	}
	if (end == text)
		return NULL;
	if (*end == '@') {
		text = end + 1;
		r->address = memparse(text, &end);
		if (end == text)
			return NULL;
	}
	return *end && *end != ',' ? NULL : end;
}

static int __init read_requests(char *text)
{
	struct request r;

	while (text && *text) {
		text = read_request(text, &r);
		if (!text) {
			pr_err("guestram= is not [NODE:]SIZE[@ADDRESS][,...]; nothing is taken from there on\n");
			return -EINVAL;
		}
		if (nr_requests == MOST_REQUESTS) {
			pr_err("guestram= has more than %u items; put those of one node together\n",
			       MOST_REQUESTS);
			return -EINVAL;
		}
		requests[nr_requests++] = r;
		text += *text == ',';
	}
	return 0;
}
early_param("guestram", read_requests);

/* Memory that continues an extent belongs to it, if it is of the same node. */
static bool __init add_extent(phys_addr_t base, u64 size, int node)
{
	for (unsigned int i = 0; i < guestram_nr_extents; i++) {
		struct guestram_extent *e = &guestram_extents[i];

		if (e->node != node)
			continue;
		if (base + size == e->base) {
			e->base = base;
			e->size += size;
			return true;
		}
		if (e->base + e->size == base) {
			e->size += size;
			return true;
		}
	}
	if (guestram_nr_extents == GUESTRAM_EXTENTS) {
		pr_err("more than %u pieces of memory; ask for less\n", GUESTRAM_EXTENTS);
		return false;
	}
	guestram_extents[guestram_nr_extents++] =
		(struct guestram_extent) { .base = base, .size = size, .node = node };
	return true;
}

/* Of what is free, how much lies in [@base, @end)? */
static u64 __init free_between(phys_addr_t base, phys_addr_t end)
{
	phys_addr_t start, stop;
	u64 i, sum = 0;

	for_each_free_mem_range(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &stop, NULL) {
		start = max(start, base);
		stop = min(stop, end);
		if (start < stop)
			sum += stop - start;
	}
	return sum;
}

/* Devices that reach only low addresses need memory there: swiotlb, crashkernel=,low. */
static bool __init host_can_spare(phys_addr_t base, u64 size)
{
	u64 low = base < SZ_4G ? min(base + size, SZ_4G) - base : 0;

	return !low || free_between(0, SZ_4G) >= low + HOST_KEEPS;
}

/* The highest free memory of so many bytes, at a multiple of that; 0 if there is none. */
static phys_addr_t __init find_free(u64 size, int node, int *found)
{
	phys_addr_t start, end, base;
	u64 i;

	for_each_free_mem_range_reverse(i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		for (base = ALIGN_DOWN(end, size); base >= size && base - size >= start;
		     base -= size) {
			*found = guestram_nodes_of(base - size, size);
			if (*found != NUMA_NO_NODE &&
			    (node == NUMA_NO_NODE || node == *found) &&
			    host_can_spare(base - size, size))
				return base - size;
		}
	}
	return 0;
}

/* Whole blocks first, from the top. What is found is reserved until all is found. */
static u64 __init find_anywhere(const struct request *r)
{
	u64 piece = max(GUESTRAM_BLOCK, SECTION), left = r->size;
	phys_addr_t base;
	int node;

	while (left) {
		base = left < piece ? 0 : find_free(piece, r->node, &node);
		if (base) {
			if (!add_extent(base, piece, node))
				break;
			memblock_reserve(base, piece);
			left -= piece;
		} else if (piece > SECTION) {
			piece = SECTION;
		} else {
			break;
		}
	}
	return left;
}

static void __init take_anywhere(const struct request *r)
{
	static struct guestram_extent kept[GUESTRAM_EXTENTS] __initdata;
	unsigned int nr = guestram_nr_extents;
	u64 has = free_between(0, PHYS_ADDR_MAX), left;

	if (has < r->size || has - r->size < HOST_KEEPS) {
		pr_err("%llu MiB: the host has %llu MiB left, and keeps %u MiB; ask for less\n",
		       r->size / SZ_1M, has / SZ_1M, HOST_KEEPS / SZ_1M);
		return;
	}
	memcpy(kept, guestram_extents, nr * sizeof(*kept));
	left = find_anywhere(r);
	for (unsigned int i = 0; i < guestram_nr_extents; i++) {
		const struct guestram_extent *e = &guestram_extents[i];

		if (!left)
			memblock_remove(e->base, e->size);
		memblock_phys_free(e->base, e->size);
	}
	if (!left)
		return;
	memcpy(guestram_extents, kept, nr * sizeof(*kept));
	guestram_nr_extents = nr;
	pr_err("%llu MiB: only %llu MiB are free in whole sections of %lu MiB; ask for less\n",
	       r->size / SZ_1M, (r->size - left) / SZ_1M, SECTION / SZ_1M);
}

/* Is it free, by the firmware's own list? memblock has forgotten what is behind mem=. */
static bool __init is_free_for_efi(phys_addr_t base, u64 size)
{
	u64 sum = 0, start, end;
	efi_memory_desc_t *md;

	for_each_efi_memory_desc(md) {
		start = max(md->phys_addr, base);
		end = min(md->phys_addr + (md->num_pages << EFI_PAGE_SHIFT), base + size);
		if (start >= end)
			continue;
		if (!(md->attribute & EFI_MEMORY_WB) ||
		    (md->type != EFI_CONVENTIONAL_MEMORY &&
		     md->type != EFI_BOOT_SERVICES_CODE &&
		     md->type != EFI_BOOT_SERVICES_DATA))
			return false;
		sum += end - start;
	}
	return sum == size;
}

static bool __init is_free(phys_addr_t base, u64 size)
{
	phys_addr_t fdt = __fdt_pointer;

	if (memblock_overlaps_region(&memblock.reserved, base, size) ||
	    (memblock_overlaps_region(&memblock.memory, base, size) &&
	     free_between(base, base + size) != size))
		return false;
	if (efi_enabled(EFI_MEMMAP))
		return is_free_for_efi(base, size);
	return !initial_boot_params || fdt >= base + size ||
	       fdt + fdt_totalsize(initial_boot_params) <= base;
}

static void __init take_at(const struct request *r)
{
	phys_addr_t last = r->address + r->size - 1;
	int node = guestram_nodes_of(r->address, r->size);

	for (unsigned int i = 0; i < guestram_nr_extents; i++) {
		const struct guestram_extent *e = &guestram_extents[i];

		if (r->address < e->base + e->size && e->base <= last) {
			pr_err("%pa-%pa is guest RAM already; name it once\n", &r->address,
			       &last);
			return;
		}
	}
	if (node == NUMA_NO_NODE || (r->node != NUMA_NO_NODE && r->node != node)) {
		pr_err("%pa-%pa is no memory of one node, or of another than was asked for; name the memory of each node by itself\n",
		       &r->address, &last);
		return;
	}
	if (!is_free(r->address, r->size)) {
		pr_err("%pa-%pa is in use, or not all of it is memory; leave the address out, and the kernel finds memory\n",
		       &r->address, &last);
		return;
	}
	if (memblock_overlaps_region(&memblock.memory, r->address, r->size) &&
	    (!host_can_spare(r->address, r->size) ||
	     free_between(0, PHYS_ADDR_MAX) - r->size < HOST_KEEPS)) {
		pr_err("%pa-%pa: the host keeps %u MiB, and as much below 4 GiB; ask for less\n",
		       &r->address, &last, HOST_KEEPS / SZ_1M);
		return;
	}
	if (add_extent(r->address, r->size, node))
		memblock_remove(r->address, r->size);
}

/* A range in whole sections that a CPU can address. */
static bool __init is_sound(phys_addr_t base, u64 size)
{
	return size && IS_ALIGNED(base | size, SECTION) && base + size - 1 >= base &&
	       base + size - 1 <= PHYS_MASK;
}

static void __init take(const struct request *r)
{
	if (!is_sound(r->address == ANYWHERE ? 0 : r->address, r->size)) {
		pr_err("%llu MiB: size and address have to be multiples of %lu MiB, below the end of what the CPU can address\n",
		       r->size / SZ_1M, SECTION / SZ_1M);
		return;
	}
	if (r->node != NUMA_NO_NODE && !guestram_nodes_has(r->node)) {
		pr_err("there is no memory of node %d; leave the node out, or name another\n",
		       r->node);
		return;
	}
	if (r->address == ANYWHERE)
		take_anywhere(r);
	else
		take_at(r);
}

/**
 * guestram_reserve() - take what guestram= asks for
 *
 * Context: the end of arm64_memblock_init(): all that the loader left is reserved, and
 * nothing is mapped yet.
 */
void __init guestram_reserve(void)
{
	guestram_nodes_read();
	/* Its command line is that of the kernel that crashed, whose memory is to be saved. */
	if (nr_requests && is_kdump_kernel()) {
		pr_info("a crash kernel takes no guest RAM\n");
		return;
	}
	for (unsigned int i = 0; i < nr_requests; i++)
		take(&requests[i]);
	for (unsigned int i = 0; i < guestram_nr_extents; i++) {
		const struct guestram_extent *e = &guestram_extents[i];
		phys_addr_t last = e->base + e->size - 1;

		pr_info("%llu MiB of node %d at %pa-%pa\n", e->size / SZ_1M, e->node, &e->base,
			&last);
	}
}

#ifdef CONFIG_OF_RESERVED_MEM
/*
 * early_init_dt_reserve_memory() passes over no-map where the loader has put something:
 * the kernel has mapped all of it then, and may use it.
 */
static bool __init is_mapped(phys_addr_t base, u64 size)
{
	struct memblock_region *region;

	for_each_mem_region(region) {
		if (base < region->base + region->size && region->base < base + size &&
		    !memblock_is_nomap(region))
			return true;
	}
	return false;
}

/*
 * The memory map is made after this, in bootmem_init(), and the linear mapping has left out
 * what is no-map. What is refused stays so: after any other error than -ENOENT it would
 * become memory of the kernel, which has no mapping of it.
 */
static int __init take_reserved(struct reserved_mem *rmem)
{
	phys_addr_t last = rmem->base + rmem->size - 1;

	if (is_kdump_kernel())
		return -ENOENT;
	if (!of_get_flat_dt_prop(rmem->fdt_node, "no-map", NULL)) {
		pr_err("%s: the node has no no-map; add it\n", rmem->name);
		return -EINVAL;
	}
	if (!is_sound(rmem->base, rmem->size)) {
		pr_err("%s: address and size have to be multiples of %lu MiB, below the end of what the CPU can address\n",
		       rmem->name, SECTION / SZ_1M);
		return -ENOENT;
	}
	if (is_mapped(rmem->base, rmem->size)) {
		pr_err("%s: a part of it was in use before, so the kernel has mapped all of it; name another address\n",
		       rmem->name);
		return -ENOENT;
	}
	if (!add_extent(rmem->base, rmem->size, guestram_nodes_of(rmem->base, rmem->size)))
		return -ENOENT;
	memblock_remove(rmem->base, rmem->size);
	pr_info("%llu MiB at %pa-%pa (%s)\n", (u64)rmem->size / SZ_1M, &rmem->base, &last,
		rmem->name);
	return 0;
}

RESERVEDMEM_OF_DECLARE(guestram, "cohmem,guest-ram", take_reserved);
#endif
