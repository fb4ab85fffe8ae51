// SPDX-License-Identifier: GPL-2.0-only
/* /proc/mounts and /proc/filesystems. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "mounts.h"
#include "pools.h"

static void read_mounts(const char *text, const char *type)
{
	struct mounts_entry entry;
	const char *at = text, *before = text;
	int node;

	while (mounts_next(&at, type, &entry)) {
		fuzz_must(at > before, "each mount is behind the one before");
		fuzz_must(!pools_mounted(&entry, &node) || (node >= 0 && node < POOLS_NODES),
			  "a node has a number that a node can have");
		before = at;
	}
	fuzz_must(!*at, "all lines are read");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text = fuzz_text(data, size);

	mounts_knows(text, "guestramfs");
	read_mounts(text, "guestramfs");
	read_mounts(text, "debugfs");
	free(text);
	return 0;
}
