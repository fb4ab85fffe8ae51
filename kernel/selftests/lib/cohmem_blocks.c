// SPDX-License-Identifier: GPL-2.0-only
#include <strings.h>
#include <string.h>
#include <unistd.h>

#include <linux/sizes.h>

#include "cohmem_blocks.h"

struct block_sizes blocks;

void blocks_read_sizes(void)
{
	unsigned int bits;

	blocks.page = getpagesize();
	bits = ffsl(blocks.page) - 1;
	blocks.pmd = blocks.page << (bits - 3);
	/* Stage 2 has no blocks above level 2 with the larger granules. */
	blocks.middle = blocks.page == SZ_4K ? blocks.pmd : blocks.page;
	blocks.large = blocks.page == SZ_4K ? blocks.pmd << (bits - 3) : blocks.pmd;
	blocks.in_page = blocks.page - SZ_4K;
}
