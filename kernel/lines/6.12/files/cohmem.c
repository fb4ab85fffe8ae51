// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coherent PFNMAP memory in stage 2: what a stage-2 fault maps.
 *
 * user_mem_abort() looks up the VMA and the PFN, decides, maps, and finishes.
 * This file decides, without a lock: it collects the facts, among them the
 * host's leaf, and asks the memory-type rule. cohmem_block.c finds how much of
 * the memory around the page can be mapped as one.
 *
 * The VMM may change its mappings meanwhile. Each such change runs the MMU
 * notifiers, so mmu_invalidate_retry() fails, and a decision that mixes two
 * mappings is dropped.
 */
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/ratelimit.h>
#include <linux/sched/signal.h>

#include <asm/kvm_host.h>
#include <asm/kvm_mmu.h>

#include "cohmem.h"
#include "cohmem_facts.h"

#define CREATE_TRACE_POINTS
#include "trace_cohmem.h"

/* Why there is no PFN: what a load or store of the VMM itself would end with. */
static enum cohmem_reason reason_of_pfn(const struct kvm_s2_fault *f)
{
	if (!(f->vm_flags & VM_ACCESS_FLAGS))
		return COHMEM_NO_HOST_MAPPING;
	if (f->write && !(f->vm_flags & VM_WRITE))
		return COHMEM_HOST_READ_ONLY;
	if (f->pfn == KVM_PFN_ERR_RO_FAULT)
		return COHMEM_WRITE_PROTECTED;
	if (f->vm_flags & (VM_IO | VM_PFNMAP))
		return COHMEM_DRIVER_REFUSED;
	return COHMEM_NO_HOST_MAPPING;
}

/**
 * __cohmem_fault_decide() - Collect the facts of a fault, and ask the rules
 * @f: the fault
 *
 * The slow path of cohmem_fault_decide().
 *
 * Context: as for cohmem_fault_decide().
 * Return: as cohmem_fault_decide().
 */
int __cohmem_fault_decide(struct kvm_s2_fault *f)
{
	struct cohmem_extent e = { .hva = f->hva };
	int ret;

	cohmem_facts_init(&f->facts, f->vcpu->kvm);
	f->facts.exec = f->exec;
	cohmem_facts_vma(&f->facts, f->vm_flags);

	if (is_error_noslot_pfn(f->pfn)) {
		f->decision = cohmem_refuse(COHMEM_ROW_NONE, reason_of_pfn(f));
		return 0;
	}

	cohmem_facts_pfn(&f->facts, f->pfn, f->referenced);
	if (f->facts.linear || !cohmem_facts_leaf_matters(&f->facts, f->vm_flags)) {
		f->decision = cohmem_decide(&f->facts);
		return 0;
	}

	/*
	 * KVM has just read the PFN from the same leaf. If the leaf has gone or
	 * maps another PFN, an invalidation ran in between.
	 */
	f->decision = (struct cohmem_decision) { .row = COHMEM_ROW_NONE };
	ret = cohmem_extent_begin(f->vcpu->kvm->mm, &e);
	if (ret == -ENOENT || e.pfn != f->pfn)
		return -EAGAIN;

	f->by_leaf = true;
	f->leaf = e.leaf;
	f->facts.leaf = cohmem_facts_leaf(__pgprot(e.attrs));
	f->decision = ret ? cohmem_refuse(COHMEM_ROW_NONE, COHMEM_NO_HOST_MAPPING) :
			    cohmem_decide(&f->facts);
	return 0;
}

/**
 * cohmem_log_decision() - Log a decision, once for each VM and reason
 * @kvm: the VM
 * @d: the decision
 * @ipa: where the memory is for the guest
 * @first: where it begins for the VMM
 * @end: its end, exclusive
 *
 * A VMM may provoke it again and again. The rate limit is for users who start many
 * VMs. If it suppresses the line, the next decision tries again.
 *
 * Context: process context of the VMM.
 */
void cohmem_log_decision(struct kvm *kvm, const struct cohmem_decision *d,
			 gpa_t ipa, hva_t first, hva_t end)
{
	static DEFINE_RATELIMIT_STATE(rs, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);
	unsigned long *logged = &kvm->arch.cohmem_logged;

	if (test_bit(d->reason, logged) || !__ratelimit(&rs) ||
	    test_and_set_bit(d->reason, logged))
		return;

	pr_info("kvm [%i]: %s: memory at IPA 0x%llx, host 0x%lx-0x%lx %s: %s: %s\n",
		task_tgid_nr(current), current->comm, ipa, first, end - 1,
		d->verdict == COHMEM_REFUSED ? "refused" :
					       "is not cacheable for the guest",
		cohmem_reason_name(d->reason), cohmem_reason_remedy(d->reason));
}

/*
 * Does the operator have to know? A VMM may have its guest tell it what is not mapped
 * or not writable, to map it then. A driver that refuses is no part of such a plan; but
 * a VMM that is killed gets no PFN either.
 */
static bool is_for_operator(const struct cohmem_decision *d)
{
	if (d->row == COHMEM_ROW_NONE)
		return d->reason == COHMEM_DRIVER_REFUSED &&
		       !fatal_signal_pending(current);
	return d->reason != COHMEM_OK;
}

/**
 * __cohmem_fault_report() - Trace a decision, and report a refusal
 * @f: the fault
 * @ret: the result of the fault: 0; -EFAULT; -ENOEXEC; -EAGAIN if the guest has
 *	 to take it again; or the error of the stage-2 walker
 *
 * Traces each decision. Fills in KVM_EXIT_MEMORY_FAULT for a refusal. Logs what
 * the rule or the memory's driver refused, and undeclared memory that is not
 * cacheable in the guest.
 *
 * Context: process context of the vCPU. No lock is held but SRCU.
 */
void __cohmem_fault_report(const struct kvm_s2_fault *f, int ret)
{
	const struct cohmem_decision *d = &f->decision;

	trace_kvm_cohmem_fault(f->ipa, f->hva, f->pfn,
			       f->by_leaf && !f->prove ? f->size : 0, &f->facts, d, ret);
	if (ret == -EAGAIN)
		return;

	/* Before KVM_RUN the VMM has an exit of its own there. */
	if (ret == -EFAULT && d->verdict == COHMEM_REFUSED && !f->prefault)
		kvm_prepare_memory_fault_exit(f->vcpu, f->ipa, PAGE_SIZE,
					      f->write, f->exec, false);
	if (is_for_operator(d))
		cohmem_log_decision(f->vcpu->kvm, d, f->ipa, f->hva,
				    f->hva + PAGE_SIZE);
}
