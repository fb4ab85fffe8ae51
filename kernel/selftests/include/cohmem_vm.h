/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM with one vCPU that loads, stores and calls where the test says, at guest
 * virtual addresses that are the guest physical ones.
 */
#ifndef SELFTEST_KVM_COHMEM_VM_H
#define SELFTEST_KVM_COHMEM_VM_H

#include "cohmem_mappings.h"
#include "ucall_common.h"

/* Where in a page the function is that a guest calls; it returns 42. */
#define CODE		256

enum guest_op { LOAD, STORE, CALL };

/**
 * enum guest_outcome - What came of an operation
 * @DONE: the guest has done it; @report.value is what it loaded or got
 * @NO_EXEC: it took an external abort on the instruction fetch
 * @REFUSED: KVM_RUN failed with EFAULT and told of the page
 * @MMIO: there is no memslot, or a read-only one; or the guest executed there
 * @STUCK: no end of it in due time
 * @OTHER: anything else
 */
enum guest_outcome { DONE, NO_EXEC, REFUSED, MMIO, STUCK, OTHER };

static const char * const guest_outcomes[] = {
	[DONE]		= "done",
	[NO_EXEC]	= "external abort on instruction fetch",
	[REFUSED]	= "refused, with exit information",
	[MMIO]		= "left to the VMM",
	[STUCK]		= "stuck",
	[OTHER]		= "something else",
};

/**
 * struct test_vm - A VM, and where its vCPU begins
 * @vm: the VM
 * @vcpu: its vCPU
 * @stack: of the vCPU when it was made
 * @waits: the guest is done, and waits for an order
 */
struct test_vm {
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpu;
	u64 stack;
	bool waits;
};

/* What the guest is to do; shared with it. */
static struct {
	enum guest_op op;
	u64 addr;
	u64 value;
} order;

static void guest_operate(void)
{
	for (;;) {
		switch (READ_ONCE(order.op)) {
		case LOAD:
			report.value = guest_load(order.addr);
			break;
		case STORE:
			guest_store(order.addr, order.value);
			break;
		case CALL:
			report.value = guest_call(order.addr + CODE);
			break;
		}
		GUEST_SYNC(0);
	}
}

static inline void test_vm_add_vcpu(struct test_vm *t)
{
	t->vcpu = vm_vcpu_add(t->vm, 0, guest_operate);
	t->waits = false;
	install_abort_handlers(t->vm);
	vcpu_init_descriptor_tables(t->vcpu);
	t->stack = vcpu_stack(t->vcpu);
}

static inline void test_vm_create(struct test_vm *t, bool mte)
{
	t->vm = vm_create(1);
	if (mte)
		vm_enable_cap(t->vm, KVM_CAP_ARM_MTE, 0);
	test_vm_add_vcpu(t);
}

/* For the guest's stage 1. */
static inline void test_vm_map(struct test_vm *t, u64 gpa, size_t size)
{
	virt_map(t->vm, gpa, gpa, size / t->vm->page_size);
}

static inline bool is_refusal(const struct kvm_run *run, u64 gpa)
{
	size_t page = getpagesize();

	return errno == EFAULT && run->exit_reason == KVM_EXIT_MEMORY_FAULT &&
	       run->memory_fault.gpa == (gpa & ~(page - 1)) &&
	       run->memory_fault.size == page && !run->memory_fault.flags;
}

static inline enum guest_outcome vcpu_outcome(struct kvm_vcpu *vcpu, int ret,
					      u64 gpa)
{
	struct ucall uc;

	if (ret)
		return errno == EINTR ? STUCK :
		       is_refusal(vcpu->run, gpa) ? REFUSED : OTHER;
	if (vcpu->run->exit_reason == KVM_EXIT_MMIO &&
	    vcpu->run->mmio.phys_addr == gpa) {
		vcpu_run_complete_io(vcpu);
		return MMIO;
	}
	if (get_ucall(vcpu, &uc) != UCALL_SYNC)
		return OTHER;
	/* The exit is complete only with the next KVM_RUN. */
	vcpu_run_complete_io(vcpu);

	sync_global_from_guest(vcpu->vm, report);
	if (!report.esr)
		return DONE;
	return report.esr >> ESR_EC_SHIFT == ESR_EC_IABT ? NO_EXEC : OTHER;
}

/* What KVM_RUN says is in errno and in the vCPU's run. */
static inline enum guest_outcome guest_do(struct test_vm *t, enum guest_op op,
					  u64 gpa, u64 value)
{
	enum guest_outcome outcome;

	memset(&report, 0, sizeof(report));
	sync_global_to_guest(t->vm, report);
	order.op = op;
	order.addr = gpa;
	order.value = value;
	sync_global_to_guest(t->vm, order);
	if (!t->waits)
		vcpu_restart(t->vcpu, guest_operate, t->stack);
	outcome = vcpu_outcome(t->vcpu, __vcpu_run(t->vcpu), gpa);
	t->waits = outcome == DONE || outcome == NO_EXEC;
	return outcome;
}

static inline bool guest_gets(struct test_vm *t, enum guest_op op, u64 gpa,
			      u64 value, enum guest_outcome wanted)
{
	static const char * const ops[] = { "load", "store", "call" };
	enum guest_outcome got = guest_do(t, op, gpa, value);

	if (got == wanted &&
	    (got != DONE || op != CALL || report.value == RETURNED))
		return true;
	ksft_print_msg("%s at %#lx: %s (errno %d, %s), not: %s\n", ops[op], gpa,
		       guest_outcomes[got], errno,
		       exit_reason_str(t->vcpu->run->exit_reason),
		       guest_outcomes[wanted]);
	return false;
}

/* What the rule makes of an access to memory that is mapped so. */
static inline enum guest_outcome outcome_of(const struct mapping *mapping, bool exec)
{
	struct cohmem_decision d = decide(mapping, exec);

	if (d.verdict == COHMEM_REFUSED)
		return REFUSED;
	return exec && !d.executable ? NO_EXEC : DONE;
}

/* Returns 0 or errno. */
static inline int set_memslot_flags(struct kvm_vm *vm, unsigned int slot,
				    u32 flags, u64 gpa, size_t size, void *mem)
{
	return __vm_set_user_memory_region(vm, slot, flags, gpa, size, mem) ?
	       errno : 0;
}

#endif /* SELFTEST_KVM_COHMEM_VM_H */
