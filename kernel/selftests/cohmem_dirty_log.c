// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_dirty_log - what KVM's dirty log says of memory without struct pages
 *
 * In each way in which a VMM can have the log, there is one memslot with a largest
 * block of such memory and with ordinary memory behind it:
 *
 *  - The first store to a block is one fault. It is logged, and makes one page writable.
 *    All else stays mapped, read-only, by entries as large as can be.
 *  - Random stores and loads, round after round: the log of each is compared with a list
 *    of what was stored to, and the memory with what was stored.
 *  - Memory that is not cacheable comes under the memslot while it logs. KVM makes it
 *    writable at the first load, and logs it then; it protects it with each reading of the
 *    log, so that each store is logged in its round. It goes again, and what is cacheable
 *    in its place is logged as such memory is.
 *  - When logging stops, one fault maps the block again.
 *
 * Then which memory can be logged, and what faults map while pages are logged: a load
 * maps a block, an execution needs none to be broken, and no load takes a writable page
 * away. Blocks that the VMM had split at once come back, too.
 *
 *	-s SEED		repeat a run
 *	-w		only which memory can be logged
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device, and, without -w, a
 * machine whose rule makes declared memory Normal.
 */
#include <getopt.h>
#include <pthread.h>
#include <time.h>

#include <linux/bitmap.h>
#include <linux/sizes.h>

#include "cohmem_blocks.h"
#include "cohmem_faults.h"
#include "cohmem_log.h"

#define TEST_GPA	0x100000000ul
#define BESIDE		SZ_8M
#define ROUNDS		6
#define ACCESSES	24
#define WHICH		"what is Device or Normal-NC cannot be logged"
#define TOGGLES		10
#define FLAG		KVM_MEM_LOG_DIRTY_PAGES

/* Of the memslot, and what the VMM has there: the block, and BESIDE it anonymous memory. */
static size_t slot_size, nr_pages;
static void *mem;
/* What the log has said, and what it should say. */
static unsigned long *pages, *written;
static u64 rng;

/* @leaf: what the driver of the node maps at a fault */
static void map_slot_memory(const char *node, size_t leaf)
{
	size_t at;

	mem = align_ptr_up(map_anonymous(slot_size + blocks.large), blocks.large);
	map_node(mem, blocks.large, node, 0, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED);
	madvise(mem + blocks.large, BESIDE, MADV_HUGEPAGE);
	for (at = 0; at < blocks.large; at += leaf)
		READ_ONCE(*(u64 *)(mem + at));
	for (; at < slot_size; at += blocks.page)
		WRITE_ONCE(*(u64 *)(mem + at), 0);
}

/* The first and the last pages of entries of each size, and some of the rest. */
static size_t interesting_page(unsigned int nr)
{
	size_t large = blocks.large / blocks.page;
	size_t middle = blocks.pmd < blocks.large ? blocks.pmd / blocks.page : large / 4;
	const size_t at[] = {
		0, 1, 2, middle - 1, middle, middle + 1,
		large / 2, large / 2 + 1, large - 2, large - 1,
		large, large + 1, (large + nr_pages) / 2, nr_pages - 1,
	};

	return at[nr % ARRAY_SIZE(at)];
}

#define NR_INTERESTING	14
/* The first of them. */
#define NR_IN_BLOCK	10

static u64 gpa_of(size_t nr)
{
	return TEST_GPA + nr * blocks.page;
}

static u64 *word_of(size_t nr)
{
	return mem + nr * blocks.page;
}

static bool set_slot(struct log_vm *l, u32 flags)
{
	int err = set_memslot_flags(l->t.vm, TEST_SLOT, flags, TEST_GPA, slot_size, mem);

	return check(!err, "memslot with flags %#x (errno %d)", flags, err);
}

static bool store(struct log_vm *l, size_t nr, u64 value)
{
	return guest_gets(&l->t, STORE, gpa_of(nr), value, DONE);
}

static bool load(struct log_vm *l, size_t nr)
{
	return guest_gets(&l->t, LOAD, gpa_of(nr), 0, DONE);
}

static bool entry_has(struct log_vm *l, size_t nr, enum s2_type type, size_t size, bool write)
{
	struct s2_entry e = s2_entry_at(l->t.vm, gpa_of(nr));

	return check(e.block == size && e.write == write && e.type == type,
		     "page %zu: %s, %#zx bytes, write %d (%s, %#zx, %d)", nr,
		     s2_type_name(type), size, write, s2_type_name(e.type), e.block, e.write);
}

static bool entry_is(struct log_vm *l, size_t nr, size_t size, bool write)
{
	return entry_has(l, nr, S2_NORMAL_WB, size, write);
}

/* The log has exactly these pages. */
static bool log_is(struct log_vm *l, const unsigned long *wanted)
{
	bool ok = log_read(l, pages, nr_pages);
	size_t nr;

	for (nr = 0; nr < nr_pages; nr++)
		if (test_bit(nr, pages) != test_bit(nr, wanted))
			return check(false, "page %zu is%s logged, of %zu (%zu)", nr,
				     test_bit(nr, wanted) ? "" : " not",
				     log_count(wanted, nr_pages),
				     log_count(pages, nr_pages));
	return ok;
}

static bool log_is_page(struct log_vm *l, size_t nr)
{
	bitmap_zero(written, nr_pages);
	__set_bit(nr, written);
	return log_is(l, written);
}

static bool log_is_empty(struct log_vm *l)
{
	bitmap_zero(written, nr_pages);
	return log_is(l, written);
}

/* From here on the log has what the guest writes, and the guest may write nowhere. */
static bool begin_logging(struct log_vm *l)
{
	bool ok = set_slot(l, FLAG);

	if (l->mode != LOG_ALL_SET)
		return ok & log_is_empty(l);
	bitmap_fill(written, nr_pages);
	return ok & log_is(l, written);
}

static bool make_block(struct log_vm *l)
{
	map_slot_memory("huge", blocks.pmd);
	return set_slot(l, 0) && store(l, 0, 1) && entry_is(l, 0, blocks.large, true);
}

static unsigned long block_faults(void)
{
	return faults_counted("dirty-log", ALL_FAULTS);
}

static bool faults_are(unsigned long before, unsigned long wanted)
{
	unsigned long faults = block_faults() - before;

	return check(faults == wanted, "%lu faults (%lu)", wanted, faults);
}

static bool test_first_store(struct log_vm *l)
{
	size_t half = blocks.large / blocks.page / 2;
	unsigned long before;
	bool ok;

	ok = make_block(l) && begin_logging(l) && entry_is(l, half, blocks.large, false);
	before = block_faults();
	ok &= store(l, half, 2) && faults_are(before, 1);
	ok &= entry_is(l, half, blocks.page, true) &&
	      entry_is(l, half + 1, blocks.page, false) &&
	      entry_is(l, 0, blocks.middle, false);
	/* Nothing has gone. */
	ok &= load(l, half + 1) && load(l, 0) && load(l, 2 * half - 1) && faults_are(before, 1);
	ok &= log_is_page(l, half) && entry_is(l, half, blocks.page, false);
	/* Again: one page, and a page in an entry of the middle size. */
	before = block_faults();
	ok &= store(l, half, 3) && log_is_page(l, half) && store(l, 1, 4) &&
	      entry_is(l, 1, blocks.page, true) && entry_is(l, 0, blocks.page, false) &&
	      log_is_page(l, 1) && faults_are(before, 2);
	return ok & check(READ_ONCE(*word_of(half)) == 3 && READ_ONCE(*word_of(1)) == 4,
			  "3 and 4 are written");
}

static bool access_at_random(struct log_vm *l, u64 *values, unsigned int round)
{
	unsigned int i, which;
	bool ok = true;
	size_t nr;

	for (i = 0; i < ACCESSES; i++) {
		which = next_random(&rng) % NR_INTERESTING;
		nr = interesting_page(which);
		if (next_random(&rng) % 2) {
			values[which] = (u64)round << 32 | i << 8 | which;
			ok &= store(l, nr, values[which]);
			__set_bit(nr, written);
		} else {
			ok &= load(l, nr) &&
			      check(guest_report.value == values[which],
				    "page %zu: %#lx (%#lx)", nr, values[which],
				    guest_report.value);
		}
	}
	return ok;
}

static bool test_random(struct log_vm *l)
{
	u64 values[NR_INTERESTING];
	unsigned int i, round;
	bool ok;

	ok = make_block(l);
	for (i = 0; i < NR_INTERESTING; i++) {
		values[i] = i;
		WRITE_ONCE(*word_of(interesting_page(i)), i);
	}
	ok &= begin_logging(l);
	for (round = 1; round <= ROUNDS && ok; round++) {
		bitmap_zero(written, nr_pages);
		ok &= access_at_random(l, values, round) && log_is(l, written);
	}
	for (i = 0; i < NR_INTERESTING; i++)
		ok &= check(READ_ONCE(*word_of(interesting_page(i))) == values[i],
			    "page %zu holds %#lx", interesting_page(i), values[i]);
	return ok;
}

/* In the place of what is behind the block. */
static void map_beside(const char *node)
{
	map_node(mem + blocks.large, BESIDE, node, blocks.large, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED);
}

/*
 * What KVM would refuse to log if it were asked. The first access makes a page writable,
 * and the log has it, though it may have been a load. The page is protected when the log
 * is read, so that the next store is logged, too.
 */
static bool uncached_is_logged(struct log_vm *l, const char *node, enum s2_type type)
{
	size_t first = blocks.large / blocks.page, nr = first + 1;
	unsigned int round;
	bool ok;

	/* A store to what goes is not forgotten. */
	ok = store(l, first, 1);
	map_beside(node);
	ok &= log_is_page(l, first);
	ok &= load(l, nr) && entry_has(l, nr, type, blocks.page, true) && log_is_page(l, nr);
	for (round = 0; round < 3; round++)
		ok &= entry_has(l, nr, type, blocks.page, false) && store(l, nr, round) &&
		      entry_has(l, nr, type, blocks.page, true) && log_is_page(l, nr);
	return ok & (load(l, nr) && log_is_empty(l));
}

/* Cacheable memory is there again, and the log tells stores from loads again. */
static bool uncached_goes(struct log_vm *l)
{
	size_t first = blocks.large / blocks.page, nr = first + 1;
	unsigned int round;
	bool ok;

	ok = store(l, nr, 4);
	map_beside("declared");
	ok &= log_is_page(l, nr);
	ok &= load(l, nr) && load(l, first) && entry_is(l, nr, blocks.middle, false) &&
	      log_is_empty(l);
	for (round = 5; round < 8; round++) {
		ok &= store(l, first, round) && entry_is(l, first, blocks.page, true) &&
		      log_is_page(l, first);
		ok &= load(l, nr) && entry_is(l, nr, blocks.page, false) && log_is_empty(l);
	}
	return ok & check(READ_ONCE(*word_of(first)) == 7 && READ_ONCE(*word_of(nr)) == 4,
			  "7 and 4 are written");
}

static bool test_uncached(struct log_vm *l, const char *node, enum s2_type type)
{
	size_t first = blocks.large / blocks.page;
	bool ok;

	ok = make_block(l) && begin_logging(l) && uncached_is_logged(l, node, type) &&
	     uncached_goes(l) && set_slot(l, 0) && begin_logging(l);
	if (!ok)
		return false;
	/* What is not cacheable cannot be logged from the beginning. */
	map_beside(node);
	ok = set_slot(l, 0) &&
	     check(set_memslot_flags(l->t.vm, TEST_SLOT, FLAG, TEST_GPA, slot_size,
				     mem) == EINVAL, "no logging");
	return ok & store(l, first + 1, 7);
}

static bool test_nc(struct log_vm *l)
{
	return test_uncached(l, "nc-any", S2_NORMAL_NC);
}

static bool test_device(struct log_vm *l)
{
	return test_uncached(l, "device", S2_DEVICE);
}

static bool test_stop(struct log_vm *l)
{
	size_t half = blocks.large / blocks.page / 2;
	unsigned long before;
	unsigned int i;
	bool ok;

	ok = make_block(l) && begin_logging(l);
	for (i = 0; i < NR_INTERESTING; i++)
		ok &= store(l, interesting_page(i), i);
	/* A ring keeps what is in it. */
	log_read(l, pages, nr_pages);
	ok &= set_slot(l, 0);
	before = block_faults();
	for (i = 0; i < NR_INTERESTING; i++)
		ok &= load(l, interesting_page(i)) &&
		      check(guest_report.value == i, "%u is there", i);
	/* Those behind the block have entries of their own. */
	ok &= entry_is(l, half, blocks.large, true) && faults_are(before, 1);
	/* What was not written to is a block yet, which one fault makes writable. */
	ok &= begin_logging(l) && entry_is(l, half, blocks.large, false) && set_slot(l, 0);
	before = block_faults();
	return ok & (store(l, half, 1) && store(l, 0, 1) && faults_are(before, 1) &&
		     entry_is(l, half, blocks.large, true));
}

static const struct {
	const char *name;
	bool (*run)(struct log_vm *l);
} each_mode[] = {
	{ "the first store to a block is one fault, and splits it in place",
	  test_first_store },
	{ "random stores are in the log, and nothing else is", test_random },
	{ "Normal-NC memory is in the log of each round until it goes", test_nc },
	{ "Device memory is in the log of each round until it goes", test_device },
	{ "blocks come back when logging stops", test_stop },
};

/* A memslot that logs from the beginning, of memory that is mapped by PTEs. */
static bool test_load(struct log_vm *l)
{
	size_t half = blocks.large / blocks.page / 2;
	unsigned long before;
	bool ok;

	map_slot_memory("declared", blocks.page);
	ok = set_slot(l, FLAG);
	before = block_faults();
	ok &= load(l, half) && entry_is(l, half, blocks.large, false) &&
	      faults_are(before, 1) && log_is_empty(l);
	return ok & (store(l, half, 1) && log_is_page(l, half));
}

/* A table is there, with a page that may be written to. */
static bool test_load_beside(struct log_vm *l)
{
	size_t half = blocks.large / blocks.page / 2;
	bool ok;

	map_slot_memory("huge", blocks.pmd);
	ok = set_slot(l, FLAG) && store(l, half, 1) && entry_is(l, half, blocks.page, true);
	ok &= load(l, half + 1) && entry_is(l, half + 1, blocks.page, false) &&
	      load(l, 0) && entry_is(l, 0, blocks.middle, false) &&
	      entry_is(l, half, blocks.page, true);
	return ok & log_is_page(l, half);
}

static bool test_execution(struct log_vm *l)
{
	size_t half = blocks.large / blocks.page / 2;
	u32 *code;
	bool ok;

	ok = make_block(l);
	code = (void *)word_of(half) + CODE;
	WRITE_ONCE(code[0], INSN_MOV_X0_42);
	WRITE_ONCE(code[1], INSN_RET);
	ok &= begin_logging(l) && guest_gets(&l->t, CALL, gpa_of(half), 0, DONE);
	ok &= entry_is(l, half, blocks.large, false) &&
	      check(s2_entry_at(l->t.vm, gpa_of(half)).exec, "it is executable");
	return ok & log_is_empty(l);
}

static bool test_eager(struct log_vm *l)
{
	bool ok;

	vm_enable_cap_early(l->t.vm, KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, blocks.pmd);
	ok = make_block(l) && begin_logging(l) && entry_is(l, 1, blocks.page, false);
	ok &= store(l, 1, 2) && log_is_page(l, 1) && set_slot(l, 0);
	return ok & (store(l, 2, 3) && entry_is(l, 2, blocks.large, true));
}

/*
 * A memslot of ordinary memory, a hole, and a block. When logging stops, that block comes
 * back, and nothing else goes: ordinary memory keeps its tables, as on the stock kernel.
 */
static bool test_stop_behind(struct log_vm *l)
{
	size_t size = 2 * blocks.pmd, nr = blocks.pmd / blocks.page;
	bool ok;

	mem = align_ptr_up(map_anonymous(slot_size + blocks.large), blocks.large);
	TEST_ASSERT(!munmap(mem + blocks.page, blocks.pmd - blocks.page), "munmap()");
	map_node(mem + blocks.pmd, blocks.pmd, "huge", 0, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED);
	guest_vm_map(&l->t, gpa_of(nr), blocks.page);
	ok = check(!set_memslot_flags(l->t.vm, TEST_SLOT, FLAG, TEST_GPA, size, mem),
		   "logging from the beginning");
	ok &= store(l, 0, 1) && store(l, nr, 2) && entry_is(l, 0, blocks.page, true) &&
	      entry_is(l, nr, blocks.page, true);
	ok &= check(!set_memslot_flags(l->t.vm, TEST_SLOT, 0, TEST_GPA, size, mem),
		    "logging stops");
	ok &= entry_is(l, 0, blocks.page, true) &&
	      check(!s2_entry_at(l->t.vm, gpa_of(nr)).block, "the block is to come back");
	return ok & (load(l, nr) && entry_is(l, nr, blocks.pmd, true) &&
		     check(guest_report.value == 2, "2 is there"));
}

/* VM_MIXEDMAP may always be logged, as on the stock kernel. */
static bool can_be_logged(const struct mapping *mapping)
{
	return mapping->mixed || (test_machine.policy != COHMEM_POLICY_OFF &&
				  decide(mapping, false).verdict == COHMEM_NORMAL);
}

static bool test_which(struct log_vm *l)
{
	const struct mapping *mapping;
	bool ok = true;
	int err;

	mem = map_anonymous(slot_size);
	for (mapping = mappings; mapping < mappings + nr_mappings; mapping++) {
		if (mapping->copied || memslot_refused(mapping, true))
			continue;
		map_node(mem, blocks.page, mapping_node(mapping), 0, PROT_READ | PROT_WRITE,
			 MAP_FIXED | (mapping->private ? MAP_PRIVATE : MAP_SHARED));
		READ_ONCE(*(u64 *)mem);
		ok &= set_slot(l, 0);
		err = set_memslot_flags(l->t.vm, TEST_SLOT, FLAG, TEST_GPA, slot_size, mem);
		ok &= check(err == (can_be_logged(mapping) ? 0 : EINVAL),
			    "logging of %s (errno %d)", mapping->name, err);
		/* To stop never fails, and nothing has happened to the memory. */
		ok &= set_slot(l, 0) && load(l, 0);
		set_memslot_flags(l->t.vm, TEST_SLOT, 0, TEST_GPA, 0, mem);
	}
	return ok;
}

static bool enough;
static unsigned int stores;

static void *store_until_enough(void *arg)
{
	struct log_vm *l = arg;
	bool ok = true;

	kvm_pin_this_task_to_pcpu(0);
	while (ok && !READ_ONCE(enough)) {
		ok = store(l, interesting_page(stores % NR_IN_BLOCK), stores);
		WRITE_ONCE(stores, stores + ok);
	}
	/* Or those who wait for stores would wait for ever. */
	WRITE_ONCE(enough, true);
	return ok ? l : NULL;
}

static void await_stores(unsigned int more)
{
	unsigned int until = READ_ONCE(stores) + more;

	while ((int)(READ_ONCE(stores) - until) < 0 && !READ_ONCE(enough))
		usleep(1000);
}

/* A fault that began while pages were logged makes no table when they no longer are. */
static bool test_stop_meanwhile(struct log_vm *l)
{
	unsigned long before;
	pthread_t thread;
	unsigned int i;
	void *done;
	bool ok;

	set_race_window("2000");
	ok = make_block(l);
	for (i = 0; ok && i < TOGGLES; i++) {
		enough = false;
		TEST_ASSERT(!pthread_create(&thread, NULL, store_until_enough, l), "no thread");
		await_stores(1);
		before = block_faults();
		ok &= set_slot(l, FLAG);
		await_stores(NR_IN_BLOCK);
		ok &= check(block_faults() > before, "stores that fault while pages are logged") &
		      set_slot(l, 0);
		await_stores(NR_IN_BLOCK);
		WRITE_ONCE(enough, true);
		pthread_join(thread, &done);
		ok &= done && store(l, 0, i) && entry_is(l, 0, blocks.large, true);
	}
	set_race_window("0");
	return ok;
}

static const struct {
	const char *name;
	bool (*run)(struct log_vm *l);
} bitmap_only[] = {
	{ WHICH, test_which },
	{ "a load maps a block while pages are logged", test_load },
	{ "a load leaves pages writable that were stored to", test_load_beside },
	{ "an execution leaves a block whole while pages are logged", test_execution },
	{ "blocks that were split at once come back", test_eager },
	{ "blocks come back under a guest that stores", test_stop_meanwhile },
	{ "a block behind a hole comes back, and ordinary memory stays", test_stop_behind },
};

static bool run(bool (*test)(struct log_vm *l), enum log_mode mode)
{
	struct log_vm l;
	unsigned int i;
	bool ok;

	log_vm_create(&l, mode);
	for (i = 0; i < NR_INTERESTING; i++)
		guest_vm_map(&l.t, gpa_of(interesting_page(i)), blocks.page);
	ok = test(&l);
	kvm_vm_free(l.t.vm);
	munmap(mem, slot_size);
	return ok;
}

int main(int argc, char *argv[])
{
	bool which = false;
	enum log_mode mode;
	size_t i;
	int opt;

	rng = time(NULL);
	while ((opt = getopt(argc, argv, "s:w")) != -1) {
		TEST_ASSERT(opt != '?', "usage: %s [-s SEED] [-w]", argv[0]);
		if (opt == 'w')
			which = true;
		else
			rng = strtoull(optarg, NULL, 0);
	}

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_DIRTY_LOG_RING_ACQ_REL));
	ksft_print_msg("seed %lu\n", rng);
	kvm_pin_this_task_to_pcpu(0);
	read_machine(false);
	blocks_read_sizes();
	slot_size = blocks.large + BESIDE;
	nr_pages = slot_size / blocks.page;
	pages = bitmap_zalloc(nr_pages);
	written = bitmap_zalloc(nr_pages);
	count_faults("dirty-log", TEST_GPA, blocks.large, ALL_FAULTS);

	if (which) {
		ksft_set_plan(1);
		ksft_test_result(run(test_which, LOG_BITMAP), "%s\n", WHICH);
		ksft_finished();
	}
	ksft_set_plan(NR_LOG_MODES * ARRAY_SIZE(each_mode) + ARRAY_SIZE(bitmap_only));
	for (mode = 0; mode < NR_LOG_MODES; mode++)
		for (i = 0; i < ARRAY_SIZE(each_mode); i++)
			ksft_test_result(run(each_mode[i].run, mode), "%s: %s\n",
					 log_mode_names[mode], each_mode[i].name);
	for (i = 0; i < ARRAY_SIZE(bitmap_only); i++)
		ksft_test_result(run(bitmap_only[i].run, LOG_BITMAP), "%s\n",
				 bitmap_only[i].name);
	stop_counting("dirty-log", ALL_FAULTS);
	ksft_finished();
}
