// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_blocks - in which blocks stage 2 maps memory without struct pages
 *
 * Each test lays out the VMM's mapping, a memslot of one largest block and one
 * middle-sized one more, and in some of them changes the mapping after the guest
 * has used it: see tests[]. The guest then reads, writes and executes at places
 * around whatever breaks the run, and at each of them stage 2 has to have the
 * largest block that is congruent, inside the memslot, and free of breaks, by its
 * descriptors. What the guest reads tells that it is the right memory.
 *
 * Sizes are those of the host's granule: 1 GiB, 2 MiB and 4 KiB; or 32 MiB and 16 KiB,
 * or 512 MiB and 64 KiB, where there is no middle-sized block.
 *
 * On a machine with a carve-out, a block of which a part is RAM of the kernel, too.
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device, FWB, and the default
 * policy.
 */
#include "cohmem_blocks.h"
#include "cohmem_vm.h"

#define TEST_GPA	0x100000000ul
#define MAX_PROBES	11

/* A layout that goes wrong does so in many places. */
#define MAX_COMPLAINTS	4
static unsigned int complaints;

#define complain(fmt, ...) do {						\
	if (complaints++ < MAX_COMPLAINTS)				\
		ksft_print_msg(fmt "\n", ##__VA_ARGS__);		\
} while (0)

/**
 * struct layout - Where everything is
 * @guest:	the VM
 * @mem:	HVA of the memslot
 * @size:	of the memslot
 * @pa_offset:	offset in the device of what is at TEST_GPA
 * @pa_skew:	by how much the physical address of that is not congruent with TEST_GPA
 * @alias:	the same memory in another mapping of the VMM
 */
struct layout {
	struct guest_vm guest;
	void *mem;
	size_t size;
	u64 pa_offset;
	u64 pa_skew;
	void *alias;
};

/* Where a run may be broken: the middle of the second middle-sized block. */
static u64 break_at(void)
{
	return blocks.middle > blocks.page ? blocks.middle + blocks.middle / 2 : blocks.large / 2;
}

static void unmap_a_page(struct layout *l)
{
	munmap(l->mem + break_at(), blocks.page);
}

static void protect_a_page(struct layout *l)
{
	mprotect(l->mem + break_at(), blocks.page, PROT_READ);
}

static void make_a_page_undeclared(struct layout *l)
{
	map_node(l->mem + break_at(), blocks.page, "undeclared",
		 l->pa_offset + break_at(), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED);
}

static void zap_a_page(struct layout *l)
{
	struct testdev_range range = { l->pa_offset + break_at(), blocks.page };
	int fd = open_node("declared");

	TEST_ASSERT(!ioctl(fd, TESTDEV_ZAP, &range), "zap: errno %i", errno);
	close(fd);
}

/* What stage 2 has of it must go, though it comes back to where it was. */
static void move_away_and_back(struct layout *l)
{
	void *away = map_anonymous(l->size);

	TEST_ASSERT(mremap(l->mem, l->size, l->size, MREMAP_MAYMOVE | MREMAP_FIXED, away) ==
		    away && mremap(away, l->size, l->size, MREMAP_MAYMOVE | MREMAP_FIXED,
				   l->mem) == l->mem, "mremap(): errno %i", errno);
}

static void populate(struct layout *l)
{
	for (u64 at = 0; at < l->size; at += blocks.pmd)
		READ_ONCE(*(u64 *)(l->mem + at));
}

/**
 * struct blocks_test - One layout, and what is to come of it
 * @name:	for the result
 * @node:	of the test device
 * @odd:	how the page at break_at() is odd from the beginning, plus 1
 * @hva_skew:	pages by which the VMM's mapping is not aligned
 * @pa_skew:	by how much more the PA is not congruent with the IPA
 * @cut:	pages that are missing at the memslot's end
 * @before:	what the VMM does before the guest runs
 * @change:	what it does after the guest has used the memory
 * @whole:	@change breaks nothing
 * @lost:	accesses that the page at break_at() refuses from then on
 * @limit:	the largest block that there can be, if not large
 * @type:	memory type in stage 2, if not Normal-WB, plus 1
 */
struct blocks_test {
	const char *name;
	const char *node;
	unsigned int odd;
	unsigned int hva_skew;
	size_t *pa_skew;
	unsigned int cut;
	void (*before)(struct layout *l);
	void (*change)(struct layout *l);
	bool whole;
	unsigned int lost;
	size_t *limit;
	unsigned int type;
};

#define ODD(_how)	(TESTDEV_ODD_##_how + 1)
#define TYPE(_type)	(S2_##_type + 1)
#define ALL		(BIT(LOAD) | BIT(STORE) | BIT(CALL))

static const struct blocks_test tests[] = {
	{ "aligned", "declared" },
	{ "HVA not aligned", "declared", .hva_skew = 3 },
	{ "IPA and PA congruent by the middle size", "declared",
	  .pa_skew = &blocks.middle },
	{ "IPA and PA not congruent", "declared", .pa_skew = &blocks.page },
	{ "memslot a page short", "declared", .cut = 1 },
	{ "mapped by PMD entries", "huge", .before = populate },
	{ "mapped on fault by PMD entries", "huge", .limit = &blocks.pmd },
	{ "mapped on fault by PTEs", "lazy", .limit = &blocks.page },
	{ "a page is elsewhere", "odd", ODD(ELSEWHERE), .hva_skew = 3 },
	{ "a page is missing", "odd", ODD(HOLE), .lost = ALL },
	{ "a page is read-only at first", "odd", ODD(READ_ONLY) },
	{ "a page is kept read-only", "odd", ODD(KEPT_READ_ONLY), .lost = BIT(STORE) },
	{ "a page is Normal-NC", "odd", ODD(NC), .lost = BIT(CALL) },
	{ "a page is unmapped", "declared", .change = unmap_a_page,
	  .lost = ALL },
	{ "a page is protected", "declared", .change = protect_a_page,
	  .lost = BIT(STORE), .hva_skew = 3 },
	{ "a page becomes undeclared", "declared",
	  .change = make_a_page_undeclared, .lost = BIT(CALL) },
	{ "moved away and back", "declared", .change = move_away_and_back, .whole = true },
	{ "a page is zapped", "declared", .change = zap_a_page, .lost = ALL },
	{ "Normal-NC", "nc-any", .lost = BIT(CALL), .type = TYPE(NORMAL_NC) },
	{ "Device", "device", .lost = BIT(CALL), .type = TYPE(DEVICE) },
};

static bool breaks(const struct blocks_test *t, bool changed)
{
	return t->odd || (t->change && changed && !t->whole);
}

/* The largest block that @at can be in, by the rule. */
static size_t expected_block(const struct blocks_test *t,
			     const struct layout *l, u64 at, bool changed)
{
	size_t sizes[] = { blocks.large, blocks.middle }, i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t size = sizes[i];
		u64 first = at & ~(size - 1);

		if (size > (t->limit ? *t->limit : blocks.large) ||
		    first + size > l->size || l->pa_skew & (size - 1))
			continue;
		if (breaks(t, changed) && break_at() - first < size)
			continue;
		return size;
	}
	return blocks.page;
}

/* Where the guest looks: at the ends of blocks, and around the break. */
static size_t probes(const struct layout *l, u64 *at)
{
	u64 wanted[] = {
		0, blocks.page, blocks.middle - blocks.page, blocks.middle,
		break_at() - blocks.page, break_at(), break_at() + blocks.page,
		blocks.large / 2 + blocks.page, blocks.large - blocks.page,
		blocks.large, l->size - blocks.page,
	};
	size_t count = 0, i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		if (wanted[i] < l->size)
			at[count++] = wanted[i];
	}
	return count;
}

/* Offset in the device of the page that is to be found at @at. */
static u64 device_offset(const struct blocks_test *t, const struct layout *l,
			 u64 at)
{
	u64 offset = l->pa_offset + at;

	return t->odd == ODD(ELSEWHERE) && at == break_at() ? offset ^ blocks.page :
							      offset;
}

static u64 seed_of(u64 offset)
{
	return 0xc0de000000000000ul + offset;
}

/* One access by the guest, and whether it had the effect that it should if it was done. */
static bool access_has(const struct blocks_test *t, struct layout *l, enum guest_op op,
		       u64 at, enum guest_outcome *outcome)
{
	u64 *word = l->alias + device_offset(t, l, at) + blocks.in_page;
	u64 gpa = TEST_GPA + at + blocks.in_page;

	/* The second word, for what is loaded is to stay. */
	if (op == STORE) {
		gpa += sizeof(*word);
		WRITE_ONCE(word[1], 0);
	}
	*outcome = guest_do(&l->guest, op, gpa, ~READ_ONCE(word[0]));
	if (*outcome != DONE)
		return true;
	switch (op) {
	case LOAD:
		return guest_report.value == READ_ONCE(word[0]);
	case STORE:
		return READ_ONCE(word[1]) == ~READ_ONCE(word[0]);
	case CALL:
		return guest_report.value == RETURNED;
	}
	return false;
}

static enum s2_type expected_type(const struct blocks_test *t, u64 at,
				  bool changed)
{
	if (t->type)
		return t->type - 1;
	return breaks(t, changed) && at == break_at() &&
	       t->lost == BIT(CALL) ? S2_DEVICE : S2_NORMAL_WB;
}

static bool check_stage2(const struct blocks_test *t, const struct layout *l,
			 u64 at, bool changed)
{
	size_t block = expected_block(t, l, at, changed);
	enum s2_type type = expected_type(t, at, changed);
	struct s2_entry found = s2_entry_at(l->guest.vm, TEST_GPA + at);

	if (found.block == block && found.type == type)
		return true;
	complain("at %#lx: a block of %#zx, %s, not %#zx, %s", at, found.block,
		 s2_type_name(found.type), block, s2_type_name(type));
	return false;
}

static bool check_access(const struct blocks_test *t, struct layout *l,
			 enum guest_op op, u64 at, bool changed)
{
	static const char * const op_names[] = { "read", "write", "execute" };
	enum guest_outcome expected = DONE, got;
	bool right = access_has(t, l, op, at, &got), lost = t->lost & BIT(op);

	if (lost && (t->type || (breaks(t, changed) && at == break_at())))
		expected = op == CALL && t->lost == BIT(CALL) ? NO_EXEC : REFUSED;
	if (right && got == expected)
		return true;
	complain("at %#lx: %s is: %s%s, should be: %s", at, op_names[op],
		 guest_outcomes[got], right ? "" : ", but of the wrong memory",
		 guest_outcomes[expected]);
	return false;
}

static bool check_all(const struct blocks_test *t, struct layout *l,
		      bool changed)
{
	bool gone = breaks(t, changed) && t->lost == ALL;
	u64 at[MAX_PROBES];
	size_t count = probes(l, at), i;
	bool ok = true;
	enum guest_op op;

	for (op = LOAD; op <= CALL; op++) {
		for (i = 0; i < count; i++)
			ok &= check_access(t, l, op, at[i], changed);
		for (i = 0; i < count; i++)
			ok &= (gone && at[i] == break_at()) ||
			      check_stage2(t, l, at[i], changed);
	}
	return ok;
}

/* HVA aligned to the largest block, but for @skew. */
static void *map_memory(const struct blocks_test *t, struct layout *l)
{
	size_t room = l->size + 2 * blocks.large;
	void *area = map_anonymous(room);
	void *mem = align_ptr_up(area, blocks.large) + t->hva_skew * blocks.page;
	struct testdev_info info;
	struct testdev_odd odd = { .offset = l->pa_offset + break_at() };
	int fd = open_node(t->node);

	TEST_ASSERT(!ioctl(fd, TESTDEV_INFO, &info), "info: errno %i", errno);
	l->pa_skew = info.phys + l->pa_offset - TEST_GPA;
	if (t->odd) {
		odd.every = info.size;
		odd.how = t->odd - 1;
		TEST_ASSERT(!ioctl(fd, TESTDEV_ODD, &odd), "odd: errno %i", errno);
	}
	close(fd);
	munmap(area, room);
	/* What the memslot lacks is there in the VMM's mapping. */
	return map_node(mem, l->size + t->cut * blocks.page, t->node, l->pa_offset,
			PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_FIXED_NOREPLACE);
}

/* In a mapping like the one that is tested, if that has another memory type. */
static void seed_memory(const struct blocks_test *t, struct layout *l)
{
	u64 at[MAX_PROBES];
	size_t count = probes(l, at), i;

	l->alias = map_node(NULL, l->pa_offset + l->size + blocks.page,
			    t->type ? t->node : "lazy", 0,
			    PROT_READ | PROT_WRITE, MAP_SHARED);
	for (i = 0; i < count; i++) {
		u64 offset = device_offset(t, l, at[i]) + blocks.in_page;
		u32 *code = l->alias + offset + CODE;

		WRITE_ONCE(*(u64 *)(l->alias + offset), seed_of(offset));
		WRITE_ONCE(code[0], INSN_MOV_X0_42);
		WRITE_ONCE(code[1], INSN_RET);
	}
}

static void layout_make(const struct blocks_test *t, struct layout *l)
{
	u64 at[MAX_PROBES];
	size_t count, i;

	complaints = 0;
	memset(l, 0, sizeof(*l));
	l->size = blocks.large + blocks.middle - t->cut * blocks.page;
	l->pa_offset = t->pa_skew ? *t->pa_skew : 0;
	seed_memory(t, l);
	l->mem = map_memory(t, l);

	guest_vm_create(&l->guest, false);
	vm_set_user_memory_region(l->guest.vm, TEST_SLOT, 0, TEST_GPA, l->size, l->mem);
	count = probes(l, at);
	for (i = 0; i < count; i++)
		guest_vm_map(&l->guest, TEST_GPA + at[i] + blocks.in_page,
			     l->guest.vm->page_size);
	if (t->before)
		t->before(l);
}

static void layout_free(const struct blocks_test *t, struct layout *l)
{
	kvm_vm_free(l->guest.vm);
	munmap(l->mem, l->size + t->cut * blocks.page);
	munmap(l->alias, l->pa_offset + l->size + blocks.page);
}

static void test_blocks(const struct blocks_test *t)
{
	struct s2_entry found;
	struct layout l;
	bool ok;

	layout_make(t, &l);
	ok = check_all(t, &l, false);
	if (t->change) {
		t->change(&l);
		found = s2_entry_at(l.guest.vm, TEST_GPA + break_at());
		if (found.block) {
			complain("after the change there is still %#zx, %s",
				 found.block, s2_type_name(found.type));
			ok = false;
		}
		ok &= check_all(t, &l, true);
	}
	layout_free(t, &l);
	ksft_test_result(ok, "%s\n", t->name);
}

static u64 phys_of(const char *node)
{
	struct testdev_info info;
	int fd = open_node(node);

	TEST_ASSERT(!ioctl(fd, TESTDEV_INFO, &info), "info: errno %i", errno);
	close(fd);
	return info.phys;
}

/*
 * Each page of RAM is Normal in the guest, whatever its leaf is. So what is Device for the
 * host cannot be in one block with RAM; what is cacheable can. The guest uses none of the
 * RAM, which is that of the kernel.
 */
static void test_beside_ram(const char *node, size_t block, enum s2_type type,
			    const char *name)
{
	u64 gpa = TEST_GPA + blocks.pmd - blocks.page;
	struct s2_entry found;
	struct guest_vm t;
	void *area, *mem;
	bool ok;

	area = map_anonymous(2 * blocks.pmd);
	mem = map_node(align_ptr_up(area, blocks.pmd), blocks.pmd, node, 0, PROT_READ,
		       MAP_SHARED | MAP_FIXED);
	guest_vm_create(&t, false);
	vm_set_user_memory_region(t.vm, TEST_SLOT, KVM_MEM_READONLY, TEST_GPA, blocks.pmd, mem);
	guest_vm_map(&t, gpa, blocks.page);
	ok = guest_gets(&t, LOAD, gpa, 0, DONE);
	found = s2_entry_at(t.vm, gpa);
	if (found.block != block || found.type != type)
		ksft_print_msg("a block of %#zx, %s, not %#zx, %s\n", found.block,
			       s2_type_name(found.type), block, s2_type_name(type));
	ksft_test_result(ok && found.block == block && found.type == type, "%s\n", name);
	kvm_vm_free(t.vm);
	munmap(area, 2 * blocks.pmd);
}

int main(void)
{
	bool beside_ram;
	size_t i;

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(has_fwb());

	kvm_pin_this_task_to_pcpu(0);
	blocks_read_sizes();
	beside_ram = phys_of("beside-ram") < phys_of("declared");
	ksft_print_msg("blocks of %#zx, %#zx and %#zx\n", blocks.large, blocks.middle, blocks.page);
	ksft_set_plan(ARRAY_SIZE(tests) + (beside_ram ? 2 : 0));
	for (i = 0; i < ARRAY_SIZE(tests); i++)
		test_blocks(&tests[i]);
	if (beside_ram) {
		test_beside_ram("beside-ram-device", blocks.page, S2_DEVICE,
				"RAM is in no block of Device memory");
		test_beside_ram("beside-ram", blocks.pmd, S2_NORMAL_WB,
				"RAM may be in a block of Normal memory");
	}
	ksft_finished();
}
