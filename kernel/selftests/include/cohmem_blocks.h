/* SPDX-License-Identifier: GPL-2.0-only */
/* The sizes of blocks in stage 2, for the tests that look at them. */
#ifndef SELFTEST_KVM_COHMEM_BLOCKS_H
#define SELFTEST_KVM_COHMEM_BLOCKS_H

#include <linux/sizes.h>

#include "cohmem_entry.h"

/* Of the host's granule: 4 KiB, 2 MiB and 1 GiB, or 64 KiB twice and 512 MiB. */
static size_t page, middle, large;
/* Where in a page the guest looks: with larger ones, not at the beginning. */
static size_t in_page;
/* What one entry of the host's PMD level maps. */
static size_t pmd;

static inline void read_block_sizes(void)
{
	unsigned int bits;

	page = getpagesize();
	bits = ffsl(page) - 1;
	pmd = page << (bits - 3);
	/* Stage 2 has no blocks above level 2 with the larger granules. */
	middle = page == SZ_4K ? pmd : page;
	large = page == SZ_4K ? pmd << (bits - 3) : pmd;
	in_page = page - SZ_4K;
}

#endif /* SELFTEST_KVM_COHMEM_BLOCKS_H */
