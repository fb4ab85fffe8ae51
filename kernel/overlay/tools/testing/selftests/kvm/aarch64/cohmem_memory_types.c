// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_memory_types - memory without struct pages in stage 2, against the
 * rule that is to decide about it.
 *
 * Tests every combination of
 *
 *	mapping:	how the VMM maps the memory: see kinds[]
 *	access:		what the guest does with it: see accesses[]
 *
 * and for each mapping also a memslot's creation and move. What is to happen
 * is computed from the kind's facts, the machine's and the policy, by the
 * kernel's own rule. Accesses that the rule refuses are made too, through a
 * memslot that was made over other memory. After that come the refusals before
 * the rule, and the capabilities.
 *
 * Needs the nodes /dev/cohmem/KIND of cohmem's test device. With -m the VM has
 * MTE, which the machine must offer.
 *
 * A guest sees the memory type by what it may do. Instruction fetches from all
 * but Normal cacheable memory take external aborts, which KVM injects. Unaligned
 * accesses to what stage 2 makes Device take alignment faults to EL2, of which
 * KVM knows no more than to fail KVM_RUN with EFAULT. Whether atomic accesses
 * work on memory that is not cacheable is up to the implementation (Arm ARM DDI
 * 0487, B2).
 */
#include <sys/auxv.h>

#include <asm/hwcap.h>

#include "cohmem_test.h"
#include "cohmem_util.h"
#include "ucall_common.h"

/* The rule itself: it has no dependency. */
#include "../../../../../arch/arm64/kvm/cohmem_rule.c"

#define TEST_SLOT	10
#define TEST_GVA	0xc0000000ul
#define TEST_GPA	0xc0000000ul
#define MOVED_GPA	0x100000000ul

/* Each page holds a known word, and, at CODE, a function that returns 42. */
#define SEED		0x0123456789abcdeful
#define WRITTEN		0xfedcba9876543210ul
#define CODE		256
#define COPY_TRIGGER	512

#define FSC_EXTERNAL	0x10
#define FSC_ATOMIC	0x35

enum access {
	READ,
	WRITE,
	EXCLUSIVE,
	ATOMIC,
	UNALIGNED,
	EXECUTE,
	READ_EXECUTE,
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
	[READ]		= { "read", SEED, SEED },
	[WRITE]		= { "write", 0, WRITTEN, .write = true },
	[EXCLUSIVE]	= { "exclusive", SEED, SEED + 1, .write = true },
	[ATOMIC]	= { "atomic", SEED, SEED + 1, .write = true },
	[UNALIGNED]	= { "unaligned", SEED << 56 | SEED >> 8, SEED },
	[EXECUTE]	= { "execute", RETURNED, SEED, .exec = true },
	[READ_EXECUTE]	= { "read, then execute", RETURNED, SEED, .exec = true },
};

/**
 * struct kind - One way for the VMM to map the memory
 * @name: of its device node too, unless it is private
 * @facts: what the rule is told; the machine and the policy are added
 * @lazy: the host's leaves are made on the first access
 * @private: a private mapping, which a guest cannot write to before its VMM
 * @copied: the VMM has done so
 */
struct kind {
	const char *name;
	struct cohmem_facts facts;
	bool lazy;
	bool private;
	bool copied;
};

#define FACTS(_leaf, ...)						\
	{ .leaf = COHMEM_LEAF_##_leaf, .pfnmap = true, __VA_ARGS__ }

static const struct kind kinds[] = {
	{ "declared",	FACTS(NORMAL, .declared = true) },
	{ "undeclared",	FACTS(NORMAL) },
	{ "nc",		FACTS(NORMAL_NC) },
	{ "nc-any",	FACTS(NORMAL_NC, .any_uncached = true) },
	{ "device",	FACTS(DEVICE) },
	{ "nc-leaf",	FACTS(NORMAL_NC, .declared = true), .lazy = true },
	{ "mixed",	FACTS(NORMAL, .declared = true), .lazy = true },
	{ "lazy",	FACTS(NORMAL, .declared = true), .lazy = true },
	{ "ram",	FACTS(NORMAL, .linear = true) },
	{ "cow",	FACTS(NORMAL), .private = true },
	{ "cow, copied", FACTS(NORMAL, .linear = true), .private = true,
	  .copied = true },
};

enum outcome {
	WORKS,
	FAILED,
	NO_EXEC,
	UNSUPPORTED_ATOMIC,
	REFUSED,
	/* No claim but that it is not refused. */
	NOT_REFUSED,
	WRONG,
};

static const char * const outcome_names[] = {
	[WORKS]			= "works",
	[FAILED]		= "KVM_RUN fails, without exit information",
	[NO_EXEC]		= "external abort on instruction fetch",
	[UNSUPPORTED_ATOMIC]	= "unsupported exclusive or atomic access",
	[REFUSED]		= "refused, with exit information",
	[NOT_REFUSED]		= "not refused",
	[WRONG]			= "wrong",
};

static struct cohmem_facts machine;
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
	case READ:
		report.value = guest_load(addr);
		break;
	case WRITE:
		guest_store(addr, WRITTEN);
		break;
	case EXCLUSIVE:
		report.value = guest_add_exclusive(addr);
		break;
	case ATOMIC:
		report.value = guest_add_atomic(addr);
		break;
	case UNALIGNED:
		report.value = guest_load(addr + 1);
		break;
	case READ_EXECUTE:
		guest_load(addr);
		report.value = guest_call(addr + CODE);
		break;
	case EXECUTE:
		report.value = guest_call(addr + CODE);
		break;
	default:
		GUEST_FAIL("no such access");
	}
	GUEST_DONE();
}

static struct kvm_vm *create_vm(struct kvm_vcpu **vcpu)
{
	struct kvm_vm *vm = vm_create(1);

	if (machine.vm_mte)
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

static void *map_kind(void *addr, const struct kind *kind)
{
	int flags = kind->private ? MAP_PRIVATE : MAP_SHARED;
	enum access access;
	void *mem;

	/* Through another mapping, so that this one is not populated. */
	seed_memory(kind->private ? "undeclared" : kind->name);

	mem = map(addr, kind->private ? "cow" : kind->name,
		  PROT_READ | PROT_WRITE, flags | (addr ? MAP_FIXED : 0));
	for (access = 0; kind->copied && access < NR_ACCESSES; access++)
		WRITE_ONCE(*(u64 *)(mem + access * page_size + COPY_TRIGGER), 0);
	return mem;
}

static enum outcome guest_outcome(struct kvm_vcpu *vcpu, enum access access,
				  void *mem)
{
	const struct access_desc *desc = &accesses[access];
	u64 ec, fsc;

	sync_global_from_guest(vcpu->vm, report);
	if (!report.esr)
		return mem && report.value == desc->value &&
		       READ_ONCE(*word_at(mem, access)) == desc->left ?
		       WORKS : WRONG;

	ec = report.esr >> ESR_EC_SHIFT;
	fsc = report.esr & 0x3f;
	if (ec == ESR_EC_DABT && fsc == FSC_ATOMIC)
		return UNSUPPORTED_ATOMIC;
	if (ec == ESR_EC_IABT && fsc == FSC_EXTERNAL)
		return NO_EXEC;
	return WRONG;
}

static enum outcome run_failure(const struct kvm_run *run, u64 gpa)
{
	if (errno != EFAULT)
		return WRONG;
	if (run->exit_reason == KVM_EXIT_UNKNOWN)
		return FAILED;
	return run->exit_reason == KVM_EXIT_MEMORY_FAULT &&
	       run->memory_fault.gpa == gpa &&
	       run->memory_fault.size == page_size ? REFUSED : WRONG;
}

static enum outcome try_access(struct kvm_vcpu *vcpu, enum access access,
			       void *mem)
{
	u64 offset = access * page_size;
	struct ucall uc;

	memset(&report, 0, sizeof(report));
	sync_global_to_guest(vcpu->vm, report);
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

static void test_access(struct kvm_vcpu *vcpu, const char *mapping,
			enum access access, void *mem, enum outcome expected)
{
	enum outcome got = try_access(vcpu, access, mem);
	bool ok = got == expected;

	if (expected == NOT_REFUSED)
		ok = got == WORKS || got == UNSUPPORTED_ATOMIC ||
		     got == FAILED;
	if (!ok)
		ksft_print_msg("is: %s (exit %s, ESR %#lx, value %#lx), should be: %s\n",
			       outcome_names[got],
			       exit_reason_str(vcpu->run->exit_reason),
			       report.esr, report.value,
			       outcome_names[expected]);
	ksft_test_result(ok, "%s: %s: %s\n", mapping, accesses[access].name,
			 outcome_names[expected]);
}

static struct cohmem_decision decide(const struct kind *kind, bool exec)
{
	struct cohmem_facts f = kind->facts;

	f.policy = machine.policy;
	f.vm_mte = machine.vm_mte;
	f.fwb = machine.fwb;
	f.dic = machine.dic;
	f.exec = exec;
	return cohmem_decide(&f);
}

static enum outcome expect(const struct kind *kind, enum access access)
{
	const struct access_desc *desc = &accesses[access];
	struct cohmem_decision d = decide(kind, desc->exec);

	if (d.verdict == COHMEM_REFUSED ||
	    (desc->write && kind->private && !kind->copied))
		return REFUSED;
	if (desc->exec)
		return d.executable ? WORKS : NO_EXEC;

	switch (access) {
	case EXCLUSIVE:
	case ATOMIC:
		return d.verdict == COHMEM_NORMAL ? WORKS :
						    NOT_REFUSED;
	case UNALIGNED:
		return d.verdict == COHMEM_DEVICE ? FAILED : WORKS;
	default:
		return WORKS;
	}
}

/*
 * Refused from a leaf that is present. RAM is left to the fault, and a VM with
 * MTE takes, as ever, only memory that may have tags.
 */
static bool expect_memslot_refused(const struct kind *kind, bool populated)
{
	if (machine.vm_mte)
		return true;
	return populated && !kind->facts.linear &&
	       decide(kind, false).verdict == COHMEM_REFUSED;
}

static void test_memslot(const struct kind *kind, const char *what,
			 bool populated, int ret)
{
	bool refused = expect_memslot_refused(kind, populated);
	int err = ret ? errno : 0;

	if (err != (refused ? EINVAL : 0))
		ksft_print_msg("errno is %d (%s)\n", err, strerror(err));
	ksft_test_result(err == (refused ? EINVAL : 0), "%s: %s: %s\n",
			 kind->name, what, refused ? "refused" : "works");
}

#define TESTS_PER_KIND (NR_ACCESSES + 2)

static void test_kind(const struct kind *kind)
{
	void *mem = map_kind(NULL, kind);
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	enum access access;
	int ret;

	vm = create_vm(&vcpu);

	ret = set_memslot(vm, TEST_GPA, mem);
	test_memslot(kind, "memslot is made", !kind->lazy, ret);
	if (ret) {
		/* The fault must refuse by itself: change what is mapped. */
		munmap(mem, test_size);
		mem = map_anonymous(test_size);
		ret = set_memslot(vm, TEST_GPA, mem);
		TEST_ASSERT(!ret, "anonymous memslot: errno %i", errno);
		map_kind(mem, kind);
	}

	for (access = 0; access < NR_ACCESSES; access++)
		test_access(vcpu, kind->name, access, mem,
			    expect(kind, access));

	/* By now the accesses have populated what was not. */
	ret = set_memslot(vm, MOVED_GPA, mem);
	test_memslot(kind, "memslot is moved", true, ret);

	kvm_vm_free(vm);
	munmap(mem, test_size);
}

#define NR_UNMAPPED_TESTS 4

/* The refusals before the rule. */
static void test_unmapped(void)
{
	const struct kind *declared = &kinds[0];
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	void *mem;
	int ret;

	mem = map_anonymous(test_size);
	vm = create_vm(&vcpu);
	ret = set_memslot(vm, TEST_GPA, mem);
	TEST_ASSERT(!ret, "anonymous memslot: errno %i", errno);
	munmap(mem, test_size);
	test_access(vcpu, "nothing mapped", READ, NULL, REFUSED);
	test_access(vcpu, "nothing mapped", EXECUTE, NULL, REFUSED);

	seed_memory(declared->name);
	map(mem, declared->name, PROT_READ, MAP_SHARED | MAP_FIXED);
	test_access(vcpu, "mapped read-only", READ, mem,
		    expect(declared, READ));
	test_access(vcpu, "mapped read-only", WRITE, mem, REFUSED);
	kvm_vm_free(vm);
	munmap(mem, test_size);
}

#define NR_REFERENCE_TESTS 1

static void guest_load_forever(u64 addr)
{
	for (;;) {
		guest_load(addr);
		GUEST_SYNC(0);
	}
}

static bool load_refused(struct kvm_vcpu *vcpu)
{
	struct ucall uc;

	if (_vcpu_run(vcpu))
		return run_failure(vcpu->run, TEST_GPA) == REFUSED;
	TEST_ASSERT_EQ(get_ucall(vcpu, &uc), UCALL_SYNC);
	return false;
}

static u32 page_count_of_ram(int fd)
{
	struct cohmem_page_count req = { 0 };

	TEST_ASSERT(!ioctl(fd, COHMEM_PAGE_COUNT, &req), "page count: errno %i",
		    errno);
	return req.count;
}

/*
 * RAM has a page, which each fault acquires and has to release: granted ones, and
 * in a VM with MTE refused ones. mprotect() takes the page from stage 2 again.
 */
static void test_references(unsigned int faults)
{
	int fd = open_node("ram");
	struct kvm_vcpu *vcpu;
	struct kvm_vm *vm;
	u32 before, after;
	unsigned int i;
	void *mem;

	seed_memory("ram");
	mem = map_anonymous(test_size);
	vm = create_vm(&vcpu);
	TEST_ASSERT(!set_memslot(vm, TEST_GPA, mem), "memslot: errno %i", errno);
	map(mem, "ram", PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED);

	vcpu_restart(vcpu, guest_load_forever, stack);
	vcpu_args_set(vcpu, 1, TEST_GVA);
	before = page_count_of_ram(fd);
	for (i = 0; i < faults; i++) {
		mprotect(mem, test_size, PROT_NONE);
		mprotect(mem, test_size, PROT_READ | PROT_WRITE);
		if (load_refused(vcpu) != machine.vm_mte)
			break;
	}
	after = page_count_of_ram(fd);
	ksft_test_result(i == faults && before == after,
			 "page references after %u faults, all %s: %u, as before (%u)\n",
			 i, machine.vm_mte ? "refused" : "granted", after, before);
	kvm_vm_free(vm);
	munmap(mem, test_size);
	close(fd);
}

#define NR_CAPABILITY_TESTS 2

static void test_capabilities(void)
{
	bool cacheable = machine.fwb && machine.policy != COHMEM_POLICY_OFF;
	struct kvm_vm *vm = vm_create_barebones();

	ksft_test_result(vm_check_cap(vm, KVM_CAP_MEMORY_FAULT_INFO) == 1,
			 "KVM_CAP_MEMORY_FAULT_INFO is 1\n");
	ksft_test_result(vm_check_cap(vm, KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED) ==
			 cacheable,
			 "KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED is %d\n",
			 cacheable);
	kvm_vm_free(vm);
}

static enum cohmem_policy read_policy(void)
{
	static const char param[] = "kvm-arm.cacheable_pfnmap=";
	enum cohmem_policy policy = COHMEM_POLICY_DECLARED, p;
	bool protected = false;
	char line[4096], *word;
	FILE *file;

	file = fopen("/proc/cmdline", "r");
	TEST_ASSERT(file && fgets(line, sizeof(line), file),
		    "cannot read /proc/cmdline");
	fclose(file);

	for (word = strtok(line, "\n "); word; word = strtok(NULL, "\n ")) {
		if (!strcmp(word, "kvm-arm.mode=protected"))
			protected = true;
		if (strncmp(word, param, strlen(param)))
			continue;
		/* What is no policy means the default. */
		policy = COHMEM_POLICY_DECLARED;
		for (p = 0; p < COHMEM_NR_POLICIES; p++) {
			if (!strcmp(word + strlen(param),
				    cohmem_policy_name(p)))
				policy = p;
		}
	}
	return protected ? COHMEM_POLICY_OFF : policy;
}

static void read_machine(bool mte)
{
	u64 ctr;

	asm volatile("mrs %0, ctr_el0" : "=r" (ctr));

	machine.fwb = has_fwb();
	machine.dic = FIELD_GET(CTR_EL0_DIC, ctr);
	machine.vm_mte = mte;
	machine.policy = read_policy();
	ksft_print_msg("policy %s, fwb %d, dic %d, vm_mte %d\n",
		       cohmem_policy_name(machine.policy), machine.fwb,
		       machine.dic, machine.vm_mte);
}

static void help(const char *name, int status)
{
	puts("");
	printf("Usage: %s [-h] [-m] [-r FAULTS]\n", name);
	puts("");
	printf(" -h: print this.\n");
	printf(" -m: the VM has MTE.\n");
	printf(" -r: faults after which page references are compared.\n");
	puts("");
	exit(status);
}

int main(int argc, char *argv[])
{
	unsigned int faults = 1000;
	bool mte = false;
	int opt, i;

	while ((opt = getopt(argc, argv, "hmr:")) != -1) {
		switch (opt) {
		case 'm':
			mte = true;
			break;
		case 'r':
			faults = atoi_positive("FAULTS", optarg);
			break;
		case 'h':
			help(argv[0], KSFT_PASS);
			break;
		default:
			help(argv[0], KSFT_FAIL);
		}
	}

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(getauxval(AT_HWCAP) & HWCAP_ATOMICS);
	TEST_REQUIRE(!mte || kvm_has_cap(KVM_CAP_ARM_MTE));

	page_size = getpagesize();
	test_size = NR_ACCESSES * page_size;
	read_machine(mte);

	ksft_set_plan(ARRAY_SIZE(kinds) * TESTS_PER_KIND + NR_UNMAPPED_TESTS +
		      NR_REFERENCE_TESTS + NR_CAPABILITY_TESTS);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		test_kind(&kinds[i]);
	test_unmapped();
	test_references(faults);
	test_capabilities();
	ksft_finished();
}
