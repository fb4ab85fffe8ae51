/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The extent rule: how much of the host's address space around a page maps
 * one physical run with one set of attributes, so that stage 2 may map it as
 * one block. Read from the host's live page tables, and from nothing else.
 */
#ifndef __ARM64_KVM_COHMEM_EXTENT_H__
#define __ARM64_KVM_COHMEM_EXTENT_H__

#include <linux/mm_types.h>
#include <linux/types.h>

/* Leaves that are read with interrupts off, at most, before they are let in. */
#define COHMEM_EXTENT_SECTION	512

/**
 * struct cohmem_extent - A page, and what is known of where it lies
 * @hva:	page-aligned address in the VMM
 * @start:	first HVA that a block may map: of the memslot and of the VMA
 * @end:	end of that, exclusive
 * @ipa:	page-aligned IPA where @hva is to be mapped
 * @pfn:	PFN that the host's leaf maps at @hva
 * @attrs:	those attributes of that leaf which all of a block must share
 * @leaf:	what is compared of that leaf: its attributes and its address
 */
struct cohmem_extent {
	unsigned long hva;
	unsigned long start;
	unsigned long end;
	phys_addr_t ipa;
	unsigned long pfn;
	pteval_t attrs;
	pteval_t leaf;
};

bool cohmem_extent_begin(struct mm_struct *mm, struct cohmem_extent *e);
bool cohmem_extent_proven(struct mm_struct *mm, const struct cohmem_extent *e,
			  unsigned long size, unsigned long *break_hint);

#endif /* __ARM64_KVM_COHMEM_EXTENT_H__ */
