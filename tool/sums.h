/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes that stage 2 maps, by memory type and by level: how they are told. */
#ifndef TOOL_SUMS_H
#define TOOL_SUMS_H

#include <stdio.h>

#include "json.h"
#include "statistics.h"

/**
 * sums_block() - say what an entry of a level maps
 * @level: 0 to 3
 * @page_size: of the host, or 0 if it is not known
 * @text: is filled: "2 MiB", or "entries of level 2"
 * @size: of @text
 */
void sums_block(unsigned int level, u64 page_size, char *text, size_t size);

/**
 * sums_print() - print sums in a line: "Normal-WB 3 GiB by 1 GiB, 2 MiB by 2 MiB"
 * @sums: bytes of each memory type, in the order of enum s2_type, on each level
 * @types: how many types
 * @page_size: of the host, or 0 if it is not known
 * @out: where to
 */
void sums_print(const u64 *sums, size_t types, u64 page_size, FILE *out);

/** sums_json() - the same as an array, which the caller has to put */
struct json_object *sums_json(const u64 *sums, size_t types, u64 page_size);

#endif /* TOOL_SUMS_H */
