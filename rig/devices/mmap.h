/* SPDX-License-Identifier: GPL-2.0-only */
/* How the nodes' kinds differ, and what makes the leaves of their mappings. */
#ifndef TESTDEV_MMAP_H
#define TESTDEV_MMAP_H

#include <linux/mm.h>

enum memtype { NORMAL, NORMAL_TAGGED, NORMAL_NC, DEVICE_NGNRE };

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
 * @ram: kernel pages, not the device's memory
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
	bool ram;
};

/* Physical address of offset 0, and how much there is. */
u64 kind_phys(const struct kind *kind);
u64 kind_size(const struct kind *kind);

/* The kind of the node that a mapping is of. */
const struct kind *vma_kind(const struct vm_area_struct *vma);

/* For the node's mmap(), with vm_page_prot and vm_flags as they are to be. */
int leaves_mmap(struct vm_area_struct *vma);

/* TESTDEV_ODD */
int leaves_odd(const struct kind *kind, void __user *arg);

pgprot_t leaf_prot(pgprot_t prot, enum memtype type);

#endif /* TESTDEV_MMAP_H */
