/* SPDX-License-Identifier: GPL-2.0-only */
/* A part of a guest's physical address space, and what stage 2 maps of it. */
#ifndef LIB_STAGE2_AREA_H
#define LIB_STAGE2_AREA_H

#include <stdbool.h>
#include <stddef.h>

#include "stage2_text.h"

/**
 * struct stage2_area - what stage 2 maps of one area
 * @name: of the area, as the log has it
 * @start: its first IPA
 * @len: its bytes
 * @known: @start is; not so if the guest chose it, and nothing is mapped
 * @ranges: in order of IPA
 * @count: how many
 * @left_out: how many more there were than the log has
 * @bytes: mapped, by memory type, of all of them
 */
struct stage2_area {
	const char *name;
	u64 start;
	u64 len;
	bool known;
	struct s2_range *ranges;
	size_t count;
	u64 left_out;
	u64 bytes[STAGE2_TYPES];
};

#endif /* LIB_STAGE2_AREA_H */
