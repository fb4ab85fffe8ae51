/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel shows of physical memory, in /proc/iomem. */
#ifndef RIG_HOST_LIB_IOMEM_H
#define RIG_HOST_LIB_IOMEM_H

#include <stddef.h>

#include "kernel.h"

#define IOMEM_RANGES 64

/** struct iomem_range - physical addresses; @end is behind the last one */
struct iomem_range {
	u64 start;
	u64 end;
};

/**
 * struct iomem - what has one name
 * @all: in the order of the file
 * @count: how many
 * @bytes: in all of them
 */
struct iomem {
	struct iomem_range all[IOMEM_RANGES];
	size_t count;
	u64 bytes;
};

/** iomem_read() - what has that name, as "System RAM"; gives up if it is in too many pieces */
void iomem_read(struct iomem *r, const char *name);

/** iomem_pages_known() - how many pages of a range have a struct page */
u64 iomem_pages_known(const struct iomem_range *r);

#endif /* RIG_HOST_LIB_IOMEM_H */
