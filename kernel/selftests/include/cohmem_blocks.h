/* SPDX-License-Identifier: GPL-2.0-only */
/* The sizes of blocks in stage 2, for the tests that look at them. */
#ifndef SELFTEST_KVM_COHMEM_BLOCKS_H
#define SELFTEST_KVM_COHMEM_BLOCKS_H

#include <stddef.h>

/**
 * struct block_sizes - Those of the host's granule
 * @page: 4, 16 or 64 KiB
 * @middle: 2 MiB; with larger pages, a page again
 * @large: 1 GiB, 32 MiB, or 512 MiB
 * @in_page: where in a page the guest looks: with larger ones, not at the beginning
 * @pmd: what one entry of the host's PMD level maps
 */
struct block_sizes {
	size_t page;
	size_t middle;
	size_t large;
	size_t in_page;
	size_t pmd;
};

/** blocks - the sizes, after blocks_read_sizes() */
extern struct block_sizes blocks;

/** blocks_read_sizes() - Find out what the host's granule is */
void blocks_read_sizes(void);

#endif /* SELFTEST_KVM_COHMEM_BLOCKS_H */
