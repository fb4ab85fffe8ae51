// SPDX-License-Identifier: GPL-2.0-only
/*
 * The units of a pool of guest RAM. Stage 2 maps a whole block, of 1 GiB with 4 KiB pages,
 * where it is free as a whole and begins at a multiple of its size in the file, too. So a
 * file gets whole blocks for its whole blocks, and what is left of it goes where blocks
 * are broken already.
 */
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/slab.h>

#include "units.h"

/**
 * guestram_units_init() - begin with a pool that has no memory
 * @u: the units
 * @nr: how many, gaps included
 * @block: how many of them make a largest block; a power of two
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int guestram_units_init(struct guestram_units *u, u32 nr, u32 block)
{
	*u = (struct guestram_units) { .nr = nr, .block = block };
	u->free = kvcalloc(BITS_TO_LONGS(nr), sizeof(long), GFP_KERNEL);
	u->clean = kvcalloc(BITS_TO_LONGS(nr), sizeof(long), GFP_KERNEL);
	u->busy = kvcalloc(BITS_TO_LONGS(nr), sizeof(long), GFP_KERNEL);
	u->wanted = kvcalloc(BITS_TO_LONGS(nr), sizeof(long), GFP_KERNEL);
	u->there = kvcalloc(BITS_TO_LONGS(nr), sizeof(long), GFP_KERNEL);
	u->left = kvcalloc(DIV_ROUND_UP(nr, block), sizeof(u32), GFP_KERNEL);
	if (u->free && u->clean && u->busy && u->wanted && u->there &&
	    u->left)
		return 0;
	guestram_units_destroy(u);
	return -ENOMEM;
}

/** guestram_units_destroy() - free what guestram_units_init() has allocated */
void guestram_units_destroy(struct guestram_units *u)
{
	kvfree(u->free);
	kvfree(u->clean);
	kvfree(u->busy);
	kvfree(u->wanted);
	kvfree(u->there);
	kvfree(u->left);
	*u = (struct guestram_units) { };
}

static bool is_dirty(const struct guestram_units *u, u32 unit)
{
	return !test_bit(unit, u->clean) &&
	       (test_bit(unit, u->free) || test_bit(unit, u->wanted));
}

static void set_free(struct guestram_units *u, u32 unit)
{
	__set_bit(unit, u->free);
	u->nr_free++;
	u->nr_whole += ++u->left[unit / u->block] == u->block;
}

static void set_wanted(struct guestram_units *u, u32 unit)
{
	__set_bit(unit, u->wanted);
	u->nr_wanted++;
}

static void clear_wanted(struct guestram_units *u, u32 unit)
{
	u->nr_wanted -= __test_and_clear_bit(unit, u->wanted);
}

static void set_taken(struct guestram_units *u, u32 unit)
{
	__clear_bit(unit, u->free);
	u->nr_free--;
	u->nr_whole -= u->left[unit / u->block]-- == u->block;
	if (!test_bit(unit, u->clean))
		set_wanted(u, unit);
}

/**
 * guestram_units_add() - there is memory, which is free and not clean
 * @u: the units
 * @unit: the first
 * @nr: how many
 */
void guestram_units_add(struct guestram_units *u, u32 unit, u32 nr)
{
	u->nr_there += nr;
	u->nr_dirty += nr;
	for (; nr; nr--, unit++) {
		__set_bit(unit, u->there);
		set_free(u, unit);
	}
}

static u32 first_of(const struct guestram_units *u, u32 block)
{
	return block * u->block;
}

static bool is_whole(const struct guestram_units *u, u32 block)
{
	return u->left[block] == u->block;
}

static bool is_clean(const struct guestram_units *u, u32 block)
{
	u32 end = first_of(u, block + 1);

	return find_next_zero_bit(u->clean, end, first_of(u, block)) >= end;
}

/* Is it better to take @nr units where @left are free than where @best are? */
static bool is_better(u32 left, u32 best, u32 nr)
{
	bool fits = left >= nr, best_fits = best >= nr;

	if (fits != best_fits)
		return fits;
	return fits ? left < best : left > best;
}

/*
 * The broken block that has room for @nr with the least left over; if none has, the one
 * with most room; if all are whole, the first of those.
 */
static u32 best_broken_block(const struct guestram_units *u, u32 nr)
{
	u32 blocks = DIV_ROUND_UP(u->nr, u->block), best = blocks, whole = blocks;
	u32 best_left = 0, left;

	for (u32 block = 0; block < blocks; block++) {
		left = u->left[block];
		if (left == u->block) {
			whole = min(whole, block);
		} else if (left && is_better(left, best_left, nr)) {
			best = block;
			best_left = left;
		}
	}
	return best < blocks ? best : whole;
}

/* One that is free as a whole. */
static void take_block(struct guestram_units *u, u32 block, u32 *map)
{
	u32 first = first_of(u, block), unit = first;

	bitmap_clear(u->free, first, u->block);
	u->nr_free -= u->block;
	u->left[block] = 0;
	u->nr_whole--;
	for (u32 i = 0; i < u->block; i++)
		map[i] = first + i;
	for_each_clear_bit_from(unit, u->clean, first + u->block)
		set_wanted(u, unit);
}

/* Up to @nr units of a block, clean ones first; returns how many. */
static u32 take_from_block(struct guestram_units *u, u32 block, u32 *map, u32 nr)
{
	u32 start = first_of(u, block), end = min(start + u->block, u->nr), done = 0;
	u32 unit;

	for (int clean = 1; clean >= 0; clean--) {
		for (unit = start; done < nr; unit++) {
			unit = find_next_bit(u->free, end, unit);
			if (unit >= end)
				break;
			if (test_bit(unit, u->clean) != clean)
				continue;
			set_taken(u, unit);
			map[done++] = unit;
		}
	}
	return done;
}

/* Up to @nr units as whole blocks, clean ones first; returns how many. */
static u32 take_blocks(struct guestram_units *u, u32 *map, u32 nr)
{
	u32 done = 0;

	for (int clean = 1; clean >= 0; clean--) {
		for (u32 block = 0; block < u->nr / u->block && done < nr; block++) {
			if (!is_whole(u, block) || (clean && !is_clean(u, block)))
				continue;
			take_block(u, block, map + done);
			done += u->block;
		}
	}
	return done;
}

static void take_pieces(struct guestram_units *u, u32 *map, u32 nr)
{
	u32 done;

	/* No block is whole, and what each has will be needed: do not look for the best. */
	for (u32 block = 0; nr >= u->block; block++, map += done, nr -= done)
		done = take_from_block(u, block, map, nr);
	for (; nr; map += done, nr -= done)
		done = take_from_block(u, best_broken_block(u, nr), map, nr);
}

/**
 * guestram_units_take() - give units to a file
 * @u: the units
 * @first: the first unit of the file that is to get memory
 * @map: filled in: of each unit of the file, from @first on, its unit of the pool
 * @nr: how many
 *
 * All or nothing. A unit that is not clean is wanted until it is: if there are no more of
 * these than before, all are clean.
 *
 * Return: 0 or -ENOSPC.
 */
int guestram_units_take(struct guestram_units *u, u32 first, u32 *map, u32 nr)
{
	u32 head = min(nr, round_up(first, u->block) - first), at;

	if (nr > u->nr_free)
		return -ENOSPC;
	at = head + take_blocks(u, map + head, round_down(nr - head, u->block));
	take_pieces(u, map, head);
	take_pieces(u, map + at, nr - at);
	return 0;
}

/**
 * guestram_units_give() - take units back from a file
 * @u: the units
 * @map: which
 * @nr: how many
 * @used: somebody may have written to them
 */
void guestram_units_give(struct guestram_units *u, const u32 *map, u32 nr, bool used)
{
	for (u32 i = 0; i < nr; i++) {
		u->nr_dirty -= is_dirty(u, map[i]);
		clear_wanted(u, map[i]);
		if (used)
			__clear_bit(map[i], u->clean);
		if (test_bit(map[i], u->there))
			set_free(u, map[i]);
		u->nr_dirty += is_dirty(u, map[i]);
	}
}

/** guestram_units_are_there() - has none of them been retired? */
bool guestram_units_are_there(const struct guestram_units *u, const u32 *map, u32 nr)
{
	for (u32 i = 0; i < nr; i++) {
		if (!test_bit(map[i], u->there))
			return false;
	}
	return true;
}

/**
 * guestram_units_retire() - never give a unit to a file again
 * @u: the units
 * @unit: which; a file may have it
 *
 * Return: whether it was there.
 */
bool guestram_units_retire(struct guestram_units *u, u32 unit)
{
	if (unit >= u->nr || !test_bit(unit, u->there))
		return false;
	__clear_bit(unit, u->there);
	u->nr_there--;
	if (test_bit(unit, u->free)) {
		u->nr_dirty -= is_dirty(u, unit);
		set_taken(u, unit);
		clear_wanted(u, unit);
	}
	return true;
}

static bool is_to_be_zeroed(const struct guestram_units *u, const unsigned long *of, u32 unit)
{
	return test_bit(unit, of) && !test_bit(unit, u->clean) &&
	       !test_bit(unit, u->busy);
}

static u32 next_dirty(const struct guestram_units *u, const unsigned long *of, u32 from)
{
	while ((from = find_next_andnot_bit(of, u->clean, u->nr, from)) < u->nr &&
	       test_bit(from, u->busy))
		from++;
	return min(from, u->nr);
}

/**
 * guestram_units_begin_zeroing() - take up what is to be zeroed next
 * @u: the units
 * @nr: how many at most; then, how many there are in a row
 * @from: where to begin looking for free ones
 *
 * What a file waits for comes first. Nobody else zeroes these units, or writes to them,
 * until guestram_units_end_zeroing(): a file gets them when they are clean.
 *
 * Return: the first unit, or @u->nr if there is none to be zeroed.
 */
u32 guestram_units_begin_zeroing(struct guestram_units *u, u32 *nr, u32 from)
{
	const unsigned long *of = u->wanted;
	u32 unit = next_dirty(u, of, 0), most = *nr;

	if (unit == u->nr) {
		of = u->free;
		unit = next_dirty(u, of, from);
		if (unit == u->nr)
			unit = next_dirty(u, of, 0);
	}
	for (*nr = 0; *nr < most && unit + *nr < u->nr; ++*nr) {
		if (!is_to_be_zeroed(u, of, unit + *nr))
			break;
		__set_bit(unit + *nr, u->busy);
	}
	return unit;
}

/**
 * guestram_units_end_zeroing() - units are zeroed no more
 * @u: the units
 * @unit: the first, as guestram_units_begin_zeroing() gave it
 * @nr: how many
 * @clean: they were; else somebody has to zero them later
 */
void guestram_units_end_zeroing(struct guestram_units *u, u32 unit, u32 nr, bool clean)
{
	for (; nr; nr--, unit++) {
		__clear_bit(unit, u->busy);
		if (!clean)
			continue;
		u->nr_dirty -= is_dirty(u, unit);
		clear_wanted(u, unit);
		__set_bit(unit, u->clean);
	}
}
