// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_syscalls - what system calls do to memory that a guest uses
 *
 * Makes each call that walks or pins memory (see calls[]) on each mapping of the test
 * device (see mappings[]), on anonymous memory, for which all of them are meant, with -d
 * on device DAX, and with -g on a file of guest RAM. What a call has to answer follows
 * from a few facts of the mapping; each row names the function of the kernel that decides
 * so. The memory is a VM's. One vCPU uses it all the time, and has to find what it wrote.
 * After each call all data has to be there, and a store of another vCPU has to arrive.
 *
 * Some walkers of 6.12 take each PMD entry for one of a page, and crash the kernel if
 * there is none. They are only tried on the mapping that -p names, and nothing else is.
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device, /dev/ram0, and a kernel
 * with CONFIG_NUMA, KSM, MEMORY_FAILURE, IO_URING, COREDUMP and CROSS_MEMORY_ATTACH. Two
 * NUMA nodes show more than one.
 */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mount.h>

#include <linux/kernel.h>
#include <linux/mempolicy.h>
#include <linux/sizes.h>
#include <linux/userfaultfd.h>

#include "cohmem_blocks.h"
#include "cohmem_calls.h"
#include "cohmem_vm.h"

/* Later than the C library of Debian 12. */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE		25
#endif
#ifndef MADV_SOFT_OFFLINE
#define MADV_SOFT_OFFLINE	101
#endif

#define MAX_INTERRUPTIONS	10
#define TEST_GPA	0x100000000ul
#define SMALL_PAGES	32
#define PATIENCE_S	20

/* The facts of a mapping. The first ones are flags of the VMA. */
#define IO		BIT(0)	/* VM_IO */
#define PFNMAP		BIT(1)	/* VM_PFNMAP */
#define MIXEDMAP	BIT(2)	/* VM_MIXEDMAP */
#define DONTEXPAND	BIT(3)	/* VM_DONTEXPAND */
#define DONTDUMP	BIT(4)	/* VM_DONTDUMP */
#define SHARED		BIT(5)	/* VM_SHARED */
#define DECLARED_FLAG	BIT(6)	/* VM_COHERENT_PFNMAP */
#define ANON		BIT(7)	/* no file is mapped */
#define DAX		BIT(8)	/* the file is a DAX device */
#define PAGES		BIT(9)	/* the leaves are of pages, and not special */
#define NORMAL		BIT(10)	/* vm_normal_page() knows these pages: they are RAM */
#define TWO_NODES	BIT(11)	/* they are RAM, and could be on another node */
#define NO_PAGE_PMD	BIT(12)	/* the leaves are PMD entries, and there are no pages */
#define THP		BIT(13)	/* anonymous memory, with room for a huge page */
#define DONTCOPY	BIT(14)	/* VM_DONTCOPY */
#define FILESYSTEM	BIT(15)	/* the file is one of a file system */

#define SPECIAL		(IO | PFNMAP | MIXEDMAP | DONTEXPAND)	/* VM_SPECIAL */

static const struct {
	const char *name;
	unsigned int fact;
} vma_flags[] = {
	{ "io", IO }, { "pf", PFNMAP }, { "mm", MIXEDMAP }, { "de", DONTEXPAND },
	{ "dd", DONTDUMP }, { "sh", SHARED }, { "cm", DECLARED_FLAG }, { "dc", DONTCOPY },
	/* None of it is ever locked. */
	{ "lo", 0 },
};

/**
 * struct subject - A mapping, and the VM that has it as memory
 * @memory: it
 * @mapping: what the rule is told of it
 * @facts: what its answers follow from
 * @vm: the VM
 * @stored: what the guest has stored last, in the second page
 * @worker: a vCPU that works in the third page while a call is made
 * @stack: of it when it was made
 * @thread: runs it
 * @stop: it is to end
 * @ended: it has, and nobody asked it to
 */
struct subject {
	struct memory memory;
	const struct mapping *mapping;
	unsigned int facts;
	struct guest_vm vm;
	u64 stored;
	struct kvm_vcpu *worker;
	u64 stack;
	pthread_t thread;
	bool stop;
	bool ended;
};

static long look_flags(const struct memory *m, long arg);
static long call_move(const struct memory *m, long arg);

/**
 * struct answer - What a call answers
 * @any: if the mapping has one of these facts
 * @none: or, if it has none of these
 * @result: this
 */
struct answer {
	unsigned int any;
	unsigned int none;
	long result;
};

/**
 * struct call - A call, and what it has to answer
 * @name: for the result
 * @make: makes it
 * @arg: for that
 * @answers: the first one that fits
 * @otherwise: what it answers if none does
 * @pmd: in such mappings the kernel takes each PMD entry for one of a page
 * @looks: the answer is how many of the pages the call has seen
 * @writes: it copies data to the mapping, which a private one does not outlive
 * @loses: the data of anonymous memory is gone then
 * @alone: it finds anonymous memory changed or in use, if a guest works there
 * @harms: the pages are, for ever
 */
static const struct call {
	const char *name;
	long (*make)(const struct memory *m, long arg);
	long arg;
	struct answer answers[3];
	long otherwise;
	unsigned int pmd;
	bool looks;
	bool writes;
	bool loses;
	bool alone;
	bool harms;
} calls[] = {
#define IF(_facts, _result)	{ .any = (_facts), .result = (_result) }
#define UNLESS(_facts, _result)	{ .none = (_facts), .result = (_result) }
#define ADVICE(_advice)		.name = "madvise(MADV_" #_advice ")", .make = call_madvise, \
				.arg = MADV_##_advice

/* check_vma_flags() */
#define GUP(_error)		{ IF(IO | PFNMAP, _error) }
/* gup_fast_pte_range() and gup_fast_pmd_leaf() ask no VMA, the way without them does. */
#define GUP_FAST(_error)	{ UNLESS(PAGES, _error) }

	/* show_smap_vma_flags() */
	{ "VmFlags of smaps", look_flags, .otherwise = SEEN_ALL, .looks = true },
	/* smaps_pte_entry(), smaps_pmd_entry(); walk_page_vma() tests no flag */
	{ "Rss of smaps", look_smaps, .looks = true,
	  .answers = { UNLESS(NORMAL, SEEN_NONE) },
	  .otherwise = SEEN_ALL },
	/* can_gather_numa_stats(), can_gather_numa_stats_pmd() */
	{ "numa_maps", look_numa_maps, .looks = true,
	  .answers = { UNLESS(NORMAL, SEEN_NONE) },
	  .otherwise = SEEN_ALL },
	/* walk_page_test(); pagemap_pmd_range() calls pmd_page() */
	{ "pagemap", look_pagemap, .looks = true,
	  .answers = { IF(PFNMAP, SEEN_NONE) }, .otherwise = SEEN_ALL, .pmd = MIXEDMAP },
	/* pagemap_scan_test_walk() */
	{ "PAGEMAP_SCAN", look_pagemap_scan, .looks = true,
	  .answers = { IF(PFNMAP, SEEN_NONE) }, .otherwise = SEEN_ALL },
	/* walk_page_test(): a hole, and the page cache has nothing: mincore_page() */
	{ "mincore()", look_mincore, .looks = true,
	  .answers = { IF(PFNMAP, SEEN_NONE) }, .otherwise = SEEN_ALL },
	/* dup_mmap(), as it is a child that dumps; vma_dump_size() */
	{ "core dump", look_coredump, .looks = true,
	  .answers = { IF(DONTCOPY, -ENOENT), IF(DONTDUMP, SEEN_NONE) },
	  .otherwise = SEEN_ALL },

	{ "write() from memory", call_read_write },
	{ "read() to memory", call_read_write, 1, .writes = true },
	/* bio_iov_iter_get_pages() */
	{ "O_DIRECT from memory", call_direct_io, .answers = GUP_FAST(-EFAULT) },
	{ "O_DIRECT to memory", call_direct_io, 1, .answers = GUP_FAST(-EFAULT) },
	/* io_pin_pages() */
	{ "io_uring buffer", call_io_uring, .answers = GUP_FAST(-EFAULT) },
	/* iter_to_pipe() */
	{ "vmsplice() from memory", call_vmsplice, .answers = GUP_FAST(-EFAULT) },
	/* pipe_to_user() copies */
	{ "vmsplice() to memory", call_vmsplice, 1, .writes = true },
	/* process_vm_rw_single_vec() */
	{ "process_vm_readv()", call_process_vm, .answers = GUP(-EFAULT) },
	{ "process_vm_writev()", call_process_vm, 1, .answers = GUP(-EFAULT) },
	/* mem_rw(), ptrace_access_vm(): no vm_ops->access */
	{ "/proc/self/mem, read", call_proc_mem, .answers = GUP(-EIO) },
	{ "/proc/self/mem, write", call_proc_mem, 1, .answers = GUP(-EIO) },
	{ "ptrace(PTRACE_PEEKDATA)", call_ptrace, .answers = GUP(-EIO) },
	{ "ptrace(PTRACE_POKEDATA)", call_ptrace, 1, .answers = GUP(-EIO) },
	/* vma_can_userfault() */
	{ "userfaultfd, missing", call_userfaultfd, UFFDIO_REGISTER_MODE_MISSING,
	  .answers = { UNLESS(ANON, -EINVAL) } },
	{ "userfaultfd, write-protected", call_userfaultfd, UFFDIO_REGISTER_MODE_WP,
	  .answers = { IF(SPECIAL, -EINVAL) } },
	/* vma_needs_copy(), copy_present_ptes(), copy_huge_pmd(); wp_page_copy() */
	{ "fork(), and the child writes", call_fork,
	  .answers = { IF(DONTCOPY, -EFAULT), IF(SHARED, 1) } },
	/* mlock_fixup(), __mm_populate() leave alone what they cannot lock */
	{ "mlock2()", call_mlock2 },
	{ "mlock2(MLOCK_ONFAULT)", call_mlock2, MLOCK_ONFAULT },
	/* vfs_fsync_range(): the drivers have no fsync() */
	{ "msync(MS_SYNC)", call_msync, MS_SYNC,
	  .answers = { IF(FILESYSTEM, 0), IF(SHARED, -EINVAL) } },
	/* vma_to_resize(), vma_expandable() */
	{ "mremap(), larger", call_mremap,
	  .answers = { IF(DONTEXPAND | PFNMAP, -EFAULT) }, .otherwise = -ENOMEM },
	{ "mremap(MREMAP_DONTUNMAP)", call_mremap, MREMAP_DONTUNMAP, .alone = true,
	  .answers = { IF(DONTEXPAND | PFNMAP, -EINVAL) } },
	{ "mremap(), away and back", call_move },

	/* madvise_vma_behavior(), if it is no other */
	{ ADVICE(NORMAL) },
	{ ADVICE(RANDOM) },
	{ ADVICE(SEQUENTIAL) },
	/* madvise_willneed(): generic_fadvise() has nothing to do */
	{ ADVICE(WILLNEED) },
	/* madvise_cold(), madvise_pageout(): can_madv_lru_vma(); both call pmd_folio() */
	{ ADVICE(COLD), .answers = { IF(PFNMAP, -EINVAL) }, .pmd = MIXEDMAP },
	{ ADVICE(PAGEOUT), .answers = { IF(PFNMAP, -EINVAL) }, .pmd = MIXEDMAP },
	/* madvise_dontneed_free_valid_vma() */
	{ ADVICE(DONTNEED), .answers = { IF(PFNMAP, -EINVAL) }, .loses = true, .alone = true },
	{ ADVICE(DONTNEED_LOCKED), .answers = { IF(PFNMAP, -EINVAL) }, .loses = true,
	  .alone = true },
	/* the same, madvise_free_single_vma() */
	{ ADVICE(FREE), .answers = { UNLESS(ANON, -EINVAL) }, .loses = true, .alone = true },
	/* madvise_remove(): vfs_fallocate() */
	{ ADVICE(REMOVE), .otherwise = -ENODEV,
	  .answers = { IF(ANON, -EINVAL), UNLESS(SHARED, -EACCES), IF(FILESYSTEM, -EOPNOTSUPP) } },
	/* faultin_page_range(): __get_user_pages() makes EINVAL of it */
	{ ADVICE(POPULATE_READ), .answers = GUP(-EINVAL) },
	{ ADVICE(POPULATE_WRITE), .answers = GUP(-EINVAL) },
	/* ksm_madvise() ignores what vma_ksm_compatible() does not like */
	{ ADVICE(MERGEABLE) },
	{ ADVICE(UNMERGEABLE) },
	/* hugepage_madvise() */
	{ ADVICE(NOHUGEPAGE) },
	{ ADVICE(HUGEPAGE) },
	/* madvise_collapse(): thp_vma_allowable_order() */
	{ ADVICE(COLLAPSE), .answers = { UNLESS(THP, -EINVAL) }, .alone = true },
	{ ADVICE(WIPEONFORK), .answers = { UNLESS(ANON, -EINVAL) } },
	{ ADVICE(KEEPONFORK) },
	{ ADVICE(DONTDUMP) },
	{ ADVICE(DODUMP), .answers = { IF(SPECIAL, -EINVAL) } },
	/* madvise_inject_error(): get_user_pages_fast() */
	{ ADVICE(SOFT_OFFLINE), .answers = GUP_FAST(-EFAULT), .harms = true },
	{ ADVICE(HWPOISON), .answers = GUP_FAST(-EFAULT), .harms = true },

	/* mbind_range() */
	{ "mbind()", call_mbind },
	{ "mbind(MPOL_MF_MOVE), elsewhere", call_mbind, MPOL_MF_MOVE | MBIND_ELSEWHERE },
	/* queue_folios_pte_range() looks for pages, queue_folios_pmd() calls pmd_folio() */
	{ "mbind(MPOL_MF_STRICT)", call_mbind, MPOL_MF_STRICT, .pmd = PFNMAP | MIXEDMAP },
	{ "mbind(MPOL_MF_STRICT), elsewhere", call_mbind, MPOL_MF_STRICT | MBIND_ELSEWHERE,
	  .answers = { IF(TWO_NODES, -EIO) }, .pmd = PFNMAP | MIXEDMAP },
	/* the same, vma_migratable() */
	{ "mbind(MPOL_MF_STRICT | MPOL_MF_MOVE), elsewhere", call_mbind,
	  MPOL_MF_STRICT | MPOL_MF_MOVE | MBIND_ELSEWHERE,
	  .answers = { UNLESS(IO | PFNMAP, 0), IF(TWO_NODES, -EIO) },
	  .pmd = PFNMAP | MIXEDMAP },
	/* do_pages_stat_array() */
	{ "move_pages(), where are they", call_move_pages,
	  .answers = { UNLESS(NORMAL, -ENOENT) } },
	/* add_folio_for_migration(): vma_migratable() */
	{ "move_pages(), elsewhere", call_move_pages, 1,
	  .answers = { IF(IO | PFNMAP | DAX, -EFAULT) } },
	/* migrate_to_node() passes over what is not vma_migratable() */
	{ "migrate_pages()", call_migrate_pages },
	/* lookup_node() */
	{ "get_mempolicy(MPOL_F_NODE | MPOL_F_ADDR)", call_get_mempolicy,
	  .answers = GUP_FAST(-EFAULT) },
	/* clear_refs_test_walk(); clear_refs_pte_range() calls pmd_folio() */
	{ "clear_refs", call_clear_refs, .pmd = MIXEDMAP },
	/* The last ones: what is VM_IO cannot be told the opposite. */
	{ ADVICE(DONTFORK) },
	{ ADVICE(DOFORK), .answers = { IF(IO, -EINVAL) } },
};

static const struct mapping anonymous = {
	"anonymous", FACTS(NORMAL, .linear = true, .mte_allowed = true)
};

static struct mapping dax_mapping = { "device DAX" };
static const char *dax;
static const struct mapping guestram_mapping = {
	"guest RAM", FACTS(NORMAL, .declared = true), .huge = true
};

/* A directory for it. */
static const char *guestram;
/* Only the calls that crash kernels, on the mapping of this name. */
static const char *only;

static struct subject *subject_of(const struct memory *m)
{
	return container_of(m, struct subject, memory);
}

static long look_flags(const struct memory *m, long arg)
{
	unsigned int facts = subject_of(m)->facts, i;
	enum seen seen = SEEN_ALL;

	for (i = 0; i < ARRAY_SIZE(vma_flags); i++) {
		if (smaps_has_flag(m, vma_flags[i].name) == !!(facts & vma_flags[i].fact))
			continue;
		ksft_print_msg("VmFlags has%s \"%s\"\n",
			       facts & vma_flags[i].fact ? " no" : "", vma_flags[i].name);
		seen = SEEN_SOME;
	}
	return seen;
}

/* What the worker does, and what it finds; shared with it. */
static struct {
	u64 addr;
	u64 count;
	u64 wrong;
} work;

static void guest_work(void)
{
	u64 value;

	for (;;) {
		value = guest_load(work.addr);
		if (value != work.count)
			work.wrong = value;
		work.count = value + 1;
		guest_store(work.addr, work.count);
	}
}

static void wake_up(int signal)
{
}

/* Its memory may be elsewhere for a while. */
static void *run_worker(void *arg)
{
	struct subject *s = arg;

	if (sysconf(_SC_NPROCESSORS_CONF) > 1)
		kvm_pin_this_task_to_pcpu(1);
	while (!READ_ONCE(s->stop)) {
		if (__vcpu_run(s->worker) && (errno == EINTR ||
					      is_refusal(s->worker->run, work.addr)))
			continue;
		ksft_print_msg("the worker's exit is %s, errno %d\n",
			       exit_reason_str(s->worker->run->exit_reason), errno);
		WRITE_ONCE(s->ended, true);
		break;
	}
	return NULL;
}

static u64 work_done(const struct subject *s)
{
	return READ_ONCE(*word_at(&s->memory, 2 * blocks.page));
}

static bool work_goes_on(const struct subject *s)
{
	u64 before = work_done(s);
	unsigned int i;

	for (i = 0; i < PATIENCE_S * 1000 && !READ_ONCE(s->ended); i++) {
		if (work_done(s) != before)
			return true;
		usleep(1000);
	}
	ksft_print_msg("a vCPU has stopped to work\n");
	return false;
}

static bool work_begins(struct subject *s)
{
	work.addr = TEST_GPA + 2 * blocks.page;
	work.count = work_done(s);
	work.wrong = 0;
	sync_global_to_guest(s->vm.vm, work);
	/* It may have been stopped anywhere. */
	vcpu_restart(s->worker, guest_work, s->stack);
	s->stop = false;
	s->ended = false;
	s->worker->run->immediate_exit = 0;
	TEST_ASSERT(!pthread_create(&s->thread, NULL, run_worker, s), "no thread");
	return work_goes_on(s);
}

static bool work_ends(struct subject *s)
{
	bool ok = work_goes_on(s);

	WRITE_ONCE(s->stop, true);
	WRITE_ONCE(s->worker->run->immediate_exit, 1);
	pthread_kill(s->thread, SIGUSR1);
	pthread_join(s->thread, NULL);
	sync_global_from_guest(s->vm.vm, work);
	if (work.wrong)
		ksft_print_msg("a vCPU has found %#lx, which it did not write\n", work.wrong);
	return ok && !work.wrong;
}

/* Can a vCPU write there all the time? A fork() write-protects what is private. */
static bool can_work(const struct subject *s, const struct call *call)
{
	return outcome_of(s->mapping, false) == DONE && !s->mapping->private &&
	       !(call->alone && s->facts & ANON);
}

/*
 * The guest goes on, and gets what it should. The kernel finishes some calls later, as
 * io_uring's, and KVM_RUN ends with EINTR for that.
 */
static bool guest_still_gets(struct subject *s, enum guest_op op, u64 gpa, u64 value,
			     enum guest_outcome wanted)
{
	enum guest_outcome got = STUCK;
	unsigned int tries;

	for (tries = 0; tries < MAX_INTERRUPTIONS && got == STUCK; tries++)
		got = guest_do(&s->vm, op, gpa, value);
	if (got != wanted)
		ksft_print_msg("at %#lx: %s (errno %d), not: %s\n", gpa, guest_outcomes[got],
			       errno, guest_outcomes[wanted]);
	return got == wanted;
}

/* What the guest and its VMM find, and what they write. */
static bool goes_on(struct subject *s)
{
	const struct memory *m = &s->memory;
	size_t last = m->size - 2 * blocks.page;
	enum guest_outcome loads = outcome_of(s->mapping, false);
	bool ok = memory_is_right(m);

	/* After a fork() the guest may write to this only when its VMM has. */
	if (s->mapping->copied)
		memory_rewrite(m);
	if (!ok)
		ksft_print_msg("the VMM finds other data\n");
	ok &= guest_still_gets(s, LOAD, TEST_GPA, 0, loads) &&
	      (loads == REFUSED || guest_report.value == word_of(0));
	ok &= guest_still_gets(s, LOAD, TEST_GPA + last, 0, loads) &&
	      (loads == REFUSED || guest_report.value == word_of(last));
	/* A store would copy a private mapping. */
	if (loads == REFUSED || (s->mapping->private && !s->mapping->copied))
		return ok;
	ok &= READ_ONCE(*word_at(m, blocks.page)) == s->stored;
	s->stored++;
	ok &= guest_still_gets(s, STORE, TEST_GPA + blocks.page, s->stored, DONE);
	return ok & (READ_ONCE(*word_at(m, blocks.page)) == s->stored);
}

/* The guest has nothing as long as its memory is elsewhere. */
static long call_move(const struct memory *m, long arg)
{
	struct subject *s = subject_of(m);
	void *home = m->at;
	bool ok;

	memory_move(&s->memory, m->spare);
	ok = memory_is_right(m) && guest_still_gets(s, LOAD, TEST_GPA, 0, REFUSED);
	memory_move(&s->memory, home);
	memory_reserve(m->spare, m->size);
	return ok ? 0 : -ENODATA;
}

static bool can_declare(void)
{
	struct testdev_info info;
	int fd = open_node("declared");

	TEST_ASSERT(!ioctl(fd, TESTDEV_INFO, &info), "info: errno %i", errno);
	close(fd);
	return info.can_declare;
}

static unsigned int facts_of(const struct mapping *mapping)
{
	/* remap_pfn_range() sets these, or the device's mmap handler does. */
	unsigned int facts = IO | DONTEXPAND | DONTDUMP;

	if (mapping == &dax_mapping)
		return SHARED | DAX | PAGES;
	if (mapping == &guestram_mapping)
		facts |= DONTCOPY | FILESYSTEM;
	if (mapping == &anonymous)
		facts = ANON | PAGES | NORMAL | (blocks.pmd == SZ_2M ? THP : 0);
	else
		facts |= mapping->mixed ? MIXEDMAP : PFNMAP;
	if (mapping->facts.declared && can_declare())
		facts |= DECLARED_FLAG;
	if (mapping->huge)
		facts |= NO_PAGE_PMD;
	if (mapping->copied)
		facts |= PAGES | NORMAL;
	if (mapping != &anonymous && !mapping->private)
		facts |= SHARED;
	if (facts & NORMAL && numa_nodes() > 1)
		facts |= TWO_NODES;
	return facts;
}

/* A file that goes with its mapping. */
static void map_guestram(const struct memory *m)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/cohmem_syscalls", guestram);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	TEST_ASSERT(fd >= 0 && !ftruncate(fd, m->size), "%s: errno %i", path, errno);
	TEST_ASSERT(mmap(m->at, m->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
			 0) == m->at, "mmap() of %s: errno %i", path, errno);
	close(fd);
	unlink(path);
}

/* Over the anonymous memory of the memslot: it may be memory that none is made for. */
static void map_over(struct subject *s)
{
	const struct mapping *mapping = s->mapping;
	struct memory *m = &s->memory, seeded = *m;
	char path[64];
	int fd;

	if (mapping == &dax_mapping) {
		snprintf(path, sizeof(path), "/dev/%s", dax);
		fd = open_path_or_exit(path, O_RDWR);
		TEST_ASSERT(mmap(m->at, m->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
				 fd, 0) == m->at, "mmap() of %s: errno %i", path, errno);
		close(fd);
	} else if (mapping == &guestram_mapping) {
		map_guestram(m);
	} else if (mapping != &anonymous) {
		map_node(m->at, m->size, mapping_node(mapping), 0, PROT_READ | PROT_WRITE,
			 MAP_FIXED | (mapping->private ? MAP_PRIVATE : MAP_SHARED));
	}
	/* A private one would be copied. */
	if (mapping->private && !mapping->copied) {
		seeded.at = map_node(NULL, m->size, "undeclared", 0, PROT_READ | PROT_WRITE,
				     MAP_SHARED);
		memory_fill(&seeded);
		munmap(seeded.at, m->size);
		return;
	}
	memory_fill(m);
	s->stored = word_of(blocks.page);
}

static bool is_large(const struct mapping *mapping)
{
	return mapping->huge || mapping == &dax_mapping ||
	       (mapping == &anonymous && blocks.pmd == SZ_2M);
}

/*
 * The mapping lies alone in reserved memory: what follows it cannot merge with it, and it
 * cannot grow.
 */
static void subject_make(struct subject *s, const struct mapping *mapping)
{
	size_t size = is_large(mapping) ? blocks.pmd : SMALL_PAGES * blocks.page;
	void *room = align_ptr_up(map_anonymous(5 * blocks.pmd), blocks.pmd);
	void *at = room + blocks.pmd;

	memory_reserve(room, 4 * blocks.pmd);
	memset(s, 0, sizeof(*s));
	s->mapping = mapping;
	s->facts = facts_of(mapping);
	s->memory = (struct memory) { at, size, room + 3 * blocks.pmd };
	TEST_ASSERT(mmap(at, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at,
		    "mmap(): errno %i", errno);

	guest_vm_create(&s->vm, false);
	s->worker = vm_vcpu_add(s->vm.vm, 1, guest_work);
	vcpu_init_descriptor_tables(s->worker);
	s->stack = vcpu_stack(s->worker);
	/* What the guest uses: there is no room for the tables of more. */
	guest_vm_map(&s->vm, TEST_GPA, 3 * blocks.page);
	guest_vm_map(&s->vm, TEST_GPA + size - 2 * blocks.page, blocks.page);
	TEST_ASSERT(!set_memslot_flags(s->vm.vm, TEST_SLOT, 0, TEST_GPA, size, at),
		    "memslot: errno %i", errno);
	map_over(s);
}

static void subject_free(struct subject *s)
{
	kvm_vm_free(s->vm.vm);
	munmap(s->memory.at - blocks.pmd, 4 * blocks.pmd);
}

static long expected(const struct call *call, unsigned int facts)
{
	const struct answer *a;

	for (a = call->answers; a < call->answers + ARRAY_SIZE(call->answers); a++)
		if (facts & a->any || (a->none && !(facts & a->none)))
			return a->result;
	return call->otherwise;
}

static const char *in_words(const struct call *call, long answer)
{
	static const char * const pages[] = {
		[SEEN_NONE] = "no page", [SEEN_ALL] = "all pages",
		[SEEN_SOME] = "not all pages",
	};

	if (answer < 0)
		return strerrorname_np(-answer) ?: "an unknown error";
	if (call->looks)
		return pages[answer];
	return answer ? "works, and is seen" : "works";
}

/* Is this call for this mapping, in this run? */
static bool is_meant(const struct call *call, const struct mapping *mapping)
{
	unsigned int facts = facts_of(mapping);
	bool crashes = facts & NO_PAGE_PMD && facts & call->pmd;

	if (only)
		return crashes && !strcmp(only, mapping->name);
	if (call->harms && facts & PAGES)
		return false;
	return !crashes && !(call->writes && mapping->private && !mapping->copied);
}

static void test_call(struct subject *s, const struct call *call)
{
	long wanted = expected(call, s->facts), got;
	bool works = can_work(s, call), ok;

	/*
	 * A fork() has write-protected what was copied, and only the way that asks the VMA
	 * would undo that.
	 */
	if (s->mapping->copied)
		memory_rewrite(&s->memory);
	ok = !works || work_begins(s);
	got = call->make(&s->memory, call->arg);
	ok &= !works || work_ends(s);
	if (got != wanted)
		ksft_print_msg("is: %s\n", in_words(call, got));
	ok &= got == wanted;
	if (call->loses && s->facts & ANON) {
		memory_fill(&s->memory);
		s->stored = word_of(blocks.page);
	}
	ok &= goes_on(s);
	ksft_test_result(ok, "%s: %s: %s\n", s->mapping->name, call->name,
			 in_words(call, wanted));
}

static unsigned int count_calls(const struct mapping *mapping)
{
	unsigned int i, count = 0;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		count += is_meant(&calls[i], mapping);
	return count;
}

static void test_mapping(const struct mapping *mapping)
{
	struct subject s;
	unsigned int i;

	if (!count_calls(mapping))
		return;
	subject_make(&s, mapping);
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (is_meant(&calls[i], mapping))
			test_call(&s, &calls[i]);
	subject_free(&s);
}

static void help(const char *name, int status)
{
	puts("");
	printf("Usage: %s [-h] [-d DEVICE] [-g DIRECTORY] [-p MAPPING]\n", name);
	puts("");
	printf(" -h: print this.\n");
	printf(" -d: name of a device DAX, on which calls are to be made, too.\n");
	printf(" -g: mount guestramfs there, and make calls on a file of it, too.\n");
	printf(" -p: make only the calls that can crash kernels, on this mapping.\n");
	puts("");
	exit(status);
}

int main(int argc, char *argv[])
{
	const struct mapping *all[nr_mappings + 3];
	unsigned int plan = 0;
	size_t count = 0, i;
	int opt;

	while ((opt = getopt(argc, argv, "hd:g:p:")) != -1) {
		switch (opt) {
		case 'd':
			dax = optarg;
			break;
		case 'g':
			guestram = optarg;
			break;
		case 'p':
			only = optarg;
			break;
		default:
			help(argv[0], opt == 'h' ? KSFT_PASS : KSFT_FAIL);
		}
	}

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));

	signal(SIGUSR1, wake_up);
	kvm_pin_this_task_to_pcpu(0);
	blocks_read_sizes();
	read_machine(false);
	ksft_print_msg("%u NUMA nodes\n", numa_nodes());

	all[count++] = &anonymous;
	for (i = 0; i < nr_mappings; i++)
		all[count++] = &mappings[i];
	if (dax) {
		dax_mapping.facts.linear = test_machine.policy != COHMEM_POLICY_OFF;
		all[count++] = &dax_mapping;
	}
	if (guestram) {
		TEST_ASSERT((!mkdir(guestram, 0755) || errno == EEXIST) &&
			    !mount("none", guestram, "guestramfs", 0, NULL),
			    "guestramfs in %s: errno %i", guestram, errno);
		all[count++] = &guestram_mapping;
	}
	for (i = 0; i < count; i++)
		plan += count_calls(all[i]);
	TEST_ASSERT(plan, "there is nothing to do for -p %s", only);
	ksft_set_plan(plan);
	for (i = 0; i < count; i++)
		test_mapping(all[i]);
	if (guestram)
		umount2(guestram, MNT_DETACH);
	ksft_finished();
}
