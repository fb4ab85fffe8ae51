/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The units of a pool of guest RAM: which are free, which are clean, and which are given
 * to a file. Knows no memory and no lock, so that it runs anywhere.
 */
#ifndef GUESTRAM_UNITS_H
#define GUESTRAM_UNITS_H

#include <linux/bits.h>
#include <linux/types.h>

#define GUESTRAM_UNIT_SHIFT	21
#define GUESTRAM_UNIT		BIT(GUESTRAM_UNIT_SHIFT)

/**
 * struct guestram_units - the units between the first and the last of a pool
 * @nr: number of units, gaps included
 * @block: how many of them a largest block of stage 2 maps; a power of two
 * @nr_there: of @nr, those that are memory, and not retired
 * @nr_free: of @nr_there, those that no file has
 * @nr_dirty: those that have to be zeroed, for who waits or who comes
 * @nr_whole: blocks that are free as a whole
 * @nr_wanted: those that a file waits for
 * @free: bitmap: no file has it
 * @clean: bitmap: nobody has written to it since it was zeroed
 * @busy: bitmap: it is being zeroed
 * @wanted: bitmap: a file waits for it to be clean
 * @there: bitmap: it is memory, and not retired
 * @left: free units of each block
 */
struct guestram_units {
	u32 nr;
	u32 block;
	u32 nr_there;
	u32 nr_free;
	u32 nr_dirty;
	u32 nr_whole;
	u32 nr_wanted;
	unsigned long *free;
	unsigned long *clean;
	unsigned long *busy;
	unsigned long *wanted;
	unsigned long *there;
	u32 *left;
};

int guestram_units_init(struct guestram_units *u, u32 nr, u32 block);
void guestram_units_destroy(struct guestram_units *u);
void guestram_units_add(struct guestram_units *u, u32 unit, u32 nr);
int guestram_units_take(struct guestram_units *u, u32 first, u32 *map, u32 nr);
void guestram_units_give(struct guestram_units *u, const u32 *map, u32 nr, bool used);
bool guestram_units_are_there(const struct guestram_units *u, const u32 *map, u32 nr);
bool guestram_units_retire(struct guestram_units *u, u32 unit);
u32 guestram_units_begin_zeroing(struct guestram_units *u, u32 *nr, u32 from);
void guestram_units_end_zeroing(struct guestram_units *u, u32 unit, u32 nr, bool clean);

#endif /* GUESTRAM_UNITS_H */
