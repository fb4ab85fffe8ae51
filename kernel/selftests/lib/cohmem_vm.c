// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "cohmem_vm.h"

const char * const guest_outcomes[] = {
	[DONE]		= "done",
	[NO_EXEC]	= "external abort on instruction fetch",
	[REFUSED]	= "refused, with exit information",
	[MMIO]		= "left to the VMM",
	[STUCK]		= "stuck",
	[OTHER]		= "something else",
};

/* What the guest is to do; shared with it. */
static struct {
	enum guest_op op;
	u64 addr;
	u64 value;
} order;

void guest_operate(void)
{
	for (;;) {
		switch (READ_ONCE(order.op)) {
		case LOAD:
			guest_report.value = guest_load(order.addr);
			break;
		case STORE:
			guest_store(order.addr, order.value);
			break;
		case CALL:
			guest_report.value = guest_call(order.addr + CODE);
			break;
		}
		GUEST_SYNC(0);
	}
}

void guest_vm_add_vcpu(struct guest_vm *t)
{
	t->vcpu = vm_vcpu_add(t->vm, 0, guest_operate);
	t->waits = false;
	install_abort_handlers(t->vm);
	vcpu_init_descriptor_tables(t->vcpu);
	t->stack = vcpu_stack(t->vcpu);
}

void guest_vm_create(struct guest_vm *t, bool mte)
{
	t->vm = vm_create(1);
	if (mte)
		vm_enable_cap(t->vm, KVM_CAP_ARM_MTE, 0);
	guest_vm_add_vcpu(t);
}

void guest_vm_map(struct guest_vm *t, u64 gpa, size_t size)
{
	virt_map(t->vm, gpa, gpa, size / t->vm->page_size);
}

bool is_refusal(const struct kvm_run *run, u64 gpa)
{
	size_t page = getpagesize();

	return errno == EFAULT && run->exit_reason == KVM_EXIT_MEMORY_FAULT &&
	       run->memory_fault.gpa == (gpa & ~(page - 1)) &&
	       run->memory_fault.size == page && !run->memory_fault.flags;
}

enum guest_outcome vcpu_outcome(struct kvm_vcpu *vcpu, int ret, u64 gpa)
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

	sync_global_from_guest(vcpu->vm, guest_report);
	if (!guest_report.esr)
		return DONE;
	return guest_report.esr >> ESR_EC_SHIFT == ESR_EC_IABT &&
	       (guest_report.esr & ESR_FSC) == FSC_EXTERNAL ? NO_EXEC : OTHER;
}

void order_guest(struct guest_vm *t, enum guest_op op, u64 gpa, u64 value)
{
	memset(&guest_report, 0, sizeof(guest_report));
	sync_global_to_guest(t->vm, guest_report);
	order.op = op;
	order.addr = gpa;
	order.value = value;
	sync_global_to_guest(t->vm, order);
	if (!t->waits)
		vcpu_restart(t->vcpu, guest_operate, t->stack);
}

enum guest_outcome guest_do(struct guest_vm *t, enum guest_op op, u64 gpa, u64 value)
{
	enum guest_outcome outcome;

	order_guest(t, op, gpa, value);
	outcome = vcpu_outcome(t->vcpu, __vcpu_run(t->vcpu), gpa);
	t->waits = outcome == DONE || outcome == NO_EXEC;
	return outcome;
}

bool guest_gets(struct guest_vm *t, enum guest_op op, u64 gpa, u64 value,
		enum guest_outcome wanted)
{
	static const char * const ops[] = { "load", "store", "call" };
	enum guest_outcome got = guest_do(t, op, gpa, value);

	if (got == wanted &&
	    (got != DONE || op != CALL || guest_report.value == RETURNED))
		return true;
	ksft_print_msg("%s at %#lx: %s (errno %d, %s), not: %s\n", ops[op], gpa,
		       guest_outcomes[got], errno,
		       exit_reason_str(t->vcpu->run->exit_reason),
		       guest_outcomes[wanted]);
	return false;
}

enum guest_outcome outcome_of(const struct mapping *mapping, bool exec)
{
	struct cohmem_decision d = decide(mapping, exec);

	if (d.verdict == COHMEM_REFUSED)
		return REFUSED;
	return exec && !d.executable ? NO_EXEC : DONE;
}

void vm_enable_cap_early(struct kvm_vm *vm, u32 cap, u64 arg)
{
	/* The library has made one. */
	struct kvm_userspace_memory_region2 *r = &memslot2region(vm, 0)->region;
	void *mem = (void *)r->userspace_addr;

	vm_set_user_memory_region(vm, 0, 0, r->guest_phys_addr, 0, mem);
	vm_enable_cap(vm, cap, arg);
	vm_set_user_memory_region(vm, 0, 0, r->guest_phys_addr, r->memory_size, mem);
}

int set_memslot_flags(struct kvm_vm *vm, unsigned int slot, u32 flags, u64 gpa,
		      size_t size, void *mem)
{
	return __vm_set_user_memory_region(vm, slot, flags, gpa, size, mem) ?
	       errno : 0;
}
