/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_PFNMAP_FAULT_H
#define _LINUX_PFNMAP_FAULT_H

#include <linux/mm_types.h>

/**
 * struct pfnmap_run - addresses of a VMA that map physically contiguous memory
 * @start: the first, a multiple of the page size
 * @end: behind the last
 * @pfn: of @start
 */
struct pfnmap_run {
	unsigned long start;
	unsigned long end;
	unsigned long pfn;
};

/**
 * pfnmap_fault() - map memory without struct pages, as much as one table translates
 * @vmf: the fault, on a shared mapping with VM_PFNMAP
 * @order: that of huge_fault(), or 0 for fault()
 * @run: the memory around the fault; may be more than the VMA has
 *
 * Maps by PMD entries if @order is that of a PMD and @run covers the one of the fault, at
 * addresses that are congruent; by PTEs if @order is 0. Fills each entry of the table that
 * @run covers and that is empty. Entries of other kinds stay as they are.
 *
 * A driver needs both handlers: huge_fault() is not called for a VMA with
 * MADV_NOHUGEPAGE, nor with PR_SET_THP_DISABLE, nor, on some kernels, where transparent
 * huge pages are not enabled; and when it answers VM_FAULT_FALLBACK, fault() is called.
 *
 * Context: The caller keeps off who takes the memory away, from before it has looked
 *	    whether the memory may be mapped until this has returned: what unmaps with
 *	    unmap_mapping_range() finds all entries, or none comes after it.
 *
 * Return: what the handler has to return.
 */
vm_fault_t pfnmap_fault(struct vm_fault *vmf, unsigned int order,
			const struct pfnmap_run *run);

#endif /* _LINUX_PFNMAP_FAULT_H */
