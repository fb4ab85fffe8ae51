// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_no_memory - each allocation of a call fails once, and the call says so
 *
 * A VMM's call is made in a new VM, and its first allocation fails; in the next VM the
 * second one does; and so on until the call has none left that could. First by fail-nth of
 * the kernel, which lets an allocation find no memory, then as if the VMM's memory cgroup
 * had no room. Each time the call succeeds, or gives an errno that tells of memory; made
 * again, it succeeds; and the guest's memory has its contents, and no reference more. What
 * logs, logs.
 *
 * The bitmap of a memslot that logs fails as a whole, since what fails within vmalloc() is
 * in the kernel's log, as a splat. A memslot with a ring alone has none: there fail-nth
 * comes to all that a memslot allocates when it begins to log, and to what its blocks are
 * split with at once. KVM goes on without the latter: they are split by faults then.
 *
 * In the cgroup, objects are charged in each call. Tables are in those that have any: not
 * where a memslot is made, moved or deleted, or ends to log, without blocks to be split.
 * (A bitmap's pages are charged, within vmalloc().) The VMM's pages are in those that touch
 * anonymous memory, of which a load touches the kernel's zero page.
 *
 * Each result names how many allocations failed; one, by how many paths in the kernel they
 * were made.
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device, and a kernel with
 * CONFIG_FAULT_INJECTION, CONFIG_KPROBES and CONFIG_MEMCG.
 */
#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <linux/bitmap.h>
#include <linux/sizes.h>

#include "cohmem_blocks.h"
#include "cohmem_log.h"

#define TEST_GPA	0x100000000ul
#define PARAMETERS	"/sys/module/cohmem_testdev/parameters/"
#define DEBUGFS		"/sys/kernel/debug/"
#define CACHES		"/sys/kernel/slab"
#define CGROUPS		"/sys/fs/cgroup"
#define CGROUP		CGROUPS "/no_memory"
/* No call makes so many. */
#define MOST		400
/* Memslots, tables, host's tables, pages: fewer are not all. */
#define FEWEST_PATHS	10

/**
 * enum backing - What the memslot of a call has
 * @ANON: a page that the VMM has not touched
 * @PAGE: a page that is mapped by PFN
 * @BLOCK: memory without struct pages, as much as one block maps
 * @AT_FAULT: a page of it, which the driver maps at a fault
 * @BLOCKS: as much of it as two blocks map, of what an entry of the PMD level maps
 */
enum backing { ANON, PAGE, BLOCK, AT_FAULT, BLOCKS };

/**
 * struct call - A call of the VMM
 * @name: what it does
 * @backing: what for
 * @mode: how what is written is logged; a bitmap, if it is not said
 * @logs: the memslot logs already
 * @loaded: the guest has loaded from the memory already
 * @no_slot: there is no memslot yet
 * @faults: a page of the VMM's memory may be needed for it
 * @tables: it may need a page for a table, of the VM's or of the VMM's
 * @eager: blocks are mapped, and are split at once when their memslot begins to log
 * @empty_cache: it is made for another vCPU, which has no pages for tables yet
 * @make: makes it, between arm() and disarm(); returns 0 or -errno
 */
struct call {
	const char *name;
	enum backing backing;
	enum log_mode mode;
	bool logs;
	bool loaded;
	bool no_slot;
	bool faults;
	bool tables;
	bool eager;
	bool empty_cache;
	int (*make)(void);
};

/**
 * struct way - How an allocation fails
 * @name: in words
 * @function: of the kernel, that says so; NULL for fail-nth
 * @value: what it returns then
 * @of_tables: only calls that may need tables come there
 * @of_pages: only stores to anonymous memory do
 */
struct way {
	const char *name;
	const char *function;
	int value;
	bool of_tables;
	bool of_pages;
};

static const struct way ways[] = {
	{ "no memory" },
	{ "no room in the cgroup for objects", "obj_cgroup_charge", -ENOMEM },
	{
		"no room in the cgroup for tables", "__memcg_kmem_charge_page", -ENOMEM,
		.of_tables = true,
	},
	{
		"no room in the cgroup for pages", "__mem_cgroup_charge", -ENOMEM,
		.of_pages = true,
	},
};

/* For a bitmap of what is logged. */
static const struct way no_bitmap = { "no memory for a bitmap", "__vcalloc_noprof" };

/**
 * struct failure - What is to fail in the next call, and whether it has
 * @way: how
 * @nth: which allocation of the call; 0 for none
 * @struck: the last call came to it
 */
static struct failure {
	const struct way *way;
	unsigned int nth;
	bool struck;
} failure;

static struct guest_vm t;
static struct log_vm l;
static void *memory;
static size_t size;
/* Each store of the guest's has another one: no earlier store is taken for it. */
static u64 value = 0x600d600d00000000ul;
static int fail_nth, error, sites, stage2;

static unsigned long read_number(int fd)
{
	char text[32] = "";

	TEST_ASSERT(pread(fd, text, sizeof(text) - 1, 0) > 0, "pread: errno %i", errno);
	return strtoul(text, NULL, 0);
}

static void write_text(int fd, const char *text)
{
	TEST_ASSERT(pwrite(fd, text, strlen(text), 0) > 0, "pwrite: errno %i", errno);
}

static void write_fail_nth(unsigned int nth)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", nth);
	write_text(fail_nth, text);
}

/*
 * From here on this task makes no other call than that which is meant: to open a file
 * would be one.
 */
static void arm(void)
{
	char text[128];

	if (failure.nth && failure.way->function) {
		snprintf(text, sizeof(text), "%s %d 1 %u\n", failure.way->function,
			 failure.way->value, failure.nth - 1);
		write_text(error, text);
	} else if (failure.nth) {
		write_fail_nth(failure.nth);
	}
}

static void disarm(void)
{
	int err = errno;

	if (failure.nth && failure.way->function) {
		failure.struck = !read_number(error);
		write_text(error, "\n");
	} else if (failure.nth) {
		failure.struck = !read_number(fail_nth);
		write_fail_nth(0);
	}
	errno = err;
}

static int set_slot(u32 flags, u64 gpa, size_t bytes)
{
	int err;

	arm();
	err = set_memslot_flags(t.vm, TEST_SLOT, flags, gpa, bytes, memory);
	disarm();
	return -err;
}

static int slot_create(void)
{
	return set_slot(0, TEST_GPA, size);
}

static int slot_create_logging(void)
{
	return set_slot(KVM_MEM_LOG_DIRTY_PAGES, TEST_GPA, size);
}

static int slot_move(void)
{
	int ret = set_slot(0, TEST_GPA + SZ_4G, size);

	/* It is to be where the guest looks for it. */
	return ret ?: -set_memslot_flags(t.vm, TEST_SLOT, 0, TEST_GPA, size, memory);
}

static int slot_delete(void)
{
	int ret = set_slot(0, TEST_GPA, 0);

	return ret ?: -set_memslot_flags(t.vm, TEST_SLOT, 0, TEST_GPA, size, memory);
}

static int run(enum guest_op op)
{
	enum guest_outcome outcome;
	int ret;

	order_guest(&t, op, TEST_GPA, value);
	arm();
	ret = __vcpu_run(t.vcpu);
	disarm();
	ret = ret ? -errno : 0;
	t.waits = false;
	if (ret)
		return ret;
	outcome = vcpu_outcome(t.vcpu, 0, TEST_GPA);
	t.waits = outcome == DONE;
	if (outcome == DONE)
		return 0;
	/* No exit is wanted but that of the guest. */
	ksft_print_msg("%s\n", guest_outcomes[outcome]);
	return -EPROTO;
}

static int run_load(void)
{
	return run(LOAD);
}

static int run_store(void)
{
	return run(STORE);
}

static int run_call(void)
{
	return run(CALL);
}

static int pre_fault(void)
{
	struct kvm_pre_fault_memory range = { .gpa = TEST_GPA, .size = size };
	int ret;

	arm();
	ret = __vcpu_ioctl(t.vcpu, KVM_PRE_FAULT_MEMORY, &range);
	disarm();
	if (ret)
		return -errno;
	/* It says 0, too, if it came to a part of it only. */
	return range.size ? -ENOMEM : 0;
}

static const struct call calls[] = {
	{ "a memslot is made", BLOCK, .no_slot = true, .make = slot_create },
	{
		"a memslot that logs is made", BLOCK, .no_slot = true,
		.make = slot_create_logging,
	},
	{ "a memslot begins to log", BLOCK, .loaded = true, .make = slot_create_logging },
	{
		"a memslot begins to log, by a ring alone", BLOCK, .mode = LOG_RING,
		.loaded = true, .make = slot_create_logging,
	},
	{
		"a memslot begins to log, and its blocks are split at once", BLOCKS,
		.mode = LOG_RING, .eager = true, .tables = true,
		.make = slot_create_logging,
	},
	{ "a memslot ends to log", BLOCK, .logs = true, .loaded = true, .make = slot_create },
	{ "a memslot is moved", BLOCK, .loaded = true, .make = slot_move },
	{ "a memslot is deleted", BLOCK, .loaded = true, .make = slot_delete },
	{
		"the guest loads from anonymous memory", ANON, .faults = true, .tables = true,
		.make = run_load,
	},
	{
		"the guest stores to anonymous memory", ANON, .faults = true, .tables = true,
		.make = run_store,
	},
	{
		"the guest loads from RAM that is mapped by PFN", PAGE, .faults = true,
		.tables = true, .make = run_load,
	},
	{
		"the guest executes from a block", BLOCK, .faults = true, .tables = true,
		.make = run_call,
	},
	{
		"the guest loads from what its driver maps at a fault", AT_FAULT,
		.faults = true, .tables = true, .make = run_load,
	},
	{
		"the guest stores to a block that is logged", BLOCK, .logs = true,
		.loaded = true, .faults = true, .tables = true, .empty_cache = true,
		.make = run_store,
	},
	{ "a block is pre-faulted", BLOCK, .tables = true, .make = pre_fault },
	{
		"anonymous memory is pre-faulted", ANON, .faults = true, .tables = true,
		.make = pre_fault,
	},
	{
		"what its driver maps at a fault is pre-faulted", AT_FAULT, .faults = true,
		.tables = true, .make = pre_fault,
	},
};

static void *map_memory(enum backing kind)
{
	static const char * const nodes[] = {
		[PAGE] = "ram", [BLOCK] = "declared", [AT_FAULT] = "lazy",
		[BLOCKS] = "declared",
	};
	int prot = PROT_READ | PROT_WRITE;
	void *room;

	if (kind == ANON)
		return map_anonymous(size);
	if (kind != BLOCK && kind != BLOCKS)
		return map_node(NULL, size, nodes[kind], 0, prot, MAP_SHARED);
	room = mmap(NULL, size + blocks.large, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TEST_ASSERT(room != MAP_FAILED, "mmap: errno %i", errno);
	memory = align_ptr_up(room, blocks.large);
	munmap(room, memory - room);
	munmap(memory + size, room + blocks.large - memory);
	return map_node(memory, size, nodes[kind], 0, prot, MAP_SHARED | MAP_FIXED);
}

static size_t size_of(enum backing kind)
{
	return kind == BLOCK ? blocks.large : kind == BLOCKS ? 2 * blocks.pmd : blocks.page;
}

/* Does an entry of stage 2 for each block, or for a page of it, map so much? */
static bool entries_are(size_t bytes)
{
	u64 at;

	for (at = 0; at < size; at += blocks.pmd)
		if (s2_entry_at(t.vm, TEST_GPA + at).block != bytes)
			return false;
	return true;
}

/* The guest runs, as without that the CPU has no stage 2 of the VM to look at. */
static void map_blocks(void)
{
	struct kvm_pre_fault_memory range = { .gpa = TEST_GPA, .size = size };

	while (range.size)
		TEST_ASSERT(!__vcpu_ioctl(t.vcpu, KVM_PRE_FAULT_MEMORY, &range),
			    "pre-faulting: errno %i", errno);
	TEST_ASSERT(guest_gets(&t, LOAD, TEST_GPA, 0, DONE) && entries_are(blocks.pmd),
		    "there are no blocks");
}

static void prepare(const struct call *call)
{
	size = size_of(call->backing);
	memory = map_memory(call->backing);
	if (call->backing == BLOCK || call->backing == PAGE) {
		WRITE_ONCE(*(u32 *)(memory + CODE), INSN_MOV_X0_42);
		WRITE_ONCE(*(u32 *)(memory + CODE + 4), INSN_RET);
	}
	log_vm_create(&l, call->mode);
	t = l.t;
	if (call->eager)
		vm_enable_cap_early(t.vm, KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, blocks.pmd);
	guest_vm_map(&t, TEST_GPA, blocks.page);
	if (!call->no_slot)
		TEST_ASSERT(!set_memslot_flags(t.vm, TEST_SLOT,
					       call->logs ? KVM_MEM_LOG_DIRTY_PAGES : 0,
					       TEST_GPA, size, memory),
			    "memslot: errno %i", errno);
	if (call->loaded)
		TEST_ASSERT(guest_gets(&t, LOAD, TEST_GPA, 0, DONE), "the first load");
	if (call->eager)
		map_blocks();
	if (!call->empty_cache)
		return;
	t.vcpu = vm_vcpu_add(t.vm, 1, guest_operate);
	vcpu_init_descriptor_tables(t.vcpu);
	t.stack = vcpu_stack(t.vcpu);
	t.waits = false;
}

static bool is_stored(void)
{
	return check(READ_ONCE(*(u64 *)memory) == value, "what the guest stored is there");
}

/* Is the memory the guest's, and its contents those that it wrote? */
static bool works(void)
{
	value++;
	return guest_gets(&t, STORE, TEST_GPA, value, DONE) && is_stored() &&
	       guest_gets(&t, LOAD, TEST_GPA, 0, DONE) &&
	       check(guest_report.value == value, "the guest loads it");
}

/**
 * struct count - What came of allocations that failed
 * @failed: how many there were
 * @tolerated: of which the call did not care
 */
struct count {
	unsigned int failed;
	unsigned int tolerated;
};

/* References of the page that the guest has; 0 if it has no struct page. */
static u32 references(const struct call *call)
{
	/* An munmap() empties this CPU's lists of new pages, which refer to them. */
	munmap(map_anonymous(blocks.page), blocks.page);
	if (call->backing != ANON && call->backing != PAGE)
		return 0;
	return page_count(stage2, s2_entry_at(t.vm, TEST_GPA).pa);
}

/* A page of the VMM's that could not be had is a refusal, with its page. */
static bool is_errno_for(const struct call *call, int ret)
{
	if (ret == -ENOMEM || call->no_slot || !call->faults)
		return ret == -ENOMEM;
	return ret == -EFAULT &&
	       (call->make == pre_fault ||
		t.vcpu->run->exit_reason == KVM_EXIT_MEMORY_FAULT);
}

static bool is_logged(void)
{
	size_t nr = size / blocks.page;
	unsigned long *log = bitmap_zalloc(nr);
	bool ok;

	l.t = t;
	ok = log_read(&l, log, nr) &&
	     check(test_bit(0, log) && log_count(log, nr) == 1, "the store is logged");
	free(log);
	return ok;
}

/* With the memory that was not to be had, all is as it should be. */
static bool is_whole(const struct call *call, u32 wanted)
{
	u32 found;

	if (call->make == run_store && (!is_stored() || (call->logs && !is_logged())))
		return false;
	if (!works() || (call->make == slot_create_logging && !is_logged()))
		return false;
	found = references(call);
	return check(found == wanted, "%u references, not %u", found, wanted);
}

/*
 * Makes the call once, in a VM of its own. Returns whether all is as it has to be;
 * failure.struck says whether any allocation failed.
 */
static bool attempt(const struct call *call, u32 wanted, struct count *count)
{
	bool ok;
	int ret;

	prepare(call);
	value++;
	ret = call->make();
	count->failed += failure.struck;
	count->tolerated += failure.struck && !ret;
	ok = check(!ret || (failure.struck && is_errno_for(call, ret)),
		   "allocation %u: %d", failure.nth, ret);
	if (call->eager && !failure.struck)
		ok &= check(entries_are(blocks.page), "the blocks are split");
	failure.nth = 0;
	if (ret)
		ok &= check(!call->make(), "made again, it succeeds");
	ok = ok && is_whole(call, wanted);
	kvm_vm_free(t.vm);
	munmap(memory, size);
	return ok;
}

/* As many as there are if nothing fails. */
static u32 references_wanted(const struct call *call)
{
	u32 wanted;

	failure.nth = 0;
	prepare(call);
	TEST_ASSERT(!call->make() && works(), "%s", call->name);
	wanted = references(call);
	kvm_vm_free(t.vm);
	munmap(memory, size);
	return wanted;
}

static bool fails_in_turn(const struct call *call, struct count *count)
{
	u32 wanted = references_wanted(call);
	unsigned int nth = 0;
	bool ok;

	do {
		failure.nth = ++nth;
		failure.struck = false;
		ok = attempt(call, wanted, count);
	} while (ok && failure.struck && nth < MOST);
	return check(ok && !failure.struck, "%s, allocation %u", call->name, nth);
}

static void test_fail_nth(const struct call *call)
{
	struct count count = { };
	bool ok;

	failure.way = call->make == slot_create_logging && call->mode != LOG_RING ?
		      &no_bitmap : &ways[0];
	ok = fails_in_turn(call, &count);
	ksft_test_result(ok && count.failed > count.tolerated,
			 "%s: %u allocations fail, %u are not needed\n", call->name,
			 count.failed, count.tolerated);
}

/* Only a store needs a page of its own: to read, and to pre-fault, the zero page does. */
static bool is_charged(const struct call *call, const struct way *way)
{
	if (way->of_pages)
		return call->backing == ANON && call->make == run_store;
	return !way->of_tables || call->tables;
}

static void test_cgroup(const struct way *way)
{
	struct count count = { };
	unsigned int calls_charged = 0;
	bool ok = true;
	size_t i;

	failure.way = way;
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		unsigned int before = count.failed;

		if (!is_charged(&calls[i], way))
			continue;
		ok &= fails_in_turn(&calls[i], &count);
		ok &= check(count.failed > before, "%s: %s", calls[i].name, way->name);
		calls_charged++;
	}
	ksft_test_result(ok && count.failed > count.tolerated,
			 "%s: %u allocations fail, %u are not needed, in %u calls\n",
			 way->name, count.failed, count.tolerated, calls_charged);
}

/* What kmemleak allocates for each allocation is none of the call's. */
static void let_caches_fail(void)
{
	DIR *dir = opendir(CACHES);
	unsigned int nr_kmalloc = 0;
	struct dirent *entry;
	char path[512];
	bool can;
	int fd;

	TEST_ASSERT(dir, CACHES ": errno %i", errno);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.' || !strncmp(entry->d_name, "kmemleak", 8))
			continue;
		snprintf(path, sizeof(path), CACHES "/%s/failslab", entry->d_name);
		fd = open_path_or_exit(path, O_WRONLY);
		can = write(fd, "1", 1) == 1;
		close(fd);
		/* One that others share cannot. With KASAN there is none. */
		if (!can)
			ksft_print_msg("%s cannot fail\n", entry->d_name);
		nr_kmalloc += can && !strncmp(entry->d_name, "kmalloc-", 8);
	}
	closedir(dir);
	TEST_ASSERT(nr_kmalloc, "kmalloc() cannot fail");
}

/* All that may sleep fails, of each size, and nothing is said of it. */
static void let_all_fail(void)
{
	static const char * const files[][2] = {
		{ "failslab/cache-filter", "Y" },
		{ "failslab/ignore-gfp-wait", "N" },
		{ "failslab/verbose", "0" },
		{ "fail_page_alloc/ignore-gfp-wait", "N" },
		{ "fail_page_alloc/ignore-gfp-highmem", "N" },
		{ "fail_page_alloc/min-order", "0" },
		{ "fail_page_alloc/verbose", "0" },
	};
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), DEBUGFS "%s", files[i][0]);
		write_file(path, files[i][1]);
	}
	let_caches_fail();
	fail_nth = open_path_or_exit("/proc/thread-self/fail-nth", O_RDWR);
}

/* Also if an assertion ends the test. */
static void fail_no_more(void)
{
	write_file(PARAMETERS "error", "\n");
	write_file(PARAMETERS "sites", "0");
	write_file(DEBUGFS "failslab/ignore-gfp-wait", "Y");
	write_file(DEBUGFS "fail_page_alloc/ignore-gfp-wait", "Y");
}

/* Nothing is charged to the first cgroup. */
static void enter_cgroup(void)
{
	char text[16];

	if (access(CGROUPS "/cgroup.procs", F_OK))
		TEST_ASSERT(!mount("cgroup2", CGROUPS, "cgroup2", 0, NULL),
			    "cgroup2: errno %i", errno);
	write_file(CGROUPS "/cgroup.subtree_control", "+memory");
	TEST_ASSERT(!mkdir(CGROUP, 0755) || errno == EEXIST, "mkdir: errno %i", errno);
	snprintf(text, sizeof(text), "%d", getpid());
	write_file(CGROUP "/cgroup.procs", text);
}

int main(void)
{
	unsigned long paths;
	size_t i;

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(!access(PARAMETERS "sites", F_OK));

	kvm_pin_this_task_to_pcpu(0);
	blocks_read_sizes();
	stage2 = open_node("stage2");
	sites = open_path_or_exit(PARAMETERS "sites", O_RDWR);
	error = open_path_or_exit(PARAMETERS "error", O_RDWR);
	/* What the first read allocates stays until it is closed. */
	read_number(error);
	atexit(fail_no_more);
	let_all_fail();
	enter_cgroup();
	ksft_set_plan(ARRAY_SIZE(calls) + ARRAY_SIZE(ways));

	write_text(sites, "1");
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		test_fail_nth(&calls[i]);
	paths = read_number(sites);
	write_text(sites, "0");
	ksft_test_result(paths >= FEWEST_PATHS, "by %lu paths\n", paths);
	for (i = 1; i < ARRAY_SIZE(ways); i++)
		test_cgroup(&ways[i]);
	ksft_finished();
}
