/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest RAM, as the kernel shows it: a pool for each node that has some. */
#ifndef TOOL_POOLS_H
#define TOOL_POOLS_H

#include <stdbool.h>

#include "kernel.h"
#include "mounts.h"
#include "root.h"

#define POOLS_DIR	"/sys/fs/guestramfs"
#define POOLS_TYPE	"guestramfs"	/* of the file system */
#define POOLS_NODES	1024		/* as many as a kernel for arm64 can have */

/**
 * struct pool - guest RAM of a node
 * @node: the node
 * @size: bytes that files can have
 * @free: bytes that no file has
 * @dirty: bytes that have to be zeroed before
 * @retired: bytes that no file gets again
 * @blocks: number of largest blocks that are free as a whole
 */
struct pool {
	int node;
	u64 size;
	u64 free;
	u64 dirty;
	u64 retired;
	u64 blocks;
};

/**
 * pools_list() - the names of all pools
 * @root: the host's files
 * @names: is filled
 *
 * Return: whether it worked, also if there is none; false with errno, EFBIG for more
 * than POOLS_NODES. Then there is nothing to free.
 */
bool pools_list(const struct root *root, struct root_names *names);

/** pools_node() - the number in the name of a pool; false if it is no such name */
bool pools_node(const char *name, int *node);

/** pools_mounted() - the node of a mount of guestramfs; false if it says none */
bool pools_mounted(const struct mounts_entry *entry, int *node);

/**
 * pools_read() - read a pool
 * @root: the host's files
 * @name: of the pool
 * @pool: is filled
 *
 * Return: whether it worked; false with errno, EINVAL if something is no number.
 */
bool pools_read(const struct root *root, const char *name, struct pool *pool);

#endif /* TOOL_POOLS_H */
