// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pools.h"
#include "text.h"

#define NODE	"node"
#define DIGITS	"0123456789"

/* The number of a node: @len digits. */
static bool read_node(const char *text, size_t len, int *node)
{
	if (!len || len > 4 || strspn(text, DIGITS) < len)
		return false;
	*node = atoi(text);
	return *node < POOLS_NODES;
}

bool pools_list(const struct root *root, struct root_names *names)
{
	if (!root_list(root, POOLS_DIR, names))
		return errno == ENOENT;
	if (names->count <= POOLS_NODES)
		return true;
	root_free_names(names);
	errno = EFBIG;
	return false;
}

bool pools_node(const char *name, int *node)
{
	return text_starts(name, NODE) &&
	       read_node(name + strlen(NODE), strlen(name + strlen(NODE)), node);
}

bool pools_mounted(const struct mounts_entry *entry, int *node)
{
	const char *value = mounts_option(entry, NODE);

	return value && read_node(value, strcspn(value, ","), node);
}

static bool read_number(const struct root *root, const char *pool, const char *file,
			u64 *number)
{
	char path[512];

	snprintf(path, sizeof(path), POOLS_DIR "/%s/%s", pool, file);
	return root_number(root, path, number);
}

bool pools_read(const struct root *root, const char *name, struct pool *pool)
{
	errno = EINVAL;
	return pools_node(name, &pool->node) &&
	       read_number(root, name, "size", &pool->size) &&
	       read_number(root, name, "free", &pool->free) &&
	       read_number(root, name, "dirty", &pool->dirty) &&
	       read_number(root, name, "retired", &pool->retired) &&
	       read_number(root, name, "blocks", &pool->blocks);
}
