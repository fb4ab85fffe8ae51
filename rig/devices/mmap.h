/* SPDX-License-Identifier: GPL-2.0-only */
/* How the nodes' kinds differ, and the mappings that they make. Knows no node. */
#ifndef TESTDEV_MMAP_H
#define TESTDEV_MMAP_H

#include <linux/mm.h>

enum memtype { NORMAL, NORMAL_TAGGED, NORMAL_NC, DEVICE_NGNRE };

/**
 * enum ram - kernel pages of one allocation, and which of them have reference counts
 * @NO_RAM: the device's memory
 * @RAM_SPLIT: each has one
 * @RAM_WHOLE: the first one has
 * @RAM_COMPOUND: all have one together, of which the first one keeps account
 * @NR_RAM: number of the above
 */
enum ram { NO_RAM, RAM_SPLIT, RAM_WHOLE, RAM_COMPOUND, NR_RAM };

/**
 * struct kind - one way to map the memory
 * @name: name of the node
 * @vma_type: memory type of vm_page_prot
 * @leaf_type: memory type of the leaves, if @on_fault
 * @vm_flags: added to the VMA's
 * @on_fault: leaves are inserted one by one by the fault handler
 * @huge: these are PMD entries, where alignment allows
 * @odd: TESTDEV_ODD can make some of the leaves differ
 * @cow: only private mappings, instead of only shared ones
 * @ram: kernel pages, not the device's memory, or NO_RAM
 * @lead: of a carve-out, also what is before it, as much as a PMD entry maps
 */
struct kind {
	const char *name;
	enum memtype vma_type;
	enum memtype leaf_type;
	unsigned long vm_flags;
	bool on_fault;
	bool huge;
	bool odd;
	bool cow;
	enum ram ram;
	bool lead;
};

/**
 * struct node_memory - what a node maps, and how; each mapping of it has the address
 *			of this in vm_private_data
 * @kind: how
 * @phys: physical address of offset 0
 * @size: bytes that can be mapped
 */
struct node_memory {
	const struct kind *kind;
	u64 phys;
	u64 size;
};

/**
 * mmap_node() - map a part of a node's memory
 * @vma: of the node's mmap()
 * @memory: what the node maps; has to be there as long as @vma
 *
 * Return: 0, or -EINVAL for what the node does not have or does not map so: memory with
 * struct pages is not mapped with VM_MIXEDMAP.
 */
int mmap_node(struct vm_area_struct *vma, const struct node_memory *memory);

/**
 * mmap_set_odd() - TESTDEV_ODD: say which pages of mappings to come are odd
 * @memory: of the node
 * @arg: struct testdev_odd, in user space
 *
 * Return: 0 or an error.
 */
int mmap_set_odd(const struct node_memory *memory, void __user *arg);

#endif /* TESTDEV_MMAP_H */
