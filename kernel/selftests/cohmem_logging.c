// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_logging - what KVM's dirty log says of memory that is mapped by blocks
 *
 * The memory is ordinary: transparent huge pages. First with the dirty ring as the
 * VM's only log. Each page that the guest writes to is in the ring, and no other:
 * pages of a block that was writable before, pages that were mapped while logging
 * was on, and pages of a VM in which all pages count as dirty at first
 * (KVM_DIRTY_LOG_INITIALLY_SET), which only a bitmap could say. Then with the bitmap: a
 * guest executes in many blocks, each of which becomes a table then, and the kernel has
 * no complaint. On CPUs with CTR_EL0.DIC, blocks are executable from the start, so
 * that none becomes a table.
 */
#include <fcntl.h>

#include <linux/bitmap.h>
#include <linux/sizes.h>

#include "cohmem_log.h"

#define TEST_GPA	0x100000000ul
/* More than a vCPU's memcache has pages: KVM_ARCH_NR_OBJS_PER_MEMORY_CACHE. */
#define NR_EXECUTED	48
#define NR_PAGES	16

static size_t page, block;

/* Populated, by huge pages. */
static void *map_huge(size_t size)
{
	void *mem = align_ptr_up(map_anonymous(size + block), block);
	size_t at;

	TEST_ASSERT(!madvise(mem, size, MADV_HUGEPAGE), "madvise(): errno %i", errno);
	for (at = 0; at < size; at += block)
		WRITE_ONCE(*(u64 *)(mem + at), at);
	return mem;
}

static bool set_slot(struct guest_vm *t, u32 flags, size_t size, void *mem)
{
	int err = set_memslot_flags(t->vm, TEST_SLOT, flags, TEST_GPA, size, mem);

	return check(!err, "memslot with flags %#x (errno %d)", flags, err);
}

/* Exactly these pages of the memslot have been put into the ring since the last time. */
static bool ring_is(struct log_vm *l, unsigned long wanted)
{
	size_t nr = block / page;
	unsigned long *pages = bitmap_zalloc(nr);
	bool ok = log_read(l, pages, nr);

	ok &= check(pages[0] == wanted && log_count(pages, nr) == log_count(&wanted, 64),
		    "pages %#lx in the ring (%#lx)", wanted, pages[0]);
	free(pages);
	return ok;
}

static bool store(struct guest_vm *t, unsigned int nr, u64 value)
{
	return guest_gets(t, STORE, TEST_GPA + nr * page, value, DONE);
}

static bool load(struct guest_vm *t, unsigned int nr)
{
	return guest_gets(t, LOAD, TEST_GPA + nr * page, 0, DONE);
}

static bool stage2_is(struct guest_vm *t, unsigned int nr, size_t size, bool write)
{
	struct s2_entry e = s2_entry_at(t->vm, TEST_GPA + nr * page);

	return check(e.block == size && e.write == write,
		     "page %u: block of %#zx, write %d (%#zx, %d)", nr, size, write,
		     e.block, e.write);
}

static bool test_block(struct log_vm *l)
{
	struct guest_vm *t = &l->t;
	void *mem = map_huge(block);
	bool ok;

	ok = set_slot(t, 0, block, mem) && store(t, 0, 1) &&
	     stage2_is(t, 0, block, true) && ring_is(l, 0);
	ok &= set_slot(t, KVM_MEM_LOG_DIRTY_PAGES, block, mem) &&
	      stage2_is(t, 0, block, false);
	ok &= store(t, 3, 2) && stage2_is(t, 3, page, true) && ring_is(l, BIT(3)) &&
	      stage2_is(t, 3, page, false);
	ok &= store(t, 4, 3) && store(t, 5, 4) && ring_is(l, BIT(4) | BIT(5));
	ok &= store(t, 4, 5) && load(t, 6) && ring_is(l, BIT(4));
	/* What is not logged any more is not in the ring either. */
	return ok & (set_slot(t, 0, block, mem) && store(t, 7, 6) && ring_is(l, 0));
}

static bool test_mapped_while_logged(struct log_vm *l)
{
	struct guest_vm *t = &l->t;
	void *mem = map_huge(block);
	bool ok;

	ok = set_slot(t, KVM_MEM_LOG_DIRTY_PAGES, block, mem);
	ok &= load(t, 1) && stage2_is(t, 1, page, false) && ring_is(l, 0);
	ok &= store(t, 1, 1) && ring_is(l, BIT(1));
	ok &= store(t, 2, 2) && stage2_is(t, 2, page, true) && ring_is(l, BIT(2));
	return ok;
}

static bool test_initially_set(struct log_vm *l)
{
	struct guest_vm *t = &l->t;
	void *mem = map_huge(block);
	bool ok;

	vm_enable_cap(t->vm, KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2,
		      KVM_DIRTY_LOG_MANUAL_PROTECT_ENABLE |
		      KVM_DIRTY_LOG_INITIALLY_SET);
	ok = set_slot(t, 0, block, mem) && store(t, 0, 1) &&
	     stage2_is(t, 0, block, true);
	ok &= set_slot(t, KVM_MEM_LOG_DIRTY_PAGES, block, mem) &&
	      stage2_is(t, 0, block, false);
	return ok & (store(t, 0, 2) && store(t, 8, 3) && ring_is(l, BIT(0) | BIT(8)));
}

/* Whether the kernel has not complained since @kmsg was opened. */
static bool kernel_is_content(int kmsg)
{
	char line[1024];
	bool content = true;
	ssize_t len;

	for (;;) {
		len = read(kmsg, line, sizeof(line) - 1);
		/* Some are lost if many come; one may be longer than a line of ours. */
		if (len < 0 && (errno == EPIPE || errno == EINVAL))
			continue;
		if (len < 0)
			return content;
		line[len] = '\0';
		if (strstr(line, "WARNING: "))
			content = check(false, "no complaint: %.*s",
					(int)strcspn(line, "\n"), line);
	}
}

/* The block at @nr has code in its first page, and has been written to by the guest. */
static void prepare_block(struct guest_vm *t, void *mem, unsigned int nr)
{
	u32 *code = mem + nr * block + CODE;

	WRITE_ONCE(code[0], INSN_MOV_X0_42);
	WRITE_ONCE(code[1], INSN_RET);
	guest_vm_map(t, TEST_GPA + nr * block, page);
}

static bool test_executed(struct log_vm *l)
{
	struct guest_vm *t = &l->t;
	size_t size = NR_EXECUTED * block;
	void *mem = map_huge(size);
	unsigned int nr;
	struct s2_entry e;
	bool ok;
	int kmsg;

	kmsg = open_path_or_exit("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	lseek(kmsg, 0, SEEK_END);
	ok = set_slot(t, 0, size, mem);
	for (nr = 0; nr < NR_EXECUTED; nr++) {
		prepare_block(t, mem, nr);
		ok &= guest_gets(t, STORE, TEST_GPA + nr * block, nr, DONE) &&
		      stage2_is(t, nr * (block / page), block, true);
	}
	ok &= set_slot(t, KVM_MEM_LOG_DIRTY_PAGES, size, mem);
	for (nr = 0; nr < NR_EXECUTED; nr++)
		ok &= guest_gets(t, CALL, TEST_GPA + nr * block, 0, DONE);
	for (nr = 0; nr < NR_EXECUTED; nr++) {
		e = s2_entry_at(t->vm, TEST_GPA + nr * block);
		ok &= check(e.block && e.exec && !e.write,
			    "block %u is executable and read-only", nr);
	}
	ok &= kernel_is_content(kmsg);
	close(kmsg);
	munmap(mem, size);
	return ok;
}

static const struct {
	const char *name;
	bool (*run)(struct log_vm *l);
	enum log_mode mode;
} tests[] = {
	{ "the ring alone logs the pages of a block one by one", test_block,
	  LOG_RING },
	{ "the ring alone logs what is mapped while it logs", test_mapped_while_logged,
	  LOG_RING },
	{ "the ring alone logs what was writable, though all is set initially",
	  test_initially_set, LOG_RING },
	{ "a guest executes in many blocks that are logged", test_executed,
	  LOG_BITMAP },
};

int main(void)
{
	struct log_vm l;
	size_t i;
	bool ok;

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(kvm_has_cap(KVM_CAP_DIRTY_LOG_RING_ACQ_REL));

	page = getpagesize();
	block = page * page / sizeof(u64);
	/* 48 blocks of 512 MiB are more than a machine has. */
	TEST_REQUIRE(page == SZ_4K);
	kvm_pin_this_task_to_pcpu(0);

	ksft_set_plan(ARRAY_SIZE(tests));
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		log_vm_create(&l, tests[i].mode);
		guest_vm_map(&l.t, TEST_GPA, NR_PAGES * page);
		ok = tests[i].run(&l);
		kvm_vm_free(l.t.vm);
		ksft_test_result(ok, "%s\n", tests[i].name);
	}
	ksft_finished();
}
