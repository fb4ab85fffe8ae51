// SPDX-License-Identifier: GPL-2.0-only
/*
 * Of which NUMA node memory is. The kernel learns that only after it has mapped all memory,
 * when it is too late to take any from it. So this reads the device tree, or the SRAT,
 * itself, and numbers the nodes of the SRAT as acpi_map_pxm_to_node() will do: in the order
 * in which processors and generic initiators, and then memory, name their proximity domains.
 */
#include <linux/acpi.h>
#include <linux/efi.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/libfdt.h>
#include <linux/numa.h>
#include <linux/of_fdt.h>

#include "guestram.h"

#define MOST_RANGES	64

static struct {
	phys_addr_t base;
	u64 size;
	int node;
} ranges[MOST_RANGES] __initdata;

static unsigned int nr_ranges __initdata;

/* Memory that continues another range of its node belongs to that. */
static void __init note_range(phys_addr_t base, u64 size, int node)
{
	for (unsigned int i = 0; i < nr_ranges; i++) {
		if (ranges[i].node != node)
			continue;
		if (ranges[i].base + ranges[i].size == base) {
			ranges[i].size += size;
			return;
		}
		if (base + size == ranges[i].base) {
			ranges[i].base = base;
			ranges[i].size += size;
			return;
		}
	}
	if (nr_ranges == MOST_RANGES) {
		pr_warn_once("more than %u ranges of memory; what comes then cannot be taken\n",
			     MOST_RANGES);
		return;
	}
	ranges[nr_ranges].base = base;
	ranges[nr_ranges].size = size;
	ranges[nr_ranges++].node = node;
}

static int __init read_fdt_node(unsigned long node, const char *name, int depth, void *arg)
{
	const char *type = of_get_flat_dt_prop(node, "device_type", NULL);
	const __be32 *reg, *nid, *end;
	phys_addr_t base;
	int len;

	if (!type || strcmp(type, "memory"))
		return 0;
	nid = of_get_flat_dt_prop(node, "numa-node-id", NULL);
	reg = of_get_flat_dt_prop(node, "reg", &len);
	if (!reg)
		return 0;
	for (end = reg + len / sizeof(*reg);
	     end - reg >= dt_root_addr_cells + dt_root_size_cells;) {
		base = dt_mem_next_cell(dt_root_addr_cells, &reg);
		note_range(base, dt_mem_next_cell(dt_root_size_cells, &reg),
			   nid ? be32_to_cpup(nid) : 0);
	}
	return 0;
}

#ifdef CONFIG_ACPI_NUMA
static u32 domains[MAX_NUMNODES] __initdata;
static unsigned int nr_domains __initdata;

static int __init node_of_domain(u32 domain)
{
	unsigned int node;

	for (node = 0; node < nr_domains && domains[node] != domain; node++)
		;
	if (node == MAX_NUMNODES)
		return NUMA_NO_NODE;
	if (node == nr_domains)
		domains[nr_domains++] = domain;
	return node;
}

static void __init read_srat_entry(struct acpi_subtable_header *entry, bool memory)
{
	struct acpi_srat_generic_affinity *initiator = (void *)entry;
	struct acpi_srat_gicc_affinity *gicc = (void *)entry;
	struct acpi_srat_mem_affinity *mem = (void *)entry;

	if (!memory && entry->type == ACPI_SRAT_TYPE_GICC_AFFINITY &&
	    entry->length >= sizeof(*gicc) && gicc->flags & ACPI_SRAT_GICC_ENABLED)
		node_of_domain(gicc->proximity_domain);
	if (!memory && entry->type == ACPI_SRAT_TYPE_GENERIC_AFFINITY &&
	    entry->length >= sizeof(*initiator) &&
	    initiator->flags & ACPI_SRAT_GENERIC_AFFINITY_ENABLED)
		node_of_domain(initiator->proximity_domain);
	if (memory && entry->type == ACPI_SRAT_TYPE_MEMORY_AFFINITY &&
	    entry->length >= sizeof(*mem) && mem->flags & ACPI_SRAT_MEM_ENABLED)
		note_range(mem->base_address, mem->length,
			   node_of_domain(mem->proximity_domain));
}

static void __init read_srat(struct acpi_table_header *srat)
{
	void *end = (void *)srat + srat->length, *at;
	struct acpi_subtable_header *entry;

	for (int memory = 0; memory <= 1; memory++) {
		at = (void *)srat + sizeof(struct acpi_table_srat);
		for (; at + sizeof(*entry) <= end; at += entry->length) {
			entry = at;
			if (entry->length < sizeof(*entry) || at + entry->length > end)
				break;
			read_srat_entry(entry, memory);
		}
	}
}

/* Calls @read with the table at @address, if it is one that can be mapped. */
static void __init with_table(u64 address, void (*read)(struct acpi_table_header *table))
{
	struct acpi_table_header *table = early_memremap(address, sizeof(*table));
	u32 length;

	if (!table)
		return;
	length = table->length;
	early_memunmap(table, sizeof(*table));
	/* early_memremap() maps no more (FIX_BTMAPS). */
	if (length < sizeof(*table) || length > SZ_128K)
		return;
	table = early_memremap(address, length);
	if (!table)
		return;
	read(table);
	early_memunmap(table, length);
}

static u64 srat_address __initdata;

static void __init read_xsdt(struct acpi_table_header *xsdt)
{
	struct acpi_table_header *table;
	u64 address;

	for (u32 at = sizeof(*xsdt); at + sizeof(address) <= xsdt->length && !srat_address;
	     at += sizeof(address)) {
		memcpy(&address, (void *)xsdt + at, sizeof(address));
		table = early_memremap(address, sizeof(*table));
		if (!table)
			return;
		if (ACPI_COMPARE_NAMESEG(table->signature, ACPI_SIG_SRAT))
			srat_address = address;
		early_memunmap(table, sizeof(*table));
	}
}

static void __init read_acpi(void)
{
	struct acpi_table_rsdp *rsdp;
	u64 xsdt = 0;

	if (!efi_enabled(EFI_BOOT) || efi.acpi20 == EFI_INVALID_TABLE_ADDR)
		return;
	rsdp = early_memremap(efi.acpi20, sizeof(*rsdp));
	if (!rsdp)
		return;
	if (ACPI_VALIDATE_RSDP_SIG(rsdp->signature))
		xsdt = rsdp->xsdt_physical_address;
	early_memunmap(rsdp, sizeof(*rsdp));
	if (xsdt)
		with_table(xsdt, read_xsdt);
	if (srat_address)
		with_table(srat_address, read_srat);
}
#else
static void __init read_acpi(void) { }
#endif

/** guestram_nodes_read() - find out where memory is, and of which node */
void __init guestram_nodes_read(void)
{
	if (initial_boot_params)
		of_scan_flat_dt(read_fdt_node, NULL);
	if (!nr_ranges)
		read_acpi();
}

/**
 * guestram_nodes_of() - of which node is all of this memory?
 * @base: physical address
 * @size: bytes
 *
 * Return: the node; NUMA_NO_NODE if it is not of one alone, or no memory. Where neither
 * device tree nor SRAT say anything, all is of node 0.
 */
int __init guestram_nodes_of(phys_addr_t base, u64 size)
{
	if (!nr_ranges)
		return 0;
	for (unsigned int i = 0; i < nr_ranges; i++) {
		if (base >= ranges[i].base &&
		    base + size <= ranges[i].base + ranges[i].size)
			return ranges[i].node;
	}
	return NUMA_NO_NODE;
}

/** guestram_nodes_has() - is there memory of this node? */
bool __init guestram_nodes_has(int node)
{
	if (!nr_ranges)
		return !node;
	for (unsigned int i = 0; i < nr_ranges; i++) {
		if (ranges[i].node == node)
			return true;
	}
	return false;
}
