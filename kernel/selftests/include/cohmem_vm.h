/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A VM with one vCPU that loads, stores and calls where the test says, at guest
 * virtual addresses that are the guest physical ones.
 */
#ifndef SELFTEST_KVM_COHMEM_VM_H
#define SELFTEST_KVM_COHMEM_VM_H

#include "cohmem_mappings.h"
#include "ucall_common.h"

enum guest_op { LOAD, STORE, CALL };

/**
 * enum guest_outcome - What came of an operation
 * @DONE: the guest has done it; @guest_report.value is what it loaded or got
 * @NO_EXEC: it took an external abort on the instruction fetch
 * @REFUSED: KVM_RUN failed with EFAULT and told of the page
 * @MMIO: there is no memslot, or a read-only one; or the guest executed there
 * @STUCK: no end of it in due time
 * @OTHER: anything else
 */
enum guest_outcome { DONE, NO_EXEC, REFUSED, MMIO, STUCK, OTHER };

/** guest_outcomes - an outcome in words */
extern const char * const guest_outcomes[];

/**
 * struct guest_vm - A VM, and where its vCPU begins
 * @vm: the VM
 * @vcpu: its vCPU
 * @stack: of the vCPU when it was made
 * @waits: the guest is done, and waits for an order
 */
struct guest_vm {
	struct kvm_vm *vm;
	struct kvm_vcpu *vcpu;
	u64 stack;
	bool waits;
};

/** guest_vm_create() - Make one, with MTE or without */
void guest_vm_create(struct guest_vm *t, bool mte);

/** guest_vm_add_vcpu() - The vCPU alone, for a VM that the test has made */
void guest_vm_add_vcpu(struct guest_vm *t);

/** guest_vm_map() - Let the guest's stage 1 map @gpa to itself */
void guest_vm_map(struct guest_vm *t, u64 gpa, size_t size);

/** guest_operate() - What the vCPU runs: one operation after the other, as ordered */
void guest_operate(void);

/** order_guest() - Say what the guest is to do, for KVM_RUN to begin it */
void order_guest(struct guest_vm *t, enum guest_op op, u64 gpa, u64 value);

/**
 * guest_do() - Let the guest do one thing
 * @t: the VM
 * @op: what
 * @gpa: where
 * @value: to be stored
 *
 * Return: what came of it. What KVM_RUN says is in errno and in the vCPU's run.
 */
enum guest_outcome guest_do(struct guest_vm *t, enum guest_op op, u64 gpa, u64 value);

/** guest_gets() - The same, and whether @wanted came of it, which is said if not */
bool guest_gets(struct guest_vm *t, enum guest_op op, u64 gpa, u64 value,
		enum guest_outcome wanted);

/** vcpu_outcome() - What came of an operation at @gpa, if KVM_RUN returned @ret */
enum guest_outcome vcpu_outcome(struct kvm_vcpu *vcpu, int ret, u64 gpa);

/** is_refusal() - Does @run tell of the page at @gpa that it was refused? */
bool is_refusal(const struct kvm_run *run, u64 gpa);

/** vm_enable_cap_early() - For what KVM takes only before there is a memslot */
void vm_enable_cap_early(struct kvm_vm *vm, u32 cap, u64 arg);

/** outcome_of() - What the rule makes of an access to memory that is mapped so */
enum guest_outcome outcome_of(const struct mapping *mapping, bool exec);

/** set_memslot_flags() - Set a memslot; returns 0 or errno */
int set_memslot_flags(struct kvm_vm *vm, unsigned int slot, u32 flags, u64 gpa,
		      size_t size, void *mem);

#endif /* SELFTEST_KVM_COHMEM_VM_H */
