// SPDX-License-Identifier: GPL-2.0-only
/*
 * cohmem_errors - each step of a stage-2 fault fails, and the fault releases its page
 *
 * The steps that a fault has after it acquired the page fail one at a time, with each of
 * their errors. KVM_RUN says what is wrong, or the guest takes the fault again. The next
 * attempt succeeds. In the end the page has as many references as before. The step that
 * checks for a lost race is in cohmem_races.
 *
 * Needs the nodes /dev/cohmem-test/KIND of cohmem's test device, and a kernel with
 * CONFIG_KPROBES, on which the device lets functions fail.
 */
#include "cohmem_vm.h"

#define TEST_GPA	0x100000000ul
#define TIMES		20
#define ERROR		"/sys/module/cohmem_testdev/parameters/error"
/* KVM_PFN_ERR_FAULT */
#define NO_PFN		0x7ff0000000000000ll

/**
 * struct step - A step of the fault that can fail
 * @function: of the kernel
 * @value: what it returns then
 * @error: of KVM_RUN; 0: the guest takes the fault again, at once
 * @by_leaf: only memory without struct pages comes here
 * @relaxes: only an execution from what is mapped comes here, where there is no DIC
 * @not_made: this step has to be left out then
 */
struct step {
	const char *function;
	s64 value;
	int error;
	bool by_leaf;
	bool relaxes;
	bool not_made;
};

static const struct step steps[] = {
	{ "gfn_to_pfn_memslot_fault", NO_PFN, EFAULT },
	{ "__cohmem_fault_decide", -EAGAIN, .by_leaf = true },
	{ "cohmem_extent_begin", -ENOENT, .by_leaf = true },
	{ "kvm_mmu_topup_memory_cache", -ENOMEM, ENOMEM },
	{ "kvm_pgtable_stage2_map_fault", -ENOMEM, ENOMEM },
	{ "kvm_pgtable_stage2_map_fault", -EAGAIN },
	{ "kvm_pgtable_stage2_relax_perms", -EAGAIN, .relaxes = true },
	/* A page of ordinary memory may become a part of a block, and need a table. */
	{ "kvm_mmu_topup_memory_cache", -ENOMEM, ENOMEM, .relaxes = true },
	{ "kvm_mmu_topup_memory_cache", -ENOMEM, .by_leaf = true, .relaxes = true,
	  .not_made = true },
};

static size_t page;
static int counter;

static void fail(const struct step *step)
{
	char text[128];

	snprintf(text, sizeof(text), "%s %ld 1\n", step->function, step->value);
	write_file(ERROR, text);
}

static void fail_no_more(void)
{
	write_file(ERROR, "\n");
}

static bool has_failed(void)
{
	char text[16] = "";
	int fd = open_path_or_exit(ERROR, O_RDONLY);

	TEST_ASSERT(read(fd, text, sizeof(text) - 1) > 0, ERROR ": errno %i", errno);
	close(fd);
	return !atoi(text);
}

/* One fault that meets the error, and what comes after it. */
static bool meets(struct guest_vm *t, void *mem, const struct step *step)
{
	enum guest_op op = step->relaxes ? CALL : LOAD;
	enum guest_outcome wanted = !step->error ? DONE :
				    step->error == EFAULT ? REFUSED : OTHER;
	enum guest_outcome outcome;
	bool failed;
	int error;

	TEST_ASSERT(!mprotect(mem, page, PROT_NONE) &&
		    !mprotect(mem, page, PROT_READ | PROT_WRITE), "mprotect(): errno %i", errno);
	if (!check(!s2_entry_at(t->vm, TEST_GPA).block, "it is unmapped"))
		return false;
	if (step->relaxes && !guest_gets(t, LOAD, TEST_GPA, 0, DONE))
		return false;
	fail(step);
	outcome = guest_do(t, op, TEST_GPA, 0);
	error = outcome == DONE ? 0 : errno;
	failed = has_failed();
	fail_no_more();
	if (outcome != wanted || error != step->error || failed == step->not_made) {
		ksft_print_msg("%s, errno %d, %d failures left\n", guest_outcomes[outcome],
			       error, !failed);
		return false;
	}
	return guest_gets(t, op, TEST_GPA, 0, DONE);
}

static void test_step(const struct step *step, const char *what, void *mem)
{
	struct guest_vm t;
	u32 before, after;
	unsigned int i;
	u64 pa;

	guest_vm_create(&t, false);
	guest_vm_map(&t, TEST_GPA, page);
	TEST_ASSERT(!set_memslot_flags(t.vm, TEST_SLOT, 0, TEST_GPA, page, mem),
		    "memslot: errno %i", errno);
	WRITE_ONCE(*(u32 *)(mem + CODE), INSN_MOV_X0_42);
	WRITE_ONCE(*(u32 *)(mem + CODE + 4), INSN_RET);
	TEST_ASSERT(guest_gets(&t, LOAD, TEST_GPA, 0, DONE), "the first load");
	pa = s2_entry_at(t.vm, TEST_GPA).pa;

	before = step->by_leaf ? 0 : page_count(counter, pa);
	for (i = 0; i < TIMES && meets(&t, mem, step); i++)
		;
	after = step->by_leaf ? 0 : page_count(counter, pa);
	/* A list of the kernel's may have had a new page, and not have it any more. */
	ksft_test_result(i == TIMES && (before == after || before == after + 1),
			 "%s: %s() %s %ld, %u times: %u references now, %u before\n",
			 what, step->function, step->not_made ? "is not called for" : "returns",
			 step->value, i, after, before);
	kvm_vm_free(t.vm);
}

static unsigned int nr_tests(void)
{
	const struct step *step;
	unsigned int nr = 0;

	for (step = steps; step < steps + ARRAY_SIZE(steps); step++) {
		if (!step->relaxes || !test_machine.dic)
			nr += step->by_leaf ? 1 : 2;
	}
	return nr;
}

int main(void)
{
	void *ram, *declared, *anonymous;
	const struct step *step;

	ksft_print_header();
	TEST_REQUIRE(!access(NODE_DIR, F_OK));
	TEST_REQUIRE(!access(ERROR, F_OK));

	page = getpagesize();
	kvm_pin_this_task_to_pcpu(0);
	read_machine(false);
	ksft_set_plan(nr_tests());
	counter = open_node("stage2");
	ram = map_node(NULL, page, "ram", 0, PROT_READ | PROT_WRITE, MAP_SHARED);
	declared = map_node(NULL, page, "declared", 0, PROT_READ | PROT_WRITE, MAP_SHARED);
	anonymous = map_anonymous(page);

	for (step = steps; step < steps + ARRAY_SIZE(steps); step++) {
		if (step->relaxes && test_machine.dic)
			continue;
		if (step->by_leaf) {
			test_step(step, "declared", declared);
			continue;
		}
		test_step(step, "anonymous", anonymous);
		test_step(step, "ram", ram);
	}
	ksft_finished();
}
