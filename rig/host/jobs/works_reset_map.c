// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-reset: how the driver populates a mapping. The mapping is that of a VMM with
 * QEMU's alignment, and others beside it. Each page has its number in its first word, so
 * that a page of another place is noticed.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"
#include "end.h"
#include "ktap.h"
#include "works_reset.h"

#define PIECE	(8ULL << 20)	/* what the tests of other mappings look at */
#define TABLES	2		/* pages that 1 GiB may need */
#define FAULTS	4		/* that it may take: also what else the VMM touches */

static u64 page_size;

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt + usage.ru_majflt;
}

/* Says the number of each page; the first access of all. */
static void populate(const struct reset_gpu *gpu)
{
	u64 tables_before = bench_memory_tables(), tables_more;
	long before = faults(), took;
	u8 *mem = reset_map(gpu);

	for (u64 at = 0; at < RESET_SIZE; at += page_size)
		*(u64 *)(mem + at) = at;
	took = faults() - before;
	tables_more = bench_memory_tables() - tables_before;
	ktap_result(tables_more <= TABLES, "host_tables",
		    "%llu pages of page tables for 1 GiB", tables_more);
	ktap_result(took <= FAULTS, "host_faults", "%ld faults for 1 GiB", took);
	munmap(mem, RESET_SIZE);
}

/* @mem maps region 4 from @offset on. */
static bool has_its_pages(const u8 *mem, u64 offset, u64 len)
{
	u64 value;

	for (u64 at = 0; at < len; at += page_size) {
		if (!reset_touch(mem + at, &value) || value != offset + at) {
			ktap_note("page %#llx is wrong", offset + at);
			return false;
		}
	}
	return true;
}

static u8 *reserve(void)
{
	u8 *at = mmap(NULL, 2 * PIECE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		give_up("no address space: %m");
	return at + -(unsigned long)at % PIECE;
}

static u8 *map_piece(const struct reset_gpu *gpu, u8 *at, u64 offset)
{
	u8 *mem = mmap(at, PIECE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		       gpu->vfio.fd, gpu->offset + offset);

	if (mem == MAP_FAILED)
		give_up("cannot map region 4: %m");
	return mem;
}

/* No PMD entry fits where address and memory are not congruent. */
static void not_congruent(const struct reset_gpu *gpu)
{
	u8 *mem = map_piece(gpu, reserve(), page_size);

	ktap_result(has_its_pages(mem, page_size, PIECE), "map_not_congruent", "");
	munmap(mem, PIECE);
}

/* huge_fault() is not called for these. */
static void not_huge(const struct reset_gpu *gpu)
{
	u8 *mem = map_piece(gpu, reserve(), 0);
	bool ok = !madvise(mem, PIECE, MADV_NOHUGEPAGE);

	ktap_result(ok && has_its_pages(mem, 0, PIECE), "map_not_huge", "");
	munmap(mem, PIECE);
}

/*
 * A PMD entry that is changed in part goes as a whole. Its neighbours come back, and the
 * hole stays one.
 */
static void in_pieces(const struct reset_gpu *gpu)
{
	u8 *mem = map_piece(gpu, reserve(), 0);
	u64 hole = PIECE / 2 + page_size, end = hole + page_size, value;
	bool ok;

	ok = has_its_pages(mem, 0, PIECE) && !munmap(mem + hole, page_size) &&
	     !mprotect(mem, page_size, PROT_READ) &&
	     has_its_pages(mem, 0, hole) && has_its_pages(mem + end, end, PIECE - end) &&
	     !reset_touch(mem + hole, &value);
	ok = ok && !mprotect(mem, page_size, PROT_NONE) &&
	     !mprotect(mem, page_size, PROT_READ | PROT_WRITE) &&
	     reset_touch(mem, &value) && !value;
	ktap_result(ok, "map_in_pieces", "");
	munmap(mem, PIECE);
}

/* The last page, none behind it, and what mremap() has moved. */
static void at_the_end(const struct reset_gpu *gpu)
{
	u8 *mem = map_piece(gpu, reserve(), RESET_SIZE - PIECE);
	u8 *moved, *behind;
	bool ok = has_its_pages(mem, RESET_SIZE - PIECE, PIECE);

	behind = mmap(NULL, page_size, PROT_READ, MAP_SHARED, gpu->vfio.fd,
		      gpu->offset + RESET_SIZE);
	ok = ok && behind == MAP_FAILED && errno == EINVAL;
	moved = mremap(mem, PIECE, PIECE, MREMAP_MAYMOVE | MREMAP_FIXED,
		       reserve() + page_size);
	if (moved == MAP_FAILED)
		give_up("mremap() of region 4: %m");
	ok = ok && has_its_pages(moved, RESET_SIZE - PIECE, PIECE);
	ktap_result(ok, "map_at_the_end", "");
	munmap(moved, PIECE);
}

static void private(const struct reset_gpu *gpu)
{
	void *mem = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_PRIVATE,
			 gpu->vfio.fd, gpu->offset);
	bool refused = mem == MAP_FAILED && errno == EINVAL;

	if (mem != MAP_FAILED)
		munmap(mem, PIECE);
	ktap_result(refused, "map_private_refused", "");
}

void works_reset_map(const struct reset_gpu *gpu)
{
	page_size = sysconf(_SC_PAGESIZE);
	populate(gpu);
	not_congruent(gpu);
	not_huge(gpu);
	in_pieces(gpu);
	at_the_end(gpu);
	private(gpu);
	*(u64 *)gpu->at = RESET_VALUE;
}
