/* SPDX-License-Identifier: GPL-2.0-only */
/* As much of the kernel as units.c needs, in user space. */
#ifndef GUESTRAM_SHIM_H
#define GUESTRAM_SHIM_H

#include <asm/errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef uint32_t u32;

#define GFP_KERNEL	0
#define BIT(nr)	(1UL << (nr))
#define LONG_BITS	(8 * sizeof(long))
#define BITS_TO_LONGS(nr)	(((nr) + LONG_BITS - 1) / LONG_BITS)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define round_up(n, d)	(((n) + (d) - 1) / (d) * (d))
#define round_down(n, d)	((n) / (d) * (d))
#define min(a, b)	((a) < (b) ? (a) : (b))

/* Set to let the next allocation but so many fail; -1: none fails. */
extern int allocations_left;

static inline void *kvcalloc(size_t nr, size_t size, int flags)
{
	(void)flags;
	if (allocations_left >= 0 && !allocations_left--)
		return NULL;
	return calloc(nr, size);
}

static inline void kvfree(const void *memory)
{
	free((void *)memory);
}

static inline bool test_bit(u32 nr, const unsigned long *map)
{
	return map[nr / LONG_BITS] >> nr % LONG_BITS & 1;
}

static inline void __set_bit(u32 nr, unsigned long *map)
{
	map[nr / LONG_BITS] |= 1UL << nr % LONG_BITS;
}

static inline void __clear_bit(u32 nr, unsigned long *map)
{
	map[nr / LONG_BITS] &= ~(1UL << nr % LONG_BITS);
}

static inline bool __test_and_clear_bit(u32 nr, unsigned long *map)
{
	bool was = test_bit(nr, map);

	__clear_bit(nr, map);
	return was;
}

static inline void bitmap_clear(unsigned long *map, u32 start, u32 nr)
{
	for (; nr; nr--, start++)
		__clear_bit(start, map);
}

static inline u32 find_next_bit(const unsigned long *map, u32 size, u32 from)
{
	while (from < size && !test_bit(from, map))
		from++;
	return min(from, size);
}

static inline u32 find_next_zero_bit(const unsigned long *map, u32 size, u32 from)
{
	while (from < size && test_bit(from, map))
		from++;
	return min(from, size);
}

static inline u32 find_next_andnot_bit(const unsigned long *map,
				       const unsigned long *but, u32 size, u32 from)
{
	while (from < size && (!test_bit(from, map) || test_bit(from, but)))
		from++;
	return min(from, size);
}

#define for_each_clear_bit_from(bit, map, size) \
	for (; (bit) = find_next_zero_bit(map, size, bit), (bit) < (size); (bit)++)

#endif /* GUESTRAM_SHIM_H */
