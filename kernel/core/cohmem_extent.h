/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The extent rule: does the host map the block around a page as one physical
 * run with one set of attributes? Stage 2 may then map it as one block. The
 * answer is read from the host's live page tables alone.
 */
#ifndef __ARM64_KVM_COHMEM_EXTENT_H__
#define __ARM64_KVM_COHMEM_EXTENT_H__

#include <linux/mm_types.h>
#include <linux/types.h>

/* At most so many leaves are read before interrupts are on again. */
#define COHMEM_EXTENT_SECTION	512

/**
 * struct cohmem_extent - A page, and the bounds of the block around it
 * @hva:	page-aligned address in the VMM
 * @start:	lowest HVA that is both in the memslot and in the VMA
 * @end:	end of that range, exclusive
 * @ipa:	page-aligned IPA where @hva is to be mapped
 * @pfn:	PFN that the host maps at @hva
 * @attrs:	attributes of the host's leaf at @hva that the block must share
 * @leaf:	address and attributes of that leaf, to compare other leaves with
 * @leaf_size:	bytes that it maps
 * @locked:	the caller holds a lock and cannot sleep
 */
struct cohmem_extent {
	unsigned long hva;
	unsigned long start;
	unsigned long end;
	phys_addr_t ipa;
	unsigned long pfn;
	pteval_t attrs;
	pteval_t leaf;
	unsigned long leaf_size;
	bool locked;
};

int cohmem_extent_begin(struct mm_struct *mm, struct cohmem_extent *e);
bool cohmem_extent_fits(const struct cohmem_extent *e, unsigned long size);
bool cohmem_extent_proven(struct mm_struct *mm, const struct cohmem_extent *e,
			  unsigned long size, unsigned long *break_hint);

#endif /* __ARM64_KVM_COHMEM_EXTENT_H__ */
