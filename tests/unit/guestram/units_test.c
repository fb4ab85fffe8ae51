// SPDX-License-Identifier: GPL-2.0-only
/*
 * The units of guest RAM against an oracle: files come and go, units are zeroed and
 * retired, and after each step a plain list says who has what.
 *
 *	units_test SEED STEPS
 *
 * Exit status 0: all passed, 1: not.
 */
#include <stdarg.h>
#include <string.h>

#include "tap.h"
#include "units.h"

#define MOST_UNITS	(64 * 512)
#define MOST_FILES	64
#define NOBODY		0

int allocations_left = -1;

static unsigned long long seed;

/* What the oracle knows of one unit. */
struct known {
	bool there;
	bool written;		/* since it was zeroed, or never zeroed */
	bool zeroing;
	u32 owner;		/* a file's number from 1 on, or NOBODY */
};

/* Of @nr units the first @handed were clean once, and may have been written to. */
struct file {
	u32 *map;
	u32 nr;
	u32 handed;
};

static struct guestram_units u;
static struct known known[MOST_UNITS];
static struct file files[MOST_FILES + 1];
static char why[200];

/* splitmix64, so that a seed means the same everywhere */
static unsigned long long rnd(void)
{
	unsigned long long z = seed += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static u32 below(u32 nr)
{
	return rnd() % nr;
}

[[gnu::format(printf, 2, 3)]]
static bool so(bool ok, const char *fmt, ...)
{
	va_list ap;

	if (ok || *why)
		return ok;
	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	return false;
}

static void result(const char *name)
{
	if (*why)
		tap_note("%s", why);
	tap(!*why, "%s", name);
	*why = 0;
}

static void begin(u32 nr, u32 block)
{
	memset(known, 0, sizeof(known));
	so(!guestram_units_init(&u, nr, block), "init");
}

static void add(u32 unit, u32 nr)
{
	guestram_units_add(&u, unit, nr);
	for (; nr; nr--, unit++)
		known[unit] = (struct known) { .there = true, .written = true };
}

static void end(void)
{
	for (u32 i = 1; i <= MOST_FILES; i++) {
		free(files[i].map);
		files[i] = (struct file) { };
	}
	guestram_units_destroy(&u);
}

static u32 free_units(void)
{
	u32 nr = 0;

	for (u32 i = 0; i < u.nr; i++)
		nr += known[i].there && known[i].owner == NOBODY;
	return nr;
}

static bool is_whole(u32 block)
{
	for (u32 i = 0; i < u.block; i++) {
		const struct known *k = &known[block * u.block + i];

		if (!k->there || k->owner != NOBODY)
			return false;
	}
	return true;
}

static u32 whole_blocks(void)
{
	u32 nr = 0;

	for (u32 block = 0; block < u.nr / u.block; block++)
		nr += is_whole(block);
	return nr;
}

/* Free units that are in no whole block. */
static u32 broken_units(void)
{
	return free_units() - whole_blocks() * u.block;
}

/* How many whole blocks of the pool a file has as its own whole blocks. */
static u32 blocks_of(u32 first, const u32 *map, u32 nr)
{
	u32 blocks = 0, at, i;

	for (at = round_up(first, u.block) - first; at + u.block <= nr; at += u.block) {
		if (map[at] % u.block)
			continue;
		for (i = 1; i < u.block && map[at + i] == map[at] + i; i++)
			;
		blocks += i == u.block;
	}
	return blocks;
}

/* A file gets more memory; false if all of it is too much. */
static bool take(u32 number, u32 nr)
{
	struct file *f = &files[number];
	u32 free_before = free_units(), whole = whole_blocks(), broken = broken_units();
	u32 head = min(nr, round_up(f->nr, u.block) - f->nr);
	u32 wanted = (nr - head) / u.block, got, rest;
	int ret;

	f->map = realloc(f->map, (f->nr + nr + 1) * sizeof(*f->map));
	ret = guestram_units_take(&u, f->nr, f->map + f->nr, nr);
	if (nr > free_before) {
		so(ret == -ENOSPC, "%u of %u: %d", nr, free_before, ret);
		so(u.nr_free == free_before, "a refusal changes nothing");
		return false;
	}
	so(!ret, "%u of %u: %d", nr, free_before, ret);
	for (u32 i = 0; i < nr; i++) {
		u32 unit = f->map[f->nr + i];

		if (!so(unit < u.nr && known[unit].there, "unit %u is none", unit) ||
		    !so(known[unit].owner == NOBODY, "unit %u is had already", unit))
			return false;
		known[unit].owner = number;
		so(test_bit(unit, u.wanted) == known[unit].written,
		   "unit %u: wanted until it is clean", unit);
	}
	got = blocks_of(f->nr, f->map + f->nr, nr);
	so(got >= min(wanted, whole), "%u whole blocks of %u, %u were free", got, wanted, whole);
	/* What is left of a file breaks whole blocks only for what has no other room. */
	rest = nr - min(wanted, whole) * u.block;
	rest = rest > broken ? rest - broken : 0;
	so(whole - whole_blocks() <= min(wanted, whole) + DIV_ROUND_UP(rest, u.block),
	   "%u whole blocks are gone for %u units at %u", whole - whole_blocks(), nr, f->nr);
	f->nr += nr;
	return true;
}

static void give_part(const u32 *map, u32 nr, bool used)
{
	guestram_units_give(&u, map, nr, used);
	for (u32 i = 0; i < nr; i++) {
		known[map[i]].owner = NOBODY;
		known[map[i]].written |= used;
	}
}

/* The last units. What the file has waited for in vain was not used. */
static void give(u32 number, u32 nr)
{
	struct file *f = &files[number];
	u32 unused = f->nr > f->handed ? min(nr, f->nr - f->handed) : 0;

	f->nr -= unused;
	give_part(f->map + f->nr, unused, false);
	f->nr -= nr - unused;
	give_part(f->map + f->nr, nr - unused, true);
	f->handed = min(f->handed, f->nr);
}

static bool is_waited_for(u32 unit)
{
	return known[unit].owner != NOBODY && test_bit(unit, u.wanted);
}

/* Up to four zeroings at a time: the first unit of each, and how many. */
static struct zeroing {
	u32 unit;
	u32 nr;
} zeroings[4];

static void begin_zeroing(struct zeroing *z)
{
	bool waited = false;

	for (u32 i = 0; i < u.nr; i++)
		waited |= is_waited_for(i) && !known[i].zeroing;
	z->nr = 1 + below(16);
	z->unit = guestram_units_begin_zeroing(&u, &z->nr, below(u.nr));
	for (u32 i = 0; i < z->nr; i++) {
		struct known *k = &known[z->unit + i];

		so(k->written && !k->zeroing, "unit %u needs no zeroing", z->unit + i);
		so(!waited || is_waited_for(z->unit + i), "what is waited for comes first");
		k->zeroing = true;
	}
	if (z->nr)
		return;
	for (u32 i = 0; i < u.nr; i++)
		so(!known[i].there || known[i].owner != NOBODY || !known[i].written ||
		   known[i].zeroing, "unit %u is forgotten", i);
}

static void end_zeroing(struct zeroing *z)
{
	bool clean = below(8);

	guestram_units_end_zeroing(&u, z->unit, z->nr, clean);
	for (u32 i = 0; i < z->nr; i++) {
		known[z->unit + i].zeroing = false;
		known[z->unit + i].written &= !clean;
	}
	z->nr = 0;
}

/* A VMM writes to its memory only when all of it is clean. */
static void write_to(u32 number)
{
	struct file *f = &files[number];

	for (u32 i = 0; i < f->nr; i++) {
		if (test_bit(f->map[i], u.wanted))
			return;
	}
	f->handed = f->nr;
	for (u32 i = 0; i < f->nr; i++) {
		so(!known[f->map[i]].zeroing, "unit %u is zeroed under its file", f->map[i]);
		known[f->map[i]].written = true;
	}
}

static void look_at_all(void)
{
	u32 there = 0, dirty = 0, wanted = 0;

	for (u32 i = 0; i < u.nr; i++) {
		bool is_free = known[i].there && known[i].owner == NOBODY;

		there += known[i].there;
		wanted += test_bit(i, u.wanted);
		dirty += (is_free && known[i].written) || is_waited_for(i);
		so(test_bit(i, u.free) == is_free, "unit %u is free or not", i);
		so(known[i].owner != NOBODY || !test_bit(i, u.wanted), "nobody wants unit %u", i);
		so(!is_free || test_bit(i, u.clean) == !known[i].written,
		   "unit %u is clean or not", i);
	}
	so(u.nr_there == there && u.nr_free == free_units(), "%u units, %u free", u.nr_there,
	   u.nr_free);
	so(u.nr_whole == whole_blocks(), "%u whole blocks (%u)", whole_blocks(), u.nr_whole);
	so(u.nr_wanted == wanted, "%u are wanted (%u)", wanted, u.nr_wanted);
	so(u.nr_dirty == dirty, "%u are to be zeroed (%u)", dirty, u.nr_dirty);
}

static void retire(u32 unit)
{
	so(guestram_units_retire(&u, unit) == known[unit].there, "%u was retired or not", unit);
	known[unit].there = false;
}

/* Ten units or so are retired in all, however many steps there are. */
static u32 rarely;

static void step(void)
{
	u32 number = 1 + below(MOST_FILES), unit;
	struct zeroing *z = &zeroings[below(4)];

	switch (below(8)) {
	case 0:
	case 1:
		take(number, below(4) ? 1 + below(u.block) : 1 + below(3 * u.block));
		break;
	case 2:
	case 3:
		if (files[number].nr)
			give(number, below(2) ? files[number].nr : 1 + below(files[number].nr));
		break;
	case 4:
		write_to(number);
		break;
	case 5:
		unit = below(u.nr);
		if (below(rarely))
			break;
		retire(unit);
		break;
	default:
		if (z->nr)
			end_zeroing(z);
		else
			begin_zeroing(z);
	}
}

static void test_steps(u32 steps, u32 block)
{
	char name[100];

	rarely = steps / 80 + 1;
	/* In the middle there is a gap, and the end is no whole block. */
	begin(12 * block + 3, block);
	add(1, 5 * block);
	add(6 * block, 6 * block + 3);
	for (u32 i = 0; i < steps && !*why; i++) {
		step();
		if (i % 64 == 0)
			look_at_all();
	}
	for (u32 i = 0; i < 4; i++)
		end_zeroing(&zeroings[i]);
	look_at_all();
	end();
	snprintf(name, sizeof(name), "%u random steps with blocks of %u units", steps, block);
	result(name);
}

/*
 * Files of all sizes come and go. Then one takes what there is: how many blocks has it of
 * those that there would be, if all that is left were in one piece?
 */
static double later_blocks(u32 block)
{
	u32 got = 0, could = 0;

	begin(32 * block, block);
	add(0, 32 * block);
	for (u32 i = 0; i < 10000 && !*why; i++) {
		u32 number = 1 + below(24);

		if (files[number].nr) {
			give(number, files[number].nr);
			continue;
		}
		/* Half of the VMs are of whole blocks, as most are that one can buy. */
		take(number, below(2) ? block * (1 + below(4)) : 1 + below(2 * block));
		if (i % 10 == 0 && u.nr_free >= block) {
			u32 nr = round_down(u.nr_free, block);

			if (take(MOST_FILES, nr)) {
				got += blocks_of(0, files[MOST_FILES].map, nr);
				could += nr / block;
				give(MOST_FILES, nr);
			}
		}
	}
	end();
	return could ? 100.0 * got / could : 0;
}

static void test_later_blocks(u32 block)
{
	double percent = later_blocks(block);
	char name[160];

	so(percent >= 90, "%.1f %%", percent);
	snprintf(name, sizeof(name),
		 "after 10000 files with blocks of %u units, later ones get %.1f %% of the blocks that are left",
		 block, percent);
	result(name);
}

static void test_no_memory(void)
{
	int nr = 0;

	do {
		allocations_left = nr++;
	} while (guestram_units_init(&u, 1000, 512) == -ENOMEM && nr < 100);
	so(nr == 7, "%d allocations", nr - 1);
	allocations_left = -1;
	guestram_units_destroy(&u);
	result("each allocation may fail");
}

static void test_cleanest(void)
{
	u32 nr = 16;

	begin(64, 16);
	add(0, 64);
	so(guestram_units_begin_zeroing(&u, &nr, 32) == 32 && nr == 16, "a block is taken up");
	guestram_units_end_zeroing(&u, 32, 16, true);
	for (u32 i = 32; i < 48; i++)
		known[i].written = false;
	so(take(1, 16) && files[1].map[0] == 32, "the clean block is taken");
	end();
	result("of blocks that are as good, the clean one is taken");
}

/* Of a block that is broken, the units that need no zeroing. */
static void test_cleanest_units(void)
{
	u32 nr = 4;

	begin(16, 16);
	add(0, 16);
	so(guestram_units_begin_zeroing(&u, &nr, 8) == 8 && nr == 4, "four are taken up");
	guestram_units_end_zeroing(&u, 8, 4, true);
	for (u32 i = 8; i < 12; i++)
		known[i].written = false;
	so(take(1, 4) && files[1].map[0] == 8 && files[1].map[3] == 11,
	   "the clean units are taken");
	end();
	result("of units that are as good, the clean ones are taken");
}

/* What take() looks at, of a file whose next unit is in the middle of a block of its own. */
static void test_place(void)
{
	begin(64, 16);
	add(0, 64);
	so(take(1, 3) && take(1, 32), "there is room");
	end();
	result("a file that grows has whole blocks of the pool as its own whole blocks");
}

/* Blocks with room for 6, 2 and 3 units; who wants 3 gets the last. */
static void test_best_fit(void)
{
	begin(24, 8);
	add(0, 6);
	add(8, 2);
	add(16, 3);
	so(take(1, 3) && files[1].map[0] == 16, "the block with 3");
	so(take(2, 3) && files[2].map[0] == 0, "the block with 6");
	end();
	result("of broken blocks, the one with the least room that is enough is taken");
}

static void test_all(void)
{
	begin(40, 16);
	add(0, 40);
	take(1, 40);
	so(!u.nr_free && !take(2, 1), "there is none left");
	end();
	result("all that is free can be taken");
}

/* By root, also while the file that has it waits for it to be clean. */
static void test_retired(void)
{
	begin(64, 16);
	add(0, 64);
	so(!guestram_units_retire(&u, 64), "there is no unit 64");
	take(1, 4);
	so(guestram_units_are_there(&u, files[1].map, 4), "all are there");
	retire(files[1].map[3]);
	so(!guestram_units_are_there(&u, files[1].map, 4), "one is not");
	give(1, 4);
	retire(40);
	retire(40);
	look_at_all();
	end();
	result("what is retired is seen by who waits for it, and never free again");
}

int main(int argc, char **argv)
{
	u32 steps;

	if (argc != 3)
		return 2;
	seed = strtoull(argv[1], NULL, 0);
	steps = strtoul(argv[2], NULL, 0);
	tap_note("seed %llu", seed);
	test_no_memory();
	test_cleanest();
	test_cleanest_units();
	test_place();
	test_best_fit();
	test_all();
	test_retired();
	test_steps(steps / 2, 16);
	test_steps(steps / 2, 64);
	test_later_blocks(16);
	test_later_blocks(256);
	test_later_blocks(512);
	return tap_end();
}
