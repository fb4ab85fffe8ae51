// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "statistics.h"

static const char * const types[STATISTICS_TYPES] = {
	[S2_DEVICE] = "device",
	[S2_NORMAL_NC] = "normal_nc",
	[S2_NORMAL_WB] = "normal",
};

static void name_refusals(enum cohmem_reason reason, char *file, size_t size)
{
	snprintf(file, size, "refused_%s", cohmem_reason_name(reason));
	for (char *c = file; *c; c++) {
		if (*c == '-')
			*c = '_';
	}
}

static bool read_mapped(const struct root *root, const struct vms_vm *vm,
			struct statistics *statistics, char *path, size_t size)
{
	char file[64];

	for (int type = 0; type < STATISTICS_TYPES; type++) {
		for (int level = 1; level < STATISTICS_LEVELS; level++) {
			snprintf(file, sizeof(file), "pfnmap_%s_l%d", types[type], level);
			vms_path(vm, file, path, size);
			if (!root_number(root, path, &statistics->bytes[type][level]))
				return false;
		}
	}
	return true;
}

bool statistics_read(const struct root *root, const struct vms_vm *vm,
		     struct statistics *statistics, char *path, size_t size)
{
	bool is_older = false;
	char file[64];

	*statistics = (struct statistics){ 0 };
	if (!read_mapped(root, vm, statistics, path, size))
		return false;
	for (int reason = COHMEM_OK + 1; reason < COHMEM_NR_REASONS; reason++) {
		name_refusals(reason, file, sizeof(file));
		vms_path(vm, file, path, size);
		statistics->is_counted[reason] =
			root_number(root, path, &statistics->refused[reason]);
		if (!statistics->is_counted[reason] && errno != ENOENT)
			return false;
		is_older |= !statistics->is_counted[reason];
	}
	/* Or the VM has ended, and has no file any more. */
	return !is_older || read_mapped(root, vm, statistics, path, size);
}

u64 statistics_mapped(const struct statistics *statistics)
{
	u64 sum = 0;

	for (int type = 0; type < STATISTICS_TYPES; type++) {
		for (int level = 0; level < STATISTICS_LEVELS; level++)
			sum += statistics->bytes[type][level];
	}
	return sum;
}

u64 statistics_block(unsigned int level, u64 page_size)
{
	u64 block = page_size;

	/* A table has an entry of 8 bytes for each block of the next level. */
	for (; page_size && level < STATISTICS_LEVELS - 1; level++)
		block *= page_size / 8;
	return block;
}
