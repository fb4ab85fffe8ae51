/* SPDX-License-Identifier: GPL-2.0-only */
/* What the guest writes into memory so that the host knows it again: each word says where. */
#ifndef LIB_PATTERN_H
#define LIB_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

/** pattern_word() - the word at that place; never zero where a place is a multiple of 8 */
static inline u64 pattern_word(u64 place)
{
	return (place + 1) * 0x9e3779b97f4a7c15ULL;
}

/** pattern_fill() - write it to @len bytes, of which the first is at @place */
static inline void pattern_fill(void *mem, size_t len, u64 place)
{
	u64 *word = mem;

	for (size_t i = 0; i < len / sizeof(*word); i++)
		word[i] = pattern_word(place + i * sizeof(*word));
}

/** pattern_is_there() - whether it is in @len bytes, of which the first is at @place */
static inline bool pattern_is_there(const void *mem, size_t len, u64 place)
{
	const u64 *word = mem;

	for (size_t i = 0; i < len / sizeof(*word); i++) {
		if (word[i] != pattern_word(place + i * sizeof(*word)))
			return false;
	}
	return true;
}

#endif /* LIB_PATTERN_H */
