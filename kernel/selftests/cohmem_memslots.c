// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_memslots - what a VMM may do with memslots over memory without struct pages
 *
 * One memslot over mappings of many kinds and a hole; memory mapped over what a
 * memslot was made for, while that is logged or not; blocks that are logged; memslots
 * moved, deleted, read-only; private mappings that are copied; the same memory twice
 * in a VM, and in two VMs; MTE enabled when the memslot is there. After each step the
 * guest has to find what the rule says of the mapping that is there then, with the
 * right contents, and stage 2 has to have it so, by its descriptors. Pages that nobody can
 * reference are for the guest, and for no other look-up of KVM's.
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device.
 */
#include <linux/bits.h>
#include <linux/sizes.h>

#include "cohmem_vm.h"

#define TEST_GPA	0x100000000ul
#define MOVED_GPA	0x180000000ul
#define NR_PAGES	32
/* Of include/linux/kernel-page-flags.h. */
#define KPF_ARCH_2	41

static size_t page;
/* The smallest block. */
static size_t block;
static size_t test_size;

/* RAM, as any VM has. */
static const struct mapping anonymous = {
	"anonymous", FACTS(NORMAL, .linear = true, .mte_allowed = true)
};

static u64 seed_of(u64 at)
{
	return 0xc0de000000000000ul + at;
}

/* Pages of the device, or of RAM, through another mapping than the test's. */
static void *seed_memory(const char *node)
{
	u64 *mem = map_node(NULL, test_size, node, 0, PROT_READ | PROT_WRITE,
			    MAP_SHARED);
	u64 at;

	for (at = 0; at < NR_PAGES * page; at += page) {
		u32 *code = (void *)mem + at + CODE;

		WRITE_ONCE(*(u64 *)((void *)mem + at), seed_of(at));
		WRITE_ONCE(code[0], INSN_MOV_X0_42);
		WRITE_ONCE(code[1], INSN_RET);
	}
	return mem;
}

static void *map_like_at(void *addr, size_t size, const struct mapping *mapping, u64 at,
			 int prot)
{
	return map_node(addr, size, mapping_node(mapping), at, prot, MAP_FIXED |
			(mapping->private ? MAP_PRIVATE : MAP_SHARED));
}

static void *map_like(void *addr, const struct mapping *mapping)
{
	return map_like_at(addr, test_size, mapping, 0, PROT_READ | PROT_WRITE);
}

static void *map_aligned(size_t size)
{
	return align_ptr_up(map_anonymous(size + block), block);
}

static void make_vm(struct guest_vm *t)
{
	guest_vm_create(t, test_machine.vm_mte);
	guest_vm_map(t, TEST_GPA, NR_PAGES * page);
	guest_vm_map(t, MOVED_GPA, NR_PAGES * page);
}

static int set_slot(struct guest_vm *t, u32 flags, u64 gpa, size_t size, void *mem)
{
	return set_memslot_flags(t->vm, TEST_SLOT, flags, gpa, size, mem);
}

static bool nothing_at(struct guest_vm *t, u64 gpa)
{
	struct s2_entry e = s2_entry_at(t->vm, gpa);

	return check(!e.block, "nothing in stage 2 at %#lx", gpa);
}

/* The guest finds at @gpa what the VMM has at @hva, mapped as @mapping. */
static bool page_is(struct guest_vm *t, u64 gpa, const struct mapping *mapping,
		    const void *hva)
{
	enum guest_outcome loads = outcome_of(mapping, false);
	u64 value = READ_ONCE(*(u64 *)hva);
	struct s2_entry e;
	bool ok;

	ok = guest_gets(t, LOAD, gpa, 0, loads);
	if (loads == REFUSED)
		return ok & nothing_at(t, gpa);

	ok &= check(guest_report.value == value, "load at %#lx gets %#lx (%#lx)", gpa,
		    value, guest_report.value);
	e = s2_entry_at(t->vm, gpa);
	ok &= check(e.block && e.type == s2_type_of(decide(mapping, false).verdict),
		    "%s in stage 2 at %#lx as of %s (%s)",
		    s2_type_name(s2_type_of(decide(mapping, false).verdict)), gpa,
		    mapping->name, s2_type_name(e.type));
	/* Anonymous memory has no code. */
	if (mapping != &anonymous)
		ok &= guest_gets(t, CALL, gpa, 0, outcome_of(mapping, true));
	return ok;
}

#define HOLE	3

static const struct mapping * const mixture[] = {
	&anonymous, &mappings[DECLARED], &mappings[UNDECLARED], [HOLE] = NULL,
	&mappings[NC_ANY], &mappings[RAM], &mappings[DECLARED],
};

static void map_mixture(void *mem)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mixture); i++) {
		if (!mixture[i])
			munmap(mem + i * page, page);
		else if (mixture[i] != &anonymous)
			map_like_at(mem + i * page, page, mixture[i], i * page,
				    PROT_READ | PROT_WRITE);
	}
}

static bool test_mixture(struct guest_vm *t)
{
	void *mem = map_anonymous(test_size), *hole = mem + HOLE * page;
	int wanted = 0;
	bool ok;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(mixture); i++)
		if (mixture[i] && memslot_refused(mixture[i], true))
			wanted = EINVAL;
	map_mixture(mem);
	ok = check(set_slot(t, 0, TEST_GPA, test_size, mem) == wanted,
		   "errno %d for the memslot", wanted);
	if (wanted) {
		/* One of other memory can still have all that mapped over it. */
		mem = map_anonymous(test_size);
		hole = mem + HOLE * page;
		ok &= check(!set_slot(t, 0, TEST_GPA, test_size, mem), "memslot");
		map_mixture(mem);
	}
	for (i = 0; i < ARRAY_SIZE(mixture); i++)
		ok &= mixture[i] ?
		      page_is(t, TEST_GPA + i * page, mixture[i], mem + i * page) :
		      guest_gets(t, LOAD, TEST_GPA + i * page, 0, REFUSED);
	/* A hole is one as long as nothing is there. */
	map_like_at(hole, page, &mappings[DECLARED], hole - mem, PROT_READ | PROT_WRITE);
	ok &= page_is(t, TEST_GPA + (hole - mem), &mappings[DECLARED], hole);
	munmap(hole, page);
	ok &= nothing_at(t, TEST_GPA + (hole - mem));
	return ok & guest_gets(t, LOAD, TEST_GPA + (hole - mem), 0, REFUSED);
}

static bool test_mapped_over(struct guest_vm *t)
{
	void *mem = map_anonymous(test_size);
	size_t i;
	bool ok;

	ok = check(!set_slot(t, 0, TEST_GPA, test_size, mem), "memslot");
	ok &= page_is(t, TEST_GPA, &anonymous, mem);
	for (i = 0; i < nr_mappings; i++) {
		if (mappings[i].copied)
			continue;
		map_like(mem, &mappings[i]);
		ok &= nothing_at(t, TEST_GPA);
		ok &= page_is(t, TEST_GPA, &mappings[i], mem);
	}
	ok &= check(mmap(mem, test_size, PROT_READ | PROT_WRITE, MAP_PRIVATE |
			 MAP_ANONYMOUS | MAP_FIXED, -1, 0) == mem, "mmap");
	ok &= nothing_at(t, TEST_GPA);
	return ok & page_is(t, TEST_GPA, &anonymous, mem);
}

/* Exactly these pages have been written to since the last time. */
static bool dirty_is(struct guest_vm *t, u64 wanted)
{
	static u64 bitmap[256];
	size_t i;
	bool ok;

	memset(bitmap, 0, sizeof(bitmap));
	kvm_vm_get_dirty_log(t->vm, TEST_SLOT, bitmap);
	ok = check(bitmap[0] == wanted, "dirty pages %#lx (%#lx)", wanted, bitmap[0]);
	for (i = 1; i < ARRAY_SIZE(bitmap); i++)
		ok &= check(!bitmap[i], "no more dirty pages");
	return ok;
}

static bool stage2_is(struct guest_vm *t, unsigned int nr, size_t size, bool write)
{
	struct s2_entry e = s2_entry_at(t->vm, TEST_GPA + nr * page);

	return check(e.block == size && e.write == write,
		     "page %u: block of %#zx, write %d (%#zx, %d)", nr, size, write,
		     e.block, e.write);
}

/* Memory that comes under a memslot that logs. */
static bool logged(struct guest_vm *t, const struct mapping *mapping)
{
	bool normal = decide(mapping, false).verdict == COHMEM_NORMAL;
	void *mem = map_aligned(test_size);
	u64 gpa = TEST_GPA;
	bool ok;

	ok = check(!set_slot(t, KVM_MEM_LOG_DIRTY_PAGES, gpa, test_size, mem),
		   "memslot");
	ok &= guest_gets(t, STORE, gpa, 1, DONE) && dirty_is(t, BIT(0));
	map_like(mem, mapping);
	/* Whoever ends a migration can. */
	if (outcome_of(mapping, false) == REFUSED)
		return ok & guest_gets(t, LOAD, gpa, 0, REFUSED) &
		       check(!set_slot(t, 0, gpa, test_size, mem), "logging stops");

	ok &= nothing_at(t, gpa) && page_is(t, gpa + 2 * page, mapping, mem + 2 * page);
	/* What is not cacheable is written to from the beginning, as stock. */
	ok &= stage2_is(t, 2, normal && block <= test_size ? block : page, !normal) &&
	      dirty_is(t, normal ? 0 : BIT(2));
	ok &= guest_gets(t, STORE, gpa + 3 * page, 3, DONE) &&
	      stage2_is(t, 3, page, true) && dirty_is(t, BIT(3)) &&
	      stage2_is(t, 3, page, false);
	ok &= guest_gets(t, STORE, gpa + 3 * page, 4, DONE) && dirty_is(t, BIT(3)) &&
	      page_is(t, gpa + 3 * page, mapping, mem + 3 * page);
	ok &= check(READ_ONCE(*(u64 *)(mem + 3 * page)) == 4, "4 is written");

	ok &= check(!set_slot(t, 0, gpa, test_size, mem), "logging stops");
	ok &= guest_gets(t, STORE, gpa + 2 * page, 5, DONE) &&
	      page_is(t, gpa + 2 * page, mapping, mem + 2 * page);
	ok &= check(set_slot(t, KVM_MEM_LOG_DIRTY_PAGES, gpa, test_size, mem) ==
		    (normal ? 0 : EINVAL), "logging from now on only if it is cacheable");
	return ok & page_is(t, gpa, mapping, mem);
}

static bool test_logged(struct guest_vm *t)
{
	return logged(t, &mappings[DECLARED]);
}

static bool test_logged_refused(struct guest_vm *t)
{
	return logged(t, &mappings[TAGGED]);
}

static bool test_logged_uncached(struct guest_vm *t)
{
	return logged(t, &mappings[NC_ANY]);
}

/* VM_MIXEDMAP may be logged; by then stage 2 has blocks of it. */
static bool logged_blocks(struct guest_vm *t, const struct mapping *mapping, bool eager)
{
	void *mem = map_aligned(test_size);
	u64 gpa = TEST_GPA, at;
	bool ok = true;

	if (eager)
		vm_enable_cap_early(t->vm, KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE, block);
	ok &= check(!set_slot(t, 0, gpa, test_size, mem), "memslot");
	map_like(mem, mapping);
	for (at = 0; at < test_size; at += page)
		READ_ONCE(*(u64 *)(mem + at));
	ok &= page_is(t, gpa + page, mapping, mem + page);
	if (outcome_of(mapping, false) == REFUSED)
		return ok;

	ok &= stage2_is(t, 1, block, true);
	ok &= check(!set_slot(t, KVM_MEM_LOG_DIRTY_PAGES, gpa, test_size, mem),
		    "logging begins");
	ok &= dirty_is(t, 0) && stage2_is(t, 1, eager ? page : block, false);
	ok &= page_is(t, gpa + page, mapping, mem + page);
	ok &= guest_gets(t, STORE, gpa + 5 * page, 5, DONE) &&
	      stage2_is(t, 5, page, true) && dirty_is(t, BIT(5)) &&
	      page_is(t, gpa + 5 * page, mapping, mem + 5 * page);
	ok &= page_is(t, gpa + 6 * page, mapping, mem + 6 * page) &&
	      stage2_is(t, 6, page, false);
	ok &= check(!set_slot(t, 0, gpa, test_size, mem), "logging stops");
	ok &= guest_gets(t, STORE, gpa + 6 * page, 6, DONE);
	ok &= check(READ_ONCE(*(u64 *)(mem + 5 * page)) == 5 &&
		    READ_ONCE(*(u64 *)(mem + 6 * page)) == 6, "5 and 6 are written");
	return ok;
}

static bool test_logged_blocks(struct guest_vm *t)
{
	return logged_blocks(t, &mappings[MIXED], false);
}

/* What a store splits keeps its memory type, too. */
static bool test_logged_uncached_blocks(struct guest_vm *t)
{
	return logged_blocks(t, &mappings[MIXED_NC], false);
}

static bool test_split_blocks(struct guest_vm *t)
{
	return logged_blocks(t, &mappings[MIXED], true);
}

/* What is split keeps its memory type. */
static bool test_split_uncached(struct guest_vm *t)
{
	return logged_blocks(t, &mappings[MIXED_NC], true);
}

static bool test_split_device(struct guest_vm *t)
{
	return logged_blocks(t, &mappings[MIXED_DEVICE], true);
}

static bool test_moved(struct guest_vm *t)
{
	const struct mapping *mapping = &mappings[LAZY];
	void *mem = map_anonymous(test_size), *other = map_anonymous(test_size);
	bool ok;

	ok = check(!set_slot(t, 0, TEST_GPA, test_size, mem), "memslot");
	map_like(mem, mapping);
	ok &= page_is(t, TEST_GPA, mapping, mem);
	/* Nothing that could be refused is present, but to a VM with MTE. */
	munmap(other, test_size);
	ok &= check(!set_memslot_flags(t->vm, TEST_SLOT + 1, 0, MOVED_GPA, page,
				       other), "another memslot");
	ok &= check(set_slot(t, 0, MOVED_GPA - page, test_size, mem) == EEXIST,
		    "no move over another memslot");
	ok &= page_is(t, TEST_GPA, mapping, mem);
	ok &= check(!set_memslot_flags(t->vm, TEST_SLOT + 1, 0, MOVED_GPA, 0, other),
		    "the other one is deleted");
	if (memslot_refused(mapping, true))
		return ok & check(set_slot(t, 0, MOVED_GPA, test_size, mem) == EINVAL,
				  "no move");

	ok &= check(!set_slot(t, 0, MOVED_GPA, test_size, mem), "move");
	ok &= nothing_at(t, TEST_GPA) && guest_gets(t, LOAD, TEST_GPA, 0, MMIO) &&
	      guest_gets(t, CALL, TEST_GPA, 0, NO_EXEC);
	ok &= page_is(t, MOVED_GPA, mapping, mem) &&
	      guest_gets(t, STORE, MOVED_GPA, 7, DONE);
	ok &= check(!set_slot(t, 0, TEST_GPA, test_size, mem), "move back");
	ok &= nothing_at(t, MOVED_GPA) && guest_gets(t, LOAD, MOVED_GPA, 0, MMIO);
	return ok & page_is(t, TEST_GPA, mapping, mem) &
	       check(READ_ONCE(*(u64 *)mem) == 7, "7 is written");
}

static bool test_deleted(struct guest_vm *t)
{
	const struct mapping *mapping = &mappings[LAZY];
	void *mem = map_anonymous(test_size);
	int wanted;
	bool ok;

	ok = check(!set_slot(t, 0, TEST_GPA, test_size, mem), "memslot");
	map_like(mem, mapping);
	ok &= page_is(t, TEST_GPA, mapping, mem);
	ok &= check(!set_slot(t, 0, TEST_GPA, 0, mem), "deletion");
	ok &= nothing_at(t, TEST_GPA) && guest_gets(t, LOAD, TEST_GPA, 0, MMIO) &&
	      guest_gets(t, STORE, TEST_GPA, 9, MMIO) &&
	      guest_gets(t, CALL, TEST_GPA, 0, NO_EXEC);
	READ_ONCE(*(u64 *)mem);
	wanted = memslot_refused(mapping, true) ? EINVAL : 0;
	ok &= check(set_slot(t, 0, TEST_GPA, test_size, mem) == wanted,
		    "errno %d for a new memslot", wanted);
	return ok & (wanted || page_is(t, TEST_GPA, mapping, mem));
}

static bool test_read_only(struct guest_vm *t)
{
	const struct mapping *mapping = &mappings[LAZY];
	void *mem = map_anonymous(test_size);
	bool refused = outcome_of(mapping, false) == REFUSED;
	bool ok;

	ok = check(!set_slot(t, KVM_MEM_READONLY, TEST_GPA, test_size, mem),
		   "memslot");
	map_like(mem, mapping);
	ok &= page_is(t, TEST_GPA, mapping, mem);
	ok &= refused || stage2_is(t, 0, page, false);
	ok &= guest_gets(t, STORE, TEST_GPA, 8, MMIO);
	ok &= check(t->vcpu->run->mmio.is_write &&
		    *(u64 *)t->vcpu->run->mmio.data == 8, "8 is left to the VMM");
	ok &= page_is(t, TEST_GPA, mapping, mem) &&
	      check(READ_ONCE(*(u64 *)mem) == seed_of(0), "nothing is written");
	/* All that such a memslot needs. */
	map_like_at(mem, test_size, mapping, 0, PROT_READ);
	return ok & page_is(t, TEST_GPA, mapping, mem) &
	       guest_gets(t, STORE, TEST_GPA, 8, MMIO);
}

static bool test_copied(struct guest_vm *t)
{
	const struct mapping *mapping = &mappings[COW], *copied = &mappings[COW_COPIED];
	bool refused = outcome_of(copied, false) == REFUSED;
	void *mem = map_anonymous(test_size);
	void *device = map_node(NULL, test_size, "lazy", 0, PROT_READ, MAP_SHARED);
	bool ok;

	ok = check(!set_slot(t, 0, TEST_GPA, test_size, mem), "memslot");
	map_like(mem, mapping);
	ok &= page_is(t, TEST_GPA, mapping, mem) &&
	      page_is(t, TEST_GPA + page, mapping, mem + page);
	/* The guest's write makes a page of its own, which is RAM, as the VMM's does. */
	ok &= guest_gets(t, STORE, TEST_GPA, 10, refused ? REFUSED : DONE) &&
	      page_is(t, TEST_GPA, copied, mem);
	WRITE_ONCE(*(u64 *)(mem + page), 11);
	ok &= nothing_at(t, TEST_GPA + page) &&
	      page_is(t, TEST_GPA + page, copied, mem + page);
	ok &= check(READ_ONCE(*(u64 *)mem) == (refused ? seed_of(0) : 10) &&
		    READ_ONCE(*(u64 *)device) == seed_of(0) &&
		    READ_ONCE(*(u64 *)(device + page)) == seed_of(page),
		    "only the copies are written to");
	return ok & page_is(t, TEST_GPA + 2 * page, mapping, mem + 2 * page);
}

static void zap(const char *node)
{
	struct testdev_range range = { 0, test_size };
	int fd = open_node(node);

	TEST_ASSERT(!ioctl(fd, TESTDEV_ZAP, &range), "TESTDEV_ZAP: errno %i", errno);
	close(fd);
}

static bool test_two_vms(struct guest_vm *t)
{
	const struct mapping *mapping = &mappings[LAZY];
	void *mem = map_anonymous(test_size), *other = map_anonymous(test_size);
	bool refused = outcome_of(mapping, false) == REFUSED;
	struct s2_entry e, e2;
	struct guest_vm t2;
	bool ok;

	make_vm(&t2);
	ok = check(!set_slot(t, 0, TEST_GPA, test_size, mem) &&
		   !set_slot(&t2, 0, MOVED_GPA, test_size, other), "memslots");
	map_like(mem, mapping);
	map_like(other, mapping);
	ok &= page_is(t, TEST_GPA, mapping, mem);
	e = s2_entry_at(t->vm, TEST_GPA);
	ok &= page_is(&t2, MOVED_GPA, mapping, other);
	e2 = s2_entry_at(t2.vm, MOVED_GPA);
	ok &= check(e.pa == e2.pa, "one memory, at %#lx and %#lx", e.pa, e2.pa);
	if (!refused) {
		ok &= guest_gets(t, STORE, TEST_GPA, 14, DONE) &&
		      guest_gets(&t2, LOAD, MOVED_GPA, 0, DONE);
		ok &= check(guest_report.value == 14, "14 is seen (%#lx)", guest_report.value);
	}
	/* It goes from both. */
	zap(mapping->name);
	ok &= page_is(&t2, MOVED_GPA + page, mapping, other + page) &&
	      nothing_at(&t2, MOVED_GPA);
	ok &= page_is(t, TEST_GPA + page, mapping, mem + page) && nothing_at(t, TEST_GPA);
	ok &= page_is(t, TEST_GPA, mapping, mem) &&
	      page_is(&t2, MOVED_GPA, mapping, other);
	kvm_vm_free(t2.vm);
	munmap(other, test_size);
	return ok & page_is(t, TEST_GPA, mapping, mem);
}

/* Three memslots: two HVAs of the memory, and one of them again. */
static bool test_alias(struct guest_vm *t)
{
	const struct mapping *mapping = &mappings[LAZY], *other = &mappings[UNDECLARED];
	void *mem = map_anonymous(test_size), *alias = map_anonymous(test_size);
	bool refused = outcome_of(mapping, false) == REFUSED;
	u64 gpa = TEST_GPA, gpa2 = TEST_GPA + 4 * page, gpa3 = TEST_GPA + 8 * page;
	bool ok;

	ok = check(!set_memslot_flags(t->vm, TEST_SLOT, 0, gpa, 4 * page, mem) &&
		   !set_memslot_flags(t->vm, TEST_SLOT + 1, 0, gpa2, 4 * page, alias) &&
		   !set_memslot_flags(t->vm, TEST_SLOT + 2, 0, gpa3, 4 * page, mem),
		   "memslots");
	map_like(mem, mapping);
	map_like(alias, mapping);
	ok &= page_is(t, gpa, mapping, mem) && page_is(t, gpa2, mapping, alias) &&
	      page_is(t, gpa3, mapping, mem);
	if (!refused) {
		ok &= check(s2_entry_at(t->vm, gpa).pa == s2_entry_at(t->vm, gpa2).pa,
			    "one memory");
		ok &= guest_gets(t, STORE, gpa2, 15, DONE) &&
		      guest_gets(t, LOAD, gpa, 0, DONE) &&
		      check(guest_report.value == 15, "15 is seen (%#lx)", guest_report.value) &&
		      guest_gets(t, LOAD, gpa3, 0, DONE) &&
		      check(guest_report.value == 15, "15 is seen (%#lx)", guest_report.value);
	}
	/* Each has the type of its own mapping. */
	map_like(alias, other);
	ok &= nothing_at(t, gpa2) && page_is(t, gpa2, other, alias) &&
	      page_is(t, gpa, mapping, mem);
	/* One HVA: it is gone from both. */
	munmap(mem, test_size);
	ok &= nothing_at(t, gpa) && nothing_at(t, gpa3) &&
	      guest_gets(t, LOAD, gpa, 0, REFUSED) &&
	      guest_gets(t, LOAD, gpa3, 0, REFUSED);
	return ok & page_is(t, gpa2, other, alias);
}

/* In a VM without vCPUs: with one, MTE cannot be enabled any more. */
static bool test_late_mte(struct guest_vm *unused)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_ARM_MTE };
	const struct mapping *parts[NR_PAGES];
	void *mem = map_anonymous(test_size);
	struct guest_vm t = { 0 };
	bool mte = test_machine.vm_mte, ok;
	size_t i;

	TEST_ASSERT(nr_mappings <= NR_PAGES, "there are more mappings than pages");
	/* All that the memslot is not refused for. */
	test_machine.vm_mte = false;
	t.vm = vm_create(1);
	for (i = 0; i < NR_PAGES; i++) {
		parts[i] = &anonymous;
		if (i >= nr_mappings || memslot_refused_by_rule(&mappings[i], true))
			continue;
		parts[i] = &mappings[i];
		map_like_at(mem + i * page, page, &mappings[i], i * page,
			    PROT_READ | PROT_WRITE);
		if (mappings[i].copied)
			WRITE_ONCE(*(u64 *)(mem + i * page), 16);
	}
	ok = check(!set_slot(&t, 0, TEST_GPA, test_size, mem), "memslot");
	ok &= check(!ioctl(t.vm->fd, KVM_ENABLE_CAP, &cap), "MTE is enabled");
	test_machine.vm_mte = true;
	guest_vm_add_vcpu(&t);
	guest_vm_map(&t, TEST_GPA, NR_PAGES * page);
	ok &= check(ioctl(t.vm->fd, KVM_ENABLE_CAP, &cap) && errno == EINVAL,
		    "MTE cannot be enabled with a vCPU");
	for (i = 0; i < NR_PAGES; i++)
		ok &= page_is(&t, TEST_GPA + i * page, parts[i],
			      mem + i * page);
	ok &= check(set_slot(&t, 0, MOVED_GPA, test_size, mem) == EINVAL, "no move");
	test_machine.vm_mte = mte;
	kvm_vm_free(t.vm);
	return ok;
}

/* Return: how many bytes have their tags copied, or -errno. */
static int copy_tags(struct kvm_vm *vm, u64 gpa)
{
	struct kvm_arm_copy_mte_tags copy = {
		.guest_ipa = gpa,
		.length = page,
		.flags = KVM_ARM_TAGS_FROM_GUEST,
	};
	int ret;

	copy.addr = malloc(page / 16);
	ret = ioctl(vm->fd, KVM_ARM_MTE_COPY_TAGS, &copy);
	if (ret < 0)
		ret = -errno;
	free(copy.addr);
	return ret;
}

static bool tags_are(struct kvm_vm *vm, u64 gpa, int wanted)
{
	int ret = copy_tags(vm, gpa);

	return check(ret == wanted, "tags at %#lx: %d (%d)", gpa, wanted, ret);
}

/*
 * The one look-up outside of a fault that a VMM can ask for on arm64. It releases what it
 * has found. Of these pages the first can be referenced.
 */
static bool test_copied_tags(struct guest_vm *unused)
{
	struct kvm_enable_cap cap = { .cap = KVM_CAP_ARM_MTE };
	int counter = open_node("ram-whole");
	void *mem = map_anonymous(test_size);
	struct guest_vm t = { 0 };
	u32 before[2], after[2];
	unsigned int i;
	bool ok;

	for (i = 0; i < ARRAY_SIZE(before); i++)
		before[i] = page_count(counter, i * page);
	t.vm = vm_create(1);
	ok = check(!ioctl(t.vm->fd, KVM_ENABLE_CAP, &cap), "MTE is enabled") &&
	     check(!set_slot(&t, 0, TEST_GPA, test_size, mem), "memslot");
	map_node(mem, test_size, "ram-whole", 0, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED);
	ok &= tags_are(t.vm, TEST_GPA, page) & tags_are(t.vm, TEST_GPA + page, -EFAULT);
	for (i = 0; i < ARRAY_SIZE(after); i++) {
		after[i] = page_count(counter, i * page);
		ok &= check(after[i] == before[i], "page %u: %u references, %u before", i,
			    after[i], before[i]);
	}
	kvm_vm_free(t.vm);
	munmap(mem, test_size);
	close(counter);
	return ok;
}

/*
 * PG_mte_tagged is PG_arch_2: the page's tags are its owner's, and none of an earlier one.
 * For a page of a huge one, kpageflags has this bit of the first.
 */
static bool has_tags(const void *hva)
{
	int fd = open_path_or_exit("/proc/kpageflags", O_RDONLY);
	u64 flags = 0;

	TEST_ASSERT(pread(fd, &flags, sizeof(flags), pa_of(hva) / page * sizeof(flags)) ==
		    sizeof(flags), "kpageflags: errno %i", errno);
	close(fd);
	return flags & BIT_ULL(KPF_ARCH_2);
}

static bool page_has_tags(const void *mem, bool wanted)
{
	return check(has_tags(mem) == wanted, "tags: %d", wanted);
}

/* A guest that may use tags gets RAM whose tags are set, by a fault or in advance. */
static bool test_tags(struct guest_vm *unused)
{
	/* Larger ones are more than a machine has. */
	size_t size = block <= SZ_32M ? block : page;
	void *mem = align_ptr_up(map_anonymous(3 * size), size);
	struct kvm_pre_fault_memory range = { .gpa = TEST_GPA + size, .size = size };
	struct guest_vm t;
	size_t at;
	bool ok;

	madvise(mem, 2 * size, MADV_HUGEPAGE);
	for (at = 0; at < 2 * size; at += page)
		WRITE_ONCE(*(u64 *)(mem + at), at);
	guest_vm_create(&t, true);
	guest_vm_map(&t, TEST_GPA, page);
	ok = check(!set_slot(&t, 0, TEST_GPA, 2 * size, mem), "memslot") &&
	     page_has_tags(mem, false);
	ok &= guest_gets(&t, LOAD, TEST_GPA, 0, DONE) && stage2_is(&t, 0, size, true) &&
	      page_has_tags(mem, true) && page_has_tags(mem + size, false);
	ok &= check(!__vcpu_ioctl(t.vcpu, KVM_PRE_FAULT_MEMORY, &range) && !range.size,
		    "it is mapped in advance") && page_has_tags(mem + size, true);
	kvm_vm_free(t.vm);
	munmap(mem, 2 * size);
	return ok;
}

static const struct {
	const char *name;
	bool (*run)(struct guest_vm *t);
	bool needs_blocks;
	bool needs_mte;
} tests[] = {
	{ "one memslot, many mappings, and a hole", test_mixture },
	{ "mapped over the memory of a memslot", test_mapped_over },
	{ "mapped over memory that is logged", test_logged },
	{ "the same, not cacheable", test_logged_uncached },
	{ "the same, refused: logging stops all the same", test_logged_refused },
	{ "blocks are logged", test_logged_blocks, .needs_blocks = true },
	{ "blocks that are Normal-NC are logged", test_logged_uncached_blocks,
	  .needs_blocks = true },
	{ "blocks are logged, and split at once", test_split_blocks,
	  .needs_blocks = true },
	{ "blocks that are Normal-NC are split at once", test_split_uncached,
	  .needs_blocks = true },
	{ "blocks that are Device are split at once", test_split_device,
	  .needs_blocks = true },
	{ "memslot is moved", test_moved },
	{ "memslot is deleted", test_deleted },
	{ "memslot is read-only", test_read_only },
	{ "private mapping is copied", test_copied },
	{ "two VMs, one memory", test_two_vms },
	{ "one VM, one memory, three memslots", test_alias },
	{ "MTE is enabled after the memslot was made", test_late_mte,
	  .needs_mte = true },
	{ "tags are not copied from a page without references", test_copied_tags,
	  .needs_mte = true },
	{ "pages of a guest with MTE have tags of their own", test_tags,
	  .needs_mte = true },
};

/* What a machine cannot have is no test there, and not even a skip. */
static bool is_for_machine(size_t i)
{
	return !tests[i].needs_mte || kvm_has_cap(KVM_CAP_ARM_MTE);
}

int main(int argc, char *argv[])
{
	unsigned int plan = 0;
	bool mte = mte_option(argc, argv);
	struct guest_vm t;
	size_t i, nr;

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));

	page = getpagesize();
	block = page * page / sizeof(u64);
	kvm_pin_this_task_to_pcpu(0);
	read_machine(mte);

	for (i = 0; i < ARRAY_SIZE(tests); i++)
		plan += is_for_machine(i);
	ksft_set_plan(plan);
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		bool ok;

		if (!is_for_machine(i))
			continue;
		test_size = tests[i].needs_blocks ? 2 * block : SZ_4M;
		seed_memory("lazy");
		for (nr = 0; !tests[i].needs_blocks && nr < nr_mappings; nr++) {
			if (mappings[nr].facts.linear && !mappings[nr].private)
				seed_memory(mappings[nr].name);
		}
		make_vm(&t);
		ok = tests[i].run(&t);
		kvm_vm_free(t.vm);
		ksft_test_result(ok, "%s\n", tests[i].name);
	}
	ksft_finished();
}
