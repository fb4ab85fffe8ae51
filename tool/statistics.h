/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM's statistics of a VM's memory without struct pages: a file in debugfs for each. To
 * read them walks no page table.
 */
#ifndef TOOL_STATISTICS_H
#define TOOL_STATISTICS_H

#include <stdbool.h>

#include "cohmem_rule.h"
#include "cohmem_stage2.h"
#include "vms.h"

#define STATISTICS_LEVELS	4	/* of page tables: 3 has pages, 0 is not counted */
#define STATISTICS_TYPES	3	/* Device, Normal-NC, Normal-WB, as enum s2_type */

/**
 * struct statistics - of a VM
 * @bytes: mapped now in stage 2, by memory type and level
 * @refused: how often KVM refused memory, by reason; not for COHMEM_OK
 * @is_counted: this kernel knows that reason
 */
struct statistics {
	u64 bytes[STATISTICS_TYPES][STATISTICS_LEVELS];
	u64 refused[COHMEM_NR_REASONS];
	bool is_counted[COHMEM_NR_REASONS];
};

/**
 * statistics_read() - read them
 * @root: the host's files
 * @vm: the VM
 * @statistics: is filled
 * @path: of the last file that was read, or could not be
 * @size: of @path
 *
 * A kernel that is older than this program may lack the latest reasons.
 *
 * Return: whether all others are there; false with errno.
 */
bool statistics_read(const struct root *root, const struct vms_vm *vm,
		     struct statistics *statistics, char *path, size_t size);

/** statistics_mapped() - all bytes that are mapped */
u64 statistics_mapped(const struct statistics *statistics);

/**
 * statistics_block() - the bytes that an entry of a level maps
 * @level: 1 to 3
 * @page_size: of the host, or 0 if it is not known
 *
 * Return: them, or 0 if that is not known.
 */
u64 statistics_block(unsigned int level, u64 page_size);

#endif /* TOOL_STATISTICS_H */
