/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Coherent PFNMAP memory in stage 2: decides what a stage-2 fault maps, by the
 * memory-type rule (cohmem_rule.h) and the extent rule (cohmem_extent.h), and
 * reports the decision.
 */
#ifndef __ARM64_KVM_COHMEM_H__
#define __ARM64_KVM_COHMEM_H__

#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/tracepoint-defs.h>

#include "cohmem_extent.h"
#include "cohmem_rule.h"

DECLARE_TRACEPOINT(kvm_cohmem_fault);

/**
 * struct kvm_s2_fault - One stage-2 fault
 *
 * What is asked. Nobody reads ESR_EL2 or HPFAR_EL2 from here on.
 * @vcpu:	the vCPU that faulted
 * @mmu:	the stage 2 that lacks the mapping
 * @nested:	the mapping of L1, if @mmu is a shadow of it, or NULL
 * @slot:	the memslot of @ipa
 * @fault_ipa:	page-aligned address in @mmu: an IPA of L2, if nested
 * @ipa:	page-aligned IPA of the VM itself: of L1, if nested
 * @hva:	page-aligned address in the VMM
 * @granule:	bytes of the entry that denied the access, or 0 if there was none
 * @write:	the guest writes
 * @exec:	the guest executes
 * @logging:	@slot logs dirty pages
 * @prefault:	there was no fault: the VMM has the memory mapped in advance
 *
 * What is found. It is of one piece if no invalidation has run since @mmu_seq.
 * @vma_shift:	log2 of the bytes that hugetlbfs maps as one, or PAGE_SHIFT
 * @writable:	the host's mapping is writable
 * @referenced:	there is a reference to the page of @pfn, if it has one
 * @vm_flags:	flags of the VMA, or 0 if there is none
 * @vma_start:	its first address
 * @vma_end:	its end, exclusive
 * @mmu_seq:	the MMU invalidation sequence
 * @pfn:	PFN that the host maps at @hva, or an error PFN
 *
 * What is decided.
 * @facts:	the facts for the rule, unless @fast is set
 * @decision:	decision of the rule
 * @fast:	the page is linear, the VM has no MTE, and the tracepoint is off
 * @by_leaf:	the page is decided by its leaf alone
 * @prove:	@size is an upper bound, and has to be found under mmu_lock
 * @force_pte:	map a page, whatever the host has
 * @size:	bytes to map
 * @leaf:	the leaf, if @by_leaf, as struct cohmem_extent has it
 */
struct kvm_s2_fault {
	struct kvm_vcpu *vcpu;
	struct kvm_s2_mmu *mmu;
	struct kvm_s2_trans *nested;
	struct kvm_memory_slot *slot;
	phys_addr_t fault_ipa;
	gpa_t ipa;
	hva_t hva;
	u64 granule;
	bool write;
	bool exec;
	bool logging;
	bool prefault;

	short vma_shift;
	bool writable;
	bool referenced;
	unsigned long vm_flags;
	unsigned long vma_start;
	unsigned long vma_end;
	unsigned long mmu_seq;
	kvm_pfn_t pfn;

	struct cohmem_facts facts;
	struct cohmem_decision decision;
	bool fast;
	bool by_leaf;
	bool prove;
	bool force_pte;
	u64 size;
	pteval_t leaf;
};

int __cohmem_fault_decide(struct kvm_s2_fault *f);
void __cohmem_fault_report(const struct kvm_s2_fault *f, int ret);
void __cohmem_fault_size(struct kvm_s2_fault *f);
void cohmem_fault_prove(struct kvm_s2_fault *f);

enum cohmem_reason cohmem_check_memslot_vma(struct kvm *kvm,
					    const struct kvm_memory_slot *new,
					    enum kvm_mr_change change,
					    struct vm_area_struct *vma);

void cohmem_log_decision(struct kvm *kvm, const struct cohmem_decision *d,
			 gpa_t ipa, hva_t first, hva_t end);

int cohmem_cap_answer(void);

/**
 * cohmem_fault_decide() - Decide what a stage-2 fault maps
 * @f: the fault, with what is asked and what is found
 *
 * Almost every fault is on RAM, and must not become slower: it is decided here.
 * The decision is final under mmu_lock, if no invalidation has run since
 * @f->mmu_seq.
 *
 * Context: process context of the vCPU, may sleep. No lock is held but SRCU.
 * Return: 0; -EAGAIN if the mapping has changed since the look-up.
 */
static inline int cohmem_fault_decide(struct kvm_s2_fault *f)
{
	/* Cheaper than kvm_has_mte(). The flag is set only if the CPUs have MTE. */
	bool vm_mte = test_bit(KVM_ARCH_FLAG_MTE_ENABLED, &f->vcpu->kvm->arch.flags);
	bool dic;

	f->fast = pfn_is_map_memory(f->pfn) && !vm_mte &&
		  !tracepoint_enabled(kvm_cohmem_fault);
	if (unlikely(!f->fast))
		return __cohmem_fault_decide(f);

	/* cpus_have_final_cap() would have registers saved for its BUG(). */
	dic = alternative_has_cap_unlikely(ARM64_HAS_CACHE_DIC);
	f->decision = cohmem_decide_linear(false, cohmem_is_executable(dic, f->exec));
	return 0;
}

/**
 * cohmem_fault_error() - The result of a fault that maps nothing
 * @f: the fault, after cohmem_fault_decide()
 *
 * Context: any.
 * Return: 0; -EFAULT if the memory is refused; -ENOEXEC if the guest executes
 * from memory that is never executable.
 */
static inline int cohmem_fault_error(const struct kvm_s2_fault *f)
{
	/* Ordinary RAM is never refused, and is executable if the guest executes. */
	if (f->fast)
		return 0;
	if (f->decision.verdict == COHMEM_REFUSED)
		return -EFAULT;
	if (f->exec && !f->decision.executable)
		return -ENOEXEC;
	return 0;
}

#ifdef CONFIG_DEBUG_VM
void cohmem_widen_race_window(void);
#else
static inline void cohmem_widen_race_window(void) { }
#endif

/**
 * cohmem_fault_size() - Find the largest block that the fault may map
 * @f: the fault, after cohmem_fault_decide()
 *
 * Does nothing for what is not decided by its leaf. KVM finds the size of all other
 * memory as it does without cohmem.
 *
 * Context: as for __cohmem_fault_size().
 */
static inline void cohmem_fault_size(struct kvm_s2_fault *f)
{
	if (f->by_leaf && !cohmem_fault_error(f))
		__cohmem_fault_size(f);
	cohmem_widen_race_window();
}

/**
 * cohmem_fault_report() - Trace a decision, and report a refusal
 * @f: the fault, after cohmem_fault_decide()
 * @ret: the result of the fault, as for __cohmem_fault_report()
 *
 * Context: process context of the vCPU. No lock is held but SRCU.
 */
static inline void cohmem_fault_report(const struct kvm_s2_fault *f, int ret)
{
	if (!f->fast)
		__cohmem_fault_report(f, ret);
}

/* Is the page Device or Normal-NC in stage 2? */
static inline bool cohmem_fault_is_uncached(const struct kvm_s2_fault *f)
{
	return f->decision.verdict == COHMEM_NORMAL_NC ||
	       f->decision.verdict == COHMEM_DEVICE;
}

#endif /* __ARM64_KVM_COHMEM_H__ */
