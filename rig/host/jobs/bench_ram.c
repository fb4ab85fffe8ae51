// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job bench-ram: what it costs to give a VM its RAM, from open() to the guest's first access
 * to it, and to its last page. Of guest RAM and of what else a VMM can take: hugetlbfs and
 * transparent huge pages. Each in three states: nobody has to do anything with the memory, it
 * has to be zeroed, and the VMM has mapped it before the clock starts. And what the zeroing
 * alone costs, without a VM.
 *
 * The machine's counter counts instructions (docs/bench.md). Faults are counted in a run of
 * their own, which is not measured.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"
#include "cohmem_stage2.h"
#include "end.h"
#include "iomem.h"
#include "jobs.h"
#include "ktap.h"
#include "mount.h"
#include "pace.h"
#include "rawvm.h"
#include "trace.h"
#include "util.h"

#define PAGE		(4 * KIB)
#define TRACE		"bench"
#define DIRTY		"/sys/fs/guestramfs/node0/dirty"
#define ALL_OF_IT	"/sys/fs/guestramfs/node0/size"
#define KEEPER		"/guestram/keeper"
#define ZERO_SECS	120
#define STRUCT_PAGE	64
/* Each is measured so often, and the least counts. */
#define TIMES		3

enum state { CLEAN, ZERO, MAPPED, STATES };

static const char * const state_names[] = { "clean", "zero", "mapped" };

/**
 * struct kind - one kind of memory
 * @name: of its facts
 * @path: its file, or NULL if it is anonymous
 * @off: the VMM's address is so far behind a multiple of 1 GiB
 * @pagesize: of a hugetlbfs of its own, or NULL
 */
static const struct kind {
	const char *name;
	const char *path;
	u64 off;
	const char *pagesize;
} kinds[] = {
	{ "guestram", "/guestram/vm", 0, NULL },
	{ "guestram_off", "/guestram/vm", PAGE, NULL },
	{ "huge_1g", "/huge_1g/vm", 0, "pagesize=1G" },
	{ "huge_2m", "/huge_2m/vm", 0, "pagesize=2M" },
	{ "thp", NULL, 0, NULL },
};

/**
 * struct ram - memory that a VMM has mapped
 * @room: the addresses that are kept for it
 * @at: where it is
 * @size: bytes of it
 * @fd: its file, or -1
 */
struct ram {
	u8 *room;
	u8 *at;
	u64 size;
	int fd;
};

static bool is_guestram(const struct kind *kind)
{
	return kind->path && !kind->pagesize;
}

static u64 number_of(const char *path)
{
	u64 value;

	if (!read_number(path, &value))
		give_up("cannot read %s: %m", path);
	return value;
}

static struct ram open_ram(const struct kind *kind, u64 size)
{
	struct ram ram = { .size = size, .fd = -1 };
	int flags = MAP_FIXED | (kind->path ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS);
	u8 *at;

	ram.room = mmap(NULL, size + 2 * GIB, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (ram.room == MAP_FAILED)
		give_up("no address space: %m");
	at = (u8 *)(((uintptr_t)ram.room + GIB - 1) & ~(GIB - 1)) + kind->off;
	if (kind->path) {
		ram.fd = open(kind->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (ram.fd < 0 || ftruncate(ram.fd, size))
			give_up("cannot make %s: %m", kind->path);
	}
	ram.at = mmap(at, size, PROT_READ | PROT_WRITE, flags, ram.fd, 0);
	if (ram.at == MAP_FAILED)
		give_up("cannot map memory of kind %s: %m", kind->name);
	if (!kind->path && madvise(ram.at, size, MADV_HUGEPAGE))
		give_up("there are no transparent huge pages: %m");
	return ram;
}

static void close_ram(struct ram *ram)
{
	munmap(ram->room, ram->size + 2 * GIB);
	if (ram->fd >= 0)
		close(ram->fd);
}

static void populate(const struct ram *ram)
{
	for (u64 at = 0; at < ram->size; at += PAGE)
		ram->at[at] = 1;
}

static void wait_for_zeroes(void)
{
	double deadline = pace_now() + ZERO_SECS;

	while (number_of(DIRTY)) {
		if (pace_now() > deadline)
			give_up("guest RAM is not clean after %d s", ZERO_SECS);
		usleep(50000);
	}
}

/* Makes a file with contents: of hugetlbfs for what comes next, of guest RAM for ZERO. */
static void prepare(const struct kind *kind, enum state state, u64 size)
{
	bool zero = state == ZERO;
	struct ram ram;

	if (!kind->path)
		return;
	unlink(kind->path);
	if (is_guestram(kind))
		wait_for_zeroes();
	if (is_guestram(kind) != zero)
		return;
	ram = open_ram(kind, size);
	populate(&ram);
	close_ram(&ram);
}

/**
 * struct cost - what was found
 * @start: instructions until the guest has had its first access
 * @all: until it has had one to each page
 * @host_tables: pages of page tables that the VMM has for it then
 */
struct cost {
	u64 start;
	u64 all;
	u64 host_tables;
};

static u64 now(void)
{
	return rawvm_counter() * 1000000000 / rawvm_counter_hz();
}

static struct cost run(const struct kind *kind, enum state state, u64 size, struct rawvm *vm,
		       struct ram *ram)
{
	u64 tables = bench_memory_tables(), begin;
	struct cost cost;

	if (state == MAPPED) {
		*ram = open_ram(kind, size);
		populate(ram);
	}
	bench_sleep();
	begin = now();
	/* From now on its memory is zeroed: nothing of that is to be missed. */
	if (state == ZERO && is_guestram(kind))
		unlink(kind->path);
	if (state != MAPPED)
		*ram = open_ram(kind, size);
	rawvm_open(vm);
	rawvm_map(vm, BENCH_IPA, ram->at, size);
	rawvm_write(vm, BENCH_IPA, BENCH_IPA + PAGE, PAGE);
	cost.start = now() - begin;
	rawvm_write(vm, BENCH_IPA, BENCH_IPA + size, PAGE);
	cost.all = now() - begin;
	cost.host_tables = bench_memory_tables() - tables;
	return cost;
}

static void report(const char *kind, const char *state, const char *what, u64 value)
{
	char name[64];

	snprintf(name, sizeof(name), "ram_%s_%s_%s", kind, state, what);
	ktap_fact(RESULTS_LOG, ktap_note("%s: %llu", name, value), name, "%llu", value);
}

static struct cost run_once(const struct kind *kind, enum state state, u64 size)
{
	struct rawvm vm;
	struct cost cost;
	struct ram ram;

	prepare(kind, state, size);
	cost = run(kind, state, size, &vm, &ram);
	rawvm_close(&vm);
	close_ram(&ram);
	return cost;
}

/* What the host does besides, from time to time, only adds. */
static struct cost least(const struct kind *kind, enum state state, u64 size)
{
	struct cost best = run_once(kind, state, size);

	for (int i = 1; i < TIMES; i++) {
		struct cost cost = run_once(kind, state, size);

		if (cost.start < best.start)
			best.start = cost.start;
		if (cost.all < best.all)
			best.all = cost.all;
		if (cost.host_tables > best.host_tables)
			best.host_tables = cost.host_tables;
	}
	return best;
}

static bool measure(const struct kind *kind, enum state state)
{
	const char *name = state_names[state];
	struct cost cost = least(kind, state, GIB);

	report(kind->name, name, "start", cost.start);
	report(kind->name, name, "all", cost.all);
	report(kind->name, name, "host_tables", cost.host_tables);
	return cost.start && cost.all > cost.start;
}

/* Bytes of struct pages of what stage 2 maps. */
static u64 struct_pages(void)
{
	struct s2_dump dump;
	u64 pages = 0, bytes = 0;
	char why[160];

	if (!s2_read(0, &dump, why, sizeof(why)))
		give_up("stage 2 cannot be read: %s", why);
	for (size_t i = 0; i < dump.count; i++) {
		const struct s2_range *r = &dump.ranges[i];
		const struct iomem_range range = { r->pa, r->pa + r->len };

		if (r->ipa < BENCH_IPA)
			continue;
		pages += iomem_pages_known(&range);
		bytes += r->len;
	}
	if (bytes != GIB)
		give_up("stage 2 maps %llu bytes, not all", bytes);
	s2_free(&dump);
	return pages * STRUCT_PAGE;
}

static bool count(const struct kind *kind, enum state state)
{
	struct rawvm vm;
	struct ram ram;
	u64 faults, lost;

	prepare(kind, state, GIB);
	trace_buffer(TRACE, 64 + GIB / PAGE * 56 * 2 / KIB);
	trace_event(TRACE, "kvm/kvm_guest_fault", "ipa >= 0x40000000");
	run(kind, state, GIB, &vm, &ram);
	faults = trace_count(TRACE, &lost);
	trace_remove(TRACE);
	report(kind->name, state_names[state], "faults", faults);
	if (state == MAPPED)
		report(kind->name, "mapped", "struct_pages", struct_pages());
	rawvm_close(&vm);
	close_ram(&ram);
	return faults && !lost;
}

/* From before somebody gives the memory back until another file has it. */
static u64 zero_once(const struct kind *kind)
{
	u64 begin, took;
	int fd;

	prepare(kind, ZERO, GIB);
	bench_sleep();
	begin = now();
	unlink(kind->path);
	fd = open(kind->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || fallocate(fd, 0, 0, GIB))
		give_up("cannot make %s: %m", kind->path);
	took = now() - begin;
	close(fd);
	unlink(kind->path);
	return took;
}

static void measure_zeroing(const struct kind *kind)
{
	u64 least = zero_once(kind), took;

	for (int i = 1; i < TIMES; i++) {
		took = zero_once(kind);
		if (took < least)
			least = took;
	}
	report(kind->name, "1024m", "zeroing", least);
}

static bool has_state(const struct kind *kind, enum state state)
{
	/* Anonymous memory is zeroed each time. */
	return kind->path || state != CLEAN;
}

static void try_kind(const struct kind *kind, bool counts)
{
	bool ok = true;

	for (enum state state = CLEAN; state < STATES; state++) {
		if (!has_state(kind, state))
			continue;
		ok = measure(kind, state) && ok;
		ok = (!counts || count(kind, state)) && ok;
	}
	/* At another address it is the same. */
	if (kind->path && !kind->off)
		measure_zeroing(kind);
	if (kind->path)
		unlink(kind->path);
	ktap_result(ok, kind->name, "");
}

/* Until the first access, of files of different sizes. */
static void try_sizes(void)
{
	static const u64 sizes[] = { 256 * MIB, GIB, 3 * GIB };
	struct cost cost;
	char mib[16];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		cost = least(&kinds[0], CLEAN, sizes[i]);
		unlink(kinds[0].path);
		snprintf(mib, sizeof(mib), "%llum", sizes[i] / MIB);
		report("guestram", mib, "start", cost.start);
	}
	ktap_result(true, "sizes", "");
}

/* Of guest RAM, as much as hugetlbfs has: what is free is what is clean, or is not. */
static int keep_the_rest(void)
{
	int fd = open(KEEPER, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, number_of(ALL_OF_IT) - GIB))
		give_up("cannot make " KEEPER ": %m");
	return fd;
}

static void mount_huge(const struct kind *kind)
{
	char where[32];

	snprintf(where, sizeof(where), "/%s", kind->name);
	mkdir(where, 0755);
	if (mount("none", where, "hugetlbfs", 0, kind->pagesize))
		give_up("cannot mount hugetlbfs with %s: %m", kind->pagesize);
}

static void bench_ram_run(void)
{
	bool counts = bench_counts();
	int keeper;

	mount_guestram("/guestram", MOUNT_ANY_NODE);
	ktap_plan(ARRAY_SIZE(kinds) + 1);
	/* What is done for the first VM alone is not measured. */
	run_once(&kinds[0], CLEAN, GIB);
	try_sizes();
	keeper = keep_the_rest();
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i].pagesize)
			mount_huge(&kinds[i]);
		try_kind(&kinds[i], counts);
	}
	close(keeper);
	unlink(KEEPER);
}

const struct job bench_ram_job = {
	.run = bench_ram_run,
};
