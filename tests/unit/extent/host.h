/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A host address space, twice: as page tables for the code under test, and as
 * a plain list of pages for the oracle.
 */
#ifndef EXTENT_HOST_H
#define EXTENT_HOST_H

#include "shim.h"

#define MAX_PAGES	(3UL << 2 * TABLE_SHIFT)

/**
 * struct page - what the oracle knows of one page
 * @usable:	valid, and for user space
 * @pa:		physical address
 * @attrs:	memory type and write permission, in the format of a leaf
 */
struct page {
	bool usable;
	u64 pa;
	u64 attrs;
};

/**
 * struct host - a window of a VMM's address space
 * @mm:		its page tables
 * @base:	first address, aligned to PUD_SIZE
 * @count:	pages in the window
 * @pages:	what is mapped
 */
struct host {
	struct mm_struct mm;
	unsigned long base;
	size_t count;
	struct page *pages;
};

void host_init(struct host *host, unsigned long base, size_t count);
void host_free(struct host *host);

/* Maps one leaf of 1, PMD_SIZE or PUD_SIZE bytes with the descriptor bits given. */
void host_map(struct host *host, unsigned long addr, unsigned long size,
	      u64 pa, u64 bits);

/* The descriptor of the leaf that maps @addr, to be changed; pages follow. */
u64 host_descriptor(struct host *host, unsigned long addr);
void host_change(struct host *host, unsigned long addr, u64 descriptor);

/* Where the leaf that maps @addr begins, and its size. */
unsigned long host_leaf(struct host *host, unsigned long addr,
			unsigned long *size);

/* The naive answer. */
bool oracle(const struct host *host, unsigned long hva, unsigned long start,
	    unsigned long end, u64 ipa, unsigned long size);

#endif /* EXTENT_HOST_H */
