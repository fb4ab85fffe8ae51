// SPDX-License-Identifier: GPL-2.0-only
/*
 * The extent rule on generated page tables, against an oracle that looks at a
 * plain list of pages. One geometry a program; see shim.h.
 *
 *   extent_test SEED CASES		results are TAP lines without numbers
 *
 * Exit status 0: all passed, 1: not.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cohmem_extent.h"
#include "host.h"
#include "tap.h"

struct watch watch;

static unsigned long long seed;
/* Results of this geometry, which check.sh numbers. */
static struct tap results = { .is_part = true };

#define NORMAL	0	/* MAIR indices; only their being different matters */
#define DEVICE	3
#define NC	2
#define BITS	(PTE_VALID | PTE_USER | PTE_WRITE | PTE_ATTRINDX(NORMAL) | \
		 PTE_AF | PTE_NG | PTE_SPECIAL | PTE_UXN)
/* Differ between pages of one mapping, and must not matter. */
#define IDLE	(PTE_AF | PTE_RDONLY | PTE_DIRTY | PTE_CONT | PTE_NG | PTE_UXN)

/* splitmix64, so that a seed means the same everywhere */
static u64 rnd(void)
{
	u64 z = seed += 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static u64 below(u64 n)
{
	return rnd() % n;
}

static void result(bool ok, const char *fmt, ...)
{
	char name[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	tap_result(&results, ok, "%u KiB pages, %d levels: %s",
		   1 << (PAGE_SHIFT - 10), LEVELS, name);
}

/* Ways in which a leaf can differ from its neighbours. */
static const struct {
	const char *what;
	u64 clear;
	u64 set;
	u64 pa;
} breaks[] = {
	{ "a hole", ~0UL, 0, 0 },
	{ "PROT_NONE", PTE_VALID, PTE_PRESENT_INVALID, 0 },
	{ "not for user space", PTE_USER, 0, 0 },
	{ "read-only", PTE_WRITE, PTE_RDONLY, 0 },
	{ "Normal-NC", PTE_ATTRINDX_MASK, PTE_ATTRINDX(NC), 0 },
	{ "Device", PTE_ATTRINDX_MASK, PTE_ATTRINDX(DEVICE), 0 },
	{ "elsewhere", 0, 0, 1UL << 40 },
	{ "elsewhere, beyond 48 bits", 0, 0, 1UL << 50 },
};

#define NR_BREAKS ARRAY_SIZE(breaks)

static u64 broken(u64 descriptor, size_t how)
{
	u64 pa = pte_to_pa(descriptor), addr = pa_to_pte(pa);

	return ((descriptor ^ addr) & ~breaks[how].clear) |
	       (breaks[how].clear == ~0UL ? 0 : pa_to_pte(pa ^ breaks[how].pa)) |
	       breaks[how].set;
}

static bool ask(struct host *host, unsigned long hva, unsigned long start,
		unsigned long end, u64 ipa, unsigned long size,
		unsigned long *break_hint)
{
	struct cohmem_extent e = {
		.hva = hva, .start = start, .end = end, .ipa = ipa,
	};

	watch = (struct watch){ 0 };
	if (cohmem_extent_begin(&host->mm, &e))
		return false;
	if (e.pfn != PHYS_PFN(host->pages[(hva - host->base) >> PAGE_SHIFT].pa))
		return false;
	watch.leaves = 0;
	return cohmem_extent_fits(&e, size) &&
	       cohmem_extent_proven(&host->mm, &e, size, break_hint);
}

/*
 * A block of the size of a table of PTEs, with one break at each place in turn,
 * and a VMM whose mmap() is not aligned. What is found broken has to be looked at
 * first the next time, and to be scanned from there when it is mended.
 */
static void test_each_position(void)
{
	const u64 base = 8 * PUD_SIZE, pa = 1UL << 41, skew = 3 * PAGE_SIZE;
	unsigned long hva, break_hint, longest = 0;
	unsigned int wrong[NR_BREAKS] = { 0 }, wrong_memo = 0, wrong_mended = 0;
	struct host host;

	host_init(&host, base, 3 * PTRS_PER_PTE);
	for (u64 at = 0; at < 2 * PMD_SIZE; at += PAGE_SIZE)
		host_map(&host, base + skew + at, PAGE_SIZE, pa + at,
			 BITS ^ (rnd() & IDLE));

	for (u64 at = 0; at < PMD_SIZE; at += PAGE_SIZE) {
		unsigned long there = base + skew + at;
		u64 whole = host_descriptor(&host, there);

		for (size_t how = 0; how < NR_BREAKS; how++) {
			do {
				hva = base + skew + below(PTRS_PER_PTE) * PAGE_SIZE;
			} while (hva == there);
			host_change(&host, there, broken(whole, how));
			break_hint = rnd();
			wrong[how] += ask(&host, hva, base, base + 3 * PMD_SIZE,
					  hva - base - skew + 4 * PUD_SIZE,
					  PMD_SIZE, &break_hint) ||
				      (break_hint & PAGE_MASK) != there;
			longest = watch.longest > longest ? watch.longest : longest;
			ask(&host, hva, base, base + 3 * PMD_SIZE,
			    hva - base - skew + 4 * PUD_SIZE, PMD_SIZE, &break_hint);
			wrong_memo += watch.leaves > 1;
			host_change(&host, there, whole);
			wrong_mended += !ask(&host, hva, base, base + 3 * PMD_SIZE,
					     hva - base - skew + 4 * PUD_SIZE,
					     PMD_SIZE, &break_hint) ||
					watch.leaves > PTRS_PER_PTE + 1;
			longest = watch.longest > longest ? watch.longest : longest;
		}
	}
	for (size_t how = 0; how < NR_BREAKS; how++)
		result(!wrong[how], "one leaf of %lu is %s, each one in turn",
		       PTRS_PER_PTE, breaks[how].what);
	result(!wrong_memo, "a leaf known to be broken costs one look");
	result(!wrong_mended, "a mended block is proven, each leaf read once");
	result(longest && longest <= COHMEM_EXTENT_SECTION + 1,
	       "at most %lu leaves are read with interrupts off", longest);
	host_free(&host);
}

/* Tables go on beyond the VMA, and blocks do not. */
static void test_bounds(void)
{
	const u64 base = 8 * PUD_SIZE, pa = 1UL << 41;
	unsigned long first = base + PMD_SIZE, end = first + PMD_SIZE;
	unsigned long hva = first + below(PTRS_PER_PTE) * PAGE_SIZE;
	unsigned long break_hint = 0;
	struct host host;
	bool whole, late, early;

	host_init(&host, base, 3 * PTRS_PER_PTE);
	for (u64 at = 0; at < 3 * PMD_SIZE; at += PAGE_SIZE)
		host_map(&host, base + at, PAGE_SIZE, pa + at, BITS);

	whole = ask(&host, hva, first, end, pa + (hva - base), PMD_SIZE, &break_hint);
	/* The page itself is always inside. */
	hva = end - PAGE_SIZE;
	late = ask(&host, hva, first + PAGE_SIZE, end, pa + (hva - base),
		   PMD_SIZE, &break_hint);
	hva = first;
	early = ask(&host, hva, first, end - PAGE_SIZE, pa + (hva - base),
		    PMD_SIZE, &break_hint);
	result(whole && !late && !early,
	       "a block only inside the VMA: whole %d, one page late %d, one early %d",
	       whole, late, early);
	host_free(&host);
}

/* Why a page is no beginning, of a leaf of each size. */
static void test_begin(unsigned long size, const char *level)
{
	const u64 base = 8 * PUD_SIZE, pa = 1UL << 42;
	struct cohmem_extent e = { .hva = base + size - PAGE_SIZE };
	bool here, none, denied = true;
	struct host host;
	u64 whole;

	host_init(&host, base, size / PAGE_SIZE);
	none = cohmem_extent_begin(&host.mm, &e) == -ENOENT;
	host_map(&host, base, size, pa, BITS);
	here = !cohmem_extent_begin(&host.mm, &e) &&
	       e.pfn == PHYS_PFN(pa + size - PAGE_SIZE);
	whole = host_descriptor(&host, base);
	for (size_t how = 1; how <= 2; how++) {
		host_change(&host, base, broken(whole, how));
		denied &= cohmem_extent_begin(&host.mm, &e) == -EACCES;
	}
	result(here && none && denied,
	       "a page of a %s is found, is not there, or is not the VMM's", level);
	host_free(&host);
}

/* Who holds a lock cannot let others run, and others are to run between sections. */
static void test_rests(void)
{
	const u64 base = 8 * PUD_SIZE, pa = 1UL << 42;
	struct cohmem_extent e = {
		.hva = base, .start = base, .end = base + 4 * PMD_SIZE, .ipa = pa,
	};
	unsigned long break_hint = 0, rests;
	struct host host;
	bool ok;

	host_init(&host, base, 4 * PTRS_PER_PTE);
	for (u64 at = 0; at < 4 * PMD_SIZE; at += PAGE_SIZE)
		host_map(&host, base + at, PAGE_SIZE, pa + at, BITS);
	watch = (struct watch){ 0 };
	ok = !cohmem_extent_begin(&host.mm, &e) &&
	     cohmem_extent_proven(&host.mm, &e, 4 * PMD_SIZE, &break_hint);
	rests = watch.rests;
	watch.rests = 0;
	e.locked = true;
	ok &= cohmem_extent_proven(&host.mm, &e, 4 * PMD_SIZE, &break_hint);
	result(ok && rests >= 4 && !watch.rests,
	       "others run %lu times, and %lu times if the caller has a lock", rests,
	       watch.rests);
	host_free(&host);
}

/* A block of the size of a table of PMDs, of large leaves, one of them broken. */
static void test_large_leaves(void)
{
	const u64 base = 8 * PUD_SIZE, pa = 1UL << 42;
	unsigned int wrong[NR_BREAKS] = { 0 };
	unsigned long break_hint = 0;
	struct host host;
	u64 whole, there;
	bool proven;

	host_init(&host, base, PUD_SIZE / PAGE_SIZE);
	for (u64 at = 0; at < PUD_SIZE; at += PMD_SIZE)
		host_map(&host, base + at, PMD_SIZE, pa + at, BITS);

	proven = ask(&host, base, base, base + PUD_SIZE, pa, PUD_SIZE, &break_hint);
	for (size_t how = 0; how < NR_BREAKS; how++) {
		there = base + (1 + below(PTRS_PER_PTE - 1)) * PMD_SIZE;
		whole = host_descriptor(&host, there);
		host_change(&host, there, broken(whole, how));
		break_hint = 0;
		wrong[how] = ask(&host, base, base, base + PUD_SIZE, pa,
				 PUD_SIZE, &break_hint);
		host_change(&host, there, whole);
	}
	for (size_t how = 0; how < NR_BREAKS; how++)
		result(proven && !wrong[how], "one large leaf of %lu is %s",
		       PTRS_PER_PTE, breaks[how].what);
	host_free(&host);
}

/* What is at the place of a large leaf, but is no leaf and no table. */
static void test_swapped(unsigned long size, const char *level)
{
	const u64 base = 8 * PUD_SIZE, pa = 1UL << 42;
	unsigned long break_hint = 0, hva = base + size;
	struct host host;
	bool found, proven;

	host_init(&host, base, 2 * size / PAGE_SIZE);
	host_map(&host, base, size, pa, BITS);
	host_map(&host, hva, size, pa + size, BITS);
	host_change(&host, hva, rnd() & ~(PTE_VALID | PTE_TABLE_BIT |
					  PTE_PRESENT_INVALID));
	found = ask(&host, hva, base, base + 2 * size, pa + size, size, &break_hint);
	proven = ask(&host, base, base, base + 2 * size, pa, 2 * size, &break_hint);
	result(!found && !proven, "a swap entry of a %s is not walked", level);
	host_free(&host);
}

/* Fills the window with leaves of all sizes, in one run or in several. */
static void random_tables(struct host *host, u64 pa, u64 bits)
{
	unsigned long at = 0, total = host->count << PAGE_SHIFT;

	while (at < total) {
		unsigned long size = PAGE_SIZE, addr = host->base + at;
		unsigned int dice = below(16);

		if (dice < 12 && !((addr | (pa + at)) & (PMD_SIZE - 1)) &&
		    at + PMD_SIZE <= total)
			size = PMD_SIZE;
		if (dice < 4 && !((addr | (pa + at)) & (PUD_SIZE - 1)) &&
		    at + PUD_SIZE <= total)
			size = PUD_SIZE;
		host_map(host, addr, size, pa + at, bits ^ (rnd() & IDLE));
		at += size;
	}
	for (unsigned int n = below(4); n; n--) {
		unsigned long addr = host->base + below(host->count) * PAGE_SIZE;
		u64 descriptor = host_descriptor(host, addr);

		/* What is a hole already cannot be broken. */
		if (descriptor)
			host_change(host, addr, broken(descriptor, below(NR_BREAKS)));
	}
}

/**
 * struct tally - of the random cases
 * @cases:	how many
 * @proven:	that the oracle takes for a block
 * @wrong:	where the code does not agree
 */
struct tally {
	unsigned long cases;
	unsigned long proven;
	unsigned long wrong;
};

static void random_case(unsigned long size, struct tally *tally)
{
	unsigned long long started = seed;
	size_t pages = (size >> PAGE_SHIFT) * 2 + below(PTRS_PER_PTE);
	unsigned long base = (16 + below(4)) * PUD_SIZE;
	u64 pa = (1UL << 42) + below(4) * PUD_SIZE +
		 (below(3) ? 0 : below(PTRS_PER_PTE) * PAGE_SIZE);
	u64 bits = BITS;
	struct host host;

	if (!below(4))
		bits ^= PTE_WRITE;
	if (!below(4))
		bits |= PTE_ATTRINDX(NC);
	host_init(&host, base, pages);
	random_tables(&host, pa, bits);

	for (int n = 0; n < 8; n++) {
		unsigned long hva = base + below(pages) * PAGE_SIZE;
		unsigned long start = base, end = base + pages * PAGE_SIZE;
		unsigned long break_hint = below(2) ? rnd() : base + below(pages) * PAGE_SIZE;
		u64 ipa = pa + (hva - base) + below(8) * PUD_SIZE;
		bool want, got;

		if (!below(3))
			start = base + below(hva - base + 1);
		if (!below(3))
			end = hva + PAGE_SIZE + below(end - hva);
		start &= PAGE_MASK;
		end = (end + PAGE_SIZE - 1) & PAGE_MASK;
		if (end > base + pages * PAGE_SIZE)
			end = base + pages * PAGE_SIZE;
		if (!below(5))
			ipa += below(PTRS_PER_PTE) * PAGE_SIZE;
		want = oracle(&host, hva, start, end, ipa, size) &&
		       host.pages[(hva - base) >> PAGE_SHIFT].usable;
		got = ask(&host, hva, start, end, ipa, size, &break_hint);
		tally->cases++;
		tally->proven += want;
		if (got != want && !tally->wrong++)
			tap_comment(&results,
				    "seed %llu: block of %#lx at HVA %#lx: %d, the oracle says %d",
				    started, size, hva, got, want);
	}
	host_free(&host);
}

static void test_random(unsigned long size, unsigned long cases)
{
	struct tally tally = { 0 };

	/* A few more, if by chance all of a few are alike. */
	while (tally.cases < cases ||
	       ((!tally.proven || tally.proven == tally.cases) &&
		tally.cases < 100 * cases))
		random_case(size, &tally);
	result(!tally.wrong && tally.proven && tally.proven < tally.cases,
	       "%lu random blocks of %lu MiB, %lu of them whole, %lu wrong",
	       tally.cases, size >> 20, tally.proven, tally.wrong);
}

/* Filled in page by page, from below, and asked about each time. */
static void test_lazy(void)
{
	const u64 base = 8 * PUD_SIZE, pa = 1UL << 41;
	unsigned long break_hint = 0, leaves = 0;
	struct host host;
	bool proven = false;

	host_init(&host, base, PTRS_PER_PTE);
	for (u64 at = 0; at < PMD_SIZE; at += PAGE_SIZE) {
		host_map(&host, base + at, PAGE_SIZE, pa + at, BITS);
		proven = ask(&host, base + at, base, base + PMD_SIZE, pa + at,
			     PMD_SIZE, &break_hint);
		leaves += watch.leaves;
	}
	result(proven && leaves < 4 * PTRS_PER_PTE,
	       "%lu pages filled in one by one: %lu leaves read in all",
	       PTRS_PER_PTE, leaves);
	host_free(&host);
}

int main(int argc, char **argv)
{
	unsigned long cases;

	if (argc != 3) {
		fprintf(stderr, "usage: extent_test SEED CASES\n");
		return 2;
	}
	seed = strtoull(argv[1], NULL, 0);
	cases = strtoul(argv[2], NULL, 0);
	setlinebuf(stdout);
	results.out = stdout;
	test_each_position();
	test_bounds();
	test_rests();
	test_begin(PAGE_SIZE, "PTE");
	test_begin(PMD_SIZE, "PMD");
	test_lazy();
	test_swapped(PMD_SIZE, "PMD");
	/* With 64 KiB pages that is 4 TiB, of 67 million pages. */
	if (PAGE_SHIFT < 16) {
		test_large_leaves();
		test_begin(PUD_SIZE, "PUD");
		test_swapped(PUD_SIZE, "PUD");
	}
	test_random(PMD_SIZE, cases);
	/* Larger ones have millions of pages with larger granules. */
	if (PAGE_SHIFT == 12)
		test_random(PUD_SIZE, cases / 100);
	return results.failed != 0;
}
