// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_memory_types - memory without struct pages in stage 2, against the
 * rule that is to decide about it.
 *
 * Tests every combination of
 *
 *	mapping:	how the VMM maps the memory: see mappings[]
 *	access:		what the guest does with it: see accesses[]
 *
 * and for each mapping also a memslot's creation and move. What is to happen
 * is computed from the mapping's facts, the machine's and the policy, by the
 * kernel's own rule, and so is what each access is to leave in stage 2, which is
 * read from the descriptors. Accesses that the rule refuses are made too, through
 * a memslot that was made over other memory.
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device. With -m the VM has
 * MTE, which the machine must offer.
 *
 * A guest sees the memory type by what it may do. Instruction fetches from all but
 * Normal cacheable memory take external aborts, which KVM injects. Unaligned
 * accesses to what stage 2 makes Device are alignment faults. The guest takes them,
 * or EL2, and then KVM gives them to the guest: in QEMU EL2 takes the one of a page
 * that the TLB does not have yet, and the guest that of a page which it has. A write to
 * a private mapping makes a copy, which is RAM. Whether atomic accesses work on memory
 * that is not cacheable is up to the implementation (Arm ARM DDI 0487, B2); and so is
 * DC ZVA on Device memory, which can be an alignment fault.
 */
#include <sys/auxv.h>

#include <asm/hwcap.h>

#include "cohmem_mappings.h"
#include "ucall_common.h"

#define TEST_GVA	0xc0000000ul
#define TEST_GPA	0xc0000000ul
#define MOVED_GPA	0x100000000ul

/* Each page holds a known word, and, at CODE, a function that returns 42. */
#define SEED		0x0123456789abcdeful
#define WRITTEN		0xfedcba9876543210ul
#define COPY_TRIGGER	512

#define FSC_ALIGNMENT	0x21
#define FSC_ATOMIC	0x35

enum access {
	LOAD,
	STORE,
	EXCLUSIVE,
	ATOMIC,
	UNALIGNED,
	LOAD_AND_UNALIGNED,
	UNALIGNED_STORE,
	ZERO,
	CALL,
	LOAD_AND_CALL,
	NR_ACCESSES
};

/**
 * struct access_desc - What the guest does, and what comes of it
 * @name: in a word
 * @value: what the guest gets
 * @left: what is in the page's first word then
 * @write: it writes
 * @exec: it executes
 */
static const struct access_desc {
	const char *name;
	u64 value;
	u64 left;
	bool write;
	bool exec;
} accesses[NR_ACCESSES] = {
	[LOAD]		= { "read", SEED, SEED },
	[STORE]		= { "write", 0, WRITTEN, .write = true },
	[EXCLUSIVE]	= { "exclusive", SEED, SEED + 1, .write = true },
	[ATOMIC]	= { "atomic", SEED, SEED + 1, .write = true },
	[UNALIGNED]	= { "unaligned", SEED << 56 | SEED >> 8, SEED },
	[LOAD_AND_UNALIGNED] = { "read, then unaligned", SEED << 56 | SEED >> 8, SEED },
	[UNALIGNED_STORE] = { "unaligned write", 0, WRITTEN << 8 | (SEED & 0xff),
			      .write = true },
	[ZERO]		= { "DC ZVA", 0, 0, .write = true },
	[CALL]		= { "execute", RETURNED, SEED, .exec = true },
	[LOAD_AND_CALL]	= { "read, then execute", RETURNED, SEED, .exec = true },
};

enum outcome {
	DONE,
	MISALIGNED,
	NO_EXEC,
	UNSUPPORTED_ATOMIC,
	REFUSED,
	/* No claim but that it is not refused. */
	NOT_REFUSED,
	WRONG,
};

static const char * const outcome_names[] = {
	[DONE]			= "works",
	[MISALIGNED]		= "alignment fault",
	[NO_EXEC]		= "external abort on instruction fetch",
	[UNSUPPORTED_ATOMIC]	= "unsupported exclusive or atomic access",
	[REFUSED]		= "refused, with exit information",
	[NOT_REFUSED]		= "not refused",
	[WRONG]			= "wrong",
};

static size_t page_size;
static size_t test_size;
/* Of the vCPU that was made last. */
static u64 stack;

static u64 guest_add_exclusive(u64 addr)
{
	u64 value, sum;
	u32 failed;

	do {
		failed = 0;
		asm volatile("ldxr %0, [%3]\n"
			     "add %1, %0, #1\n"
			     "stxr %w2, %1, [%3]\n"
			     : "=&r" (value), "=&r" (sum), "+&r" (failed)
			     : "r" (addr) : "memory");
	} while (failed);
	return value;
}

static u64 guest_add_atomic(u64 addr)
{
	u64 value;

	asm volatile(".arch_extension lse\n"
		     "ldadd %2, %0, [%1]\n"
		     : "=&r" (value) : "r" (addr), "r" (1ul) : "memory");
	return value;
}

static void guest_code(enum access access, u64 addr)
{
	switch (access) {
	case LOAD:
		guest_report.value = guest_load(addr);
		break;
	case STORE:
		guest_store(addr, WRITTEN);
		break;
	case EXCLUSIVE:
		guest_report.value = guest_add_exclusive(addr);
		break;
	case ATOMIC:
		guest_report.value = guest_add_atomic(addr);
		break;
	case UNALIGNED:
		guest_report.value = guest_load(addr + 1);
		break;
	case LOAD_AND_UNALIGNED:
		guest_load(addr);
		guest_report.value = guest_load(addr + 1);
		break;
	case UNALIGNED_STORE:
		guest_store(addr + 1, WRITTEN);
		break;
	case ZERO:
		asm volatile("dc zva, %0" : : "r" (addr) : "memory");
		break;
	case LOAD_AND_CALL:
		guest_load(addr);
		guest_report.value = guest_call(addr + CODE);
		break;
	case CALL:
		guest_report.value = guest_call(addr + CODE);
		break;
	default:
		GUEST_FAIL("no such access");
	}
	GUEST_DONE();
}

static struct kvm_vm *create_vm(struct kvm_vcpu **vcpu)
{
	struct kvm_vm *vm = vm_create(1);

	if (test_machine.vm_mte)
		vm_enable_cap(vm, KVM_CAP_ARM_MTE, 0);

	*vcpu = vm_vcpu_add(vm, 0, guest_code);
	install_abort_handlers(vm);
	vcpu_init_descriptor_tables(*vcpu);
	stack = vcpu_stack(*vcpu);
	virt_map(vm, TEST_GVA, TEST_GPA, test_size / vm->page_size);
	return vm;
}

static int set_memslot(struct kvm_vm *vm, u64 gpa, void *mem)
{
	return __vm_set_user_memory_region(vm, TEST_SLOT, 0, gpa, test_size,
					   mem);
}

static void *map(void *addr, const char *node, int prot, int flags)
{
	return map_node(addr, test_size, node, 0, prot, flags);
}

/* Host mappings may be Device: aligned accesses only. */
static u64 *word_at(void *mem, enum access access)
{
	return mem + access * page_size;
}

static u32 *code_at(void *mem, enum access access)
{
	return mem + access * page_size + CODE;
}

static void seed_memory(const char *node)
{
	void *mem = map(NULL, node, PROT_READ | PROT_WRITE, MAP_SHARED);
	enum access access;

	for (access = 0; access < NR_ACCESSES; access++) {
		WRITE_ONCE(word_at(mem, access)[0], SEED);
		WRITE_ONCE(word_at(mem, access)[1], SEED);
		WRITE_ONCE(code_at(mem, access)[0], INSN_MOV_X0_42);
		WRITE_ONCE(code_at(mem, access)[1], INSN_RET);
	}
	munmap(mem, test_size);
}

static void *map_like(void *addr, const struct mapping *mapping)
{
	int flags = mapping->private ? MAP_PRIVATE : MAP_SHARED;
	enum access access;
	void *mem;

	/* Through another mapping, so that this one is not populated. */
	seed_memory(mapping->private ? "undeclared" : mapping->name);

	mem = map(addr, mapping->private ? "cow" : mapping->name,
		  PROT_READ | PROT_WRITE, flags | (addr ? MAP_FIXED : 0));
	for (access = 0; mapping->copied && access < NR_ACCESSES; access++)
		WRITE_ONCE(*(u64 *)(mem + access * page_size + COPY_TRIGGER), 0);
	return mem;
}

/* Is the alignment fault for this access? Of the others the architecture lets more be said. */
static bool is_for(enum access access)
{
	u64 addr = TEST_GVA + access * page_size;

	if (access != UNALIGNED && access != LOAD_AND_UNALIGNED && access != UNALIGNED_STORE)
		return true;
	return !(guest_report.esr & ESR_WNR) == !accesses[access].write &&
	       guest_report.far == addr + 1;
}

static enum outcome guest_outcome(struct kvm_vcpu *vcpu, enum access access,
				  void *mem)
{
	const struct access_desc *desc = &accesses[access];
	u64 ec, fsc;

	sync_global_from_guest(vcpu->vm, guest_report);
	if (!guest_report.esr)
		return mem && guest_report.value == desc->value &&
		       READ_ONCE(*word_at(mem, access)) == desc->left ?
		       DONE : WRONG;

	ec = guest_report.esr >> ESR_EC_SHIFT;
	fsc = guest_report.esr & ESR_FSC;
	if (ec == ESR_EC_DABT && fsc == FSC_ATOMIC)
		return UNSUPPORTED_ATOMIC;
	if (ec == ESR_EC_DABT && fsc == FSC_ALIGNMENT)
		return is_for(access) ? MISALIGNED : WRONG;
	if (ec == ESR_EC_IABT && fsc == FSC_EXTERNAL)
		return NO_EXEC;
	return WRONG;
}

static enum outcome run_failure(const struct kvm_run *run, u64 gpa)
{
	return errno == EFAULT && run->exit_reason == KVM_EXIT_MEMORY_FAULT &&
	       run->memory_fault.gpa == gpa &&
	       run->memory_fault.size == page_size ? REFUSED : WRONG;
}

static enum outcome try_access(struct kvm_vcpu *vcpu, enum access access,
			       void *mem)
{
	u64 offset = access * page_size;
	struct ucall uc;

	memset(&guest_report, 0, sizeof(guest_report));
	sync_global_to_guest(vcpu->vm, guest_report);
	vcpu_restart(vcpu, guest_code, stack);
	vcpu_args_set(vcpu, 2, (u64)access, TEST_GVA + offset);

	if (_vcpu_run(vcpu))
		return run_failure(vcpu->run, TEST_GPA + offset);

	if (get_ucall(vcpu, &uc) != UCALL_DONE)
		return WRONG;
	/* The exit is complete only with the next KVM_RUN. */
	vcpu_run_complete_io(vcpu);
	return guest_outcome(vcpu, access, mem);
}

/* Of a page that no other access was to. */
static bool check_stage2(struct kvm_vm *vm, const struct mapping *mapping,
			 enum access access, enum outcome outcome)
{
	struct cohmem_decision d = decide(mapping, accesses[access].exec);
	struct s2_entry e = s2_entry_at(vm, TEST_GPA + access * page_size);
	bool none = outcome == REFUSED ||
		    (outcome == NO_EXEC && access == CALL);

	/* Its load came before the store that is refused. */
	if (access == EXCLUSIVE && d.verdict != COHMEM_REFUSED)
		none = false;

	if (none && !e.block)
		return true;
	if (!none && e.block == page_size && e.type == s2_type_of(d.verdict) &&
	    e.exec == d.executable)
		return true;

	ksft_print_msg("stage 2 has a block of %#zx, %s, %s, should be %s, %s\n",
		       e.block, s2_type_name(e.type), e.exec ? "X" : "XN",
		       none ? "nothing" : s2_type_name(s2_type_of(d.verdict)),
		       d.executable ? "X" : "XN");
	return false;
}

static enum outcome expect(const struct mapping *mapping, enum access access)
{
	const struct access_desc *desc = &accesses[access];
	struct cohmem_decision d = decide(mapping, desc->exec);

	if (d.verdict == COHMEM_REFUSED)
		return REFUSED;
	if (desc->exec)
		return d.executable ? DONE : NO_EXEC;

	switch (access) {
	case EXCLUSIVE:
	case ATOMIC:
		return d.verdict == COHMEM_NORMAL ? DONE :
						    NOT_REFUSED;
	case ZERO:
		return d.verdict == COHMEM_DEVICE ? NOT_REFUSED : DONE;
	case UNALIGNED:
	case LOAD_AND_UNALIGNED:
	case UNALIGNED_STORE:
		return d.verdict == COHMEM_DEVICE ? MISALIGNED : DONE;
	default:
		return DONE;
	}
}

static void test_access(struct kvm_vcpu *vcpu, const struct mapping *mapping,
			enum access access, void *mem)
{
	const char *name = mapping->name;
	enum outcome got, expected;
	bool ok;

	/* The access itself copies. But an exclusive one loads first. */
	if (mapping->private && accesses[access].write &&
	    (access != EXCLUSIVE || expect(mapping, LOAD) != REFUSED))
		mapping = &mappings[COW_COPIED];
	expected = expect(mapping, access);
	got = try_access(vcpu, access, mem);
	ok = got == expected;

	if (expected == NOT_REFUSED)
		ok = got == DONE || got == UNSUPPORTED_ATOMIC ||
		     got == MISALIGNED;
	ok &= check_stage2(vcpu->vm, mapping, access, expected);
	if (!ok)
		ksft_print_msg("is: %s (exit %s, ESR %#lx, value %#lx), should be: %s\n",
			       outcome_names[got],
			       exit_reason_str(vcpu->run->exit_reason),
			       guest_report.esr, guest_report.value,
			       outcome_names[expected]);
	ksft_test_result(ok, "%s: %s: %s\n", name, accesses[access].name,
			 outcome_names[expected]);
}

static void test_memslot(const struct mapping *mapping, const char *what,
			 bool populated, int ret)
{
	bool refused = memslot_refused(mapping, populated);
	int err = ret ? errno : 0;

	if (err != (refused ? EINVAL : 0))
		ksft_print_msg("errno is %d (%s)\n", err, strerror(err));
	ksft_test_result(err == (refused ? EINVAL : 0), "%s: %s: %s\n",
			 mapping->name, what, refused ? "refused" : "works");
}

#define TESTS_PER_MAPPING (NR_ACCESSES + 2)

static void test_mapping(const struct mapping *mapping)
{
	void *mem = map_like(NULL, mapping);
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	enum access access;
	int ret;

	vm = create_vm(&vcpu);

	ret = set_memslot(vm, TEST_GPA, mem);
	test_memslot(mapping, "memslot is made", !mapping->lazy, ret);
	if (ret) {
		/* The fault must refuse by itself: change what is mapped. */
		munmap(mem, test_size);
		mem = map_anonymous(test_size);
		ret = set_memslot(vm, TEST_GPA, mem);
		TEST_ASSERT(!ret, "anonymous memslot: errno %i", errno);
		map_like(mem, mapping);
	}

	for (access = 0; access < NR_ACCESSES; access++)
		test_access(vcpu, mapping, access, mem);

	/* By now the accesses have populated what was not. */
	ret = set_memslot(vm, MOVED_GPA, mem);
	test_memslot(mapping, "memslot is moved", true, ret);

	kvm_vm_free(vm);
	munmap(mem, test_size);
}

int main(int argc, char *argv[])
{
	bool mte = mte_option(argc, argv);
	int i;

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(getauxval(AT_HWCAP) & HWCAP_ATOMICS);

	page_size = getpagesize();
	test_size = NR_ACCESSES * page_size;
	kvm_pin_this_task_to_pcpu(0);
	read_machine(mte);

	if (!stage2_is_readable())
		ksft_print_msg("stage 2 is read by the kernel's dump\n");

	ksft_set_plan(nr_mappings * TESTS_PER_MAPPING);
	for (i = 0; i < nr_mappings; i++)
		test_mapping(&mappings[i]);
	ksft_finished();
}
