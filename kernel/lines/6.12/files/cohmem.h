/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Coherent PFNMAP memory in stage 2: gathers the facts for the memory-type
 * rule (cohmem_rule.h), and reports what it decided.
 */
#ifndef __ARM64_KVM_COHMEM_H__
#define __ARM64_KVM_COHMEM_H__

#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/tracepoint-defs.h>

#include "cohmem_rule.h"

DECLARE_TRACEPOINT(kvm_cohmem_fault);

/**
 * struct cohmem_fault - One stage-2 fault on its way through the rule
 * @facts:	what is known so far
 * @decision:	what the rule said, valid after cohmem_fault_pfn()
 * @vcpu:	the vCPU that faulted
 * @ipa:	IPA, in the VM's own space (of L1, if nested); page-aligned once the facts
 *		are gathered, as is @hva
 * @hva:	address in the VMM
 * @pfn:	what the host maps there
 * @vm_flags:	flags of the VMA that was consulted
 * @vma_start:	its first address
 * @vma_end:	its end, exclusive
 * @block:	bytes that may be mapped as one, or 0 if the size of the block is
 *		not for the extent rule to say
 * @write:	the guest writes
 * @fast:	row linear, and nobody is to be told: only @facts.linear, @facts.vm_mte,
 *		@facts.dic and @facts.exec are set
 */
struct cohmem_fault {
	struct cohmem_facts facts;
	struct cohmem_decision decision;
	struct kvm_vcpu *vcpu;
	gpa_t ipa;
	hva_t hva;
	kvm_pfn_t pfn;
	unsigned long vm_flags;
	unsigned long vma_start;
	unsigned long vma_end;
	unsigned long block;
	bool write;
	bool fast;
};

int __cohmem_fault_pfn(struct cohmem_fault *cf);
void __cohmem_fault_extent(struct cohmem_fault *cf,
			   const struct kvm_memory_slot *memslot,
			   phys_addr_t fault_ipa, unsigned long max);
void __cohmem_fault_report(const struct cohmem_fault *cf, int ret);
int cohmem_fault_unmapped(struct cohmem_fault *cf, kvm_pfn_t err);
int cohmem_fault_no_pfn(struct cohmem_fault *cf, kvm_pfn_t err,
			unsigned long mmu_seq);

int cohmem_check_memslot_vma(struct kvm *kvm,
			     const struct kvm_memory_slot *new,
			     enum kvm_mr_change change,
			     struct vm_area_struct *vma);

bool cohmem_phys_is_linear(phys_addr_t phys);
bool cohmem_supported(void);

/*
 * Almost every fault is of RAM, which is not to pay for the rest: what can be told
 * apart at once is decided here, from no more facts than row linear looks at.
 */

/**
 * cohmem_fault_init() - Begin to collect what is known of a stage-2 fault
 * @cf: to be filled
 * @vcpu: the vCPU that faulted
 * @ipa: faulting IPA, in the VM's own space (of L1, if nested)
 * @hva: address in the VMM that backs @ipa
 * @write: the guest writes
 * @exec: the guest executes
 *
 * Context: process context of @vcpu.
 */
static inline void cohmem_fault_init(struct cohmem_fault *cf,
				     struct kvm_vcpu *vcpu, gpa_t ipa,
				     hva_t hva, bool write, bool exec)
{
	cf->vcpu = vcpu;
	cf->ipa = ipa;
	cf->hva = hva;
	cf->vm_flags = 0;
	cf->block = 0;
	cf->write = write;
	cf->facts.exec = exec;
}

/**
 * cohmem_fault_vma() - Add what the VMA tells
 * @cf: the fault
 * @vma: the VMA that holds its HVA
 *
 * Context: mmap_lock held. @vma is not used after return.
 */
static inline void cohmem_fault_vma(struct cohmem_fault *cf,
				    const struct vm_area_struct *vma)
{
	cf->vm_flags = vma->vm_flags;
	/* Bounds are for extents. */
	if (!(vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP)))
		return;
	cf->vma_start = vma->vm_start;
	cf->vma_end = vma->vm_end;
}

/**
 * cohmem_fault_pfn() - Add what the host's leaf tells, and ask the rule
 * @cf: the fault, after cohmem_fault_vma()
 * @pfn: what the host maps; the caller holds a reference if it has a page
 *
 * Context: process context, may sleep. Takes mmap_lock for read. The MMU
 * invalidation sequence was sampled before @pfn was looked up.
 * Return: 0 and a provisional decision in @cf, or -EAGAIN if the mapping
 * changed meanwhile.
 */
static inline int cohmem_fault_pfn(struct cohmem_fault *cf, kvm_pfn_t pfn)
{
	cf->pfn = pfn;
	cf->facts.linear = pfn_is_map_memory(pfn);
	/* Not kvm_has_mte(), which is a call: the VM has it only if the CPUs do. */
	cf->facts.vm_mte = test_bit(KVM_ARCH_FLAG_MTE_ENABLED,
				    &cf->vcpu->kvm->arch.flags);
	cf->fast = cf->facts.linear && !cf->facts.vm_mte &&
		   !tracepoint_enabled(kvm_cohmem_fault);
	if (!cf->fast)
		return __cohmem_fault_pfn(cf);

	cf->facts.dic = cpus_have_final_cap(ARM64_HAS_CACHE_DIC);
	cf->decision = cohmem_decide_linear(&cf->facts);
	return 0;
}

/*
 * As __cohmem_fault_extent(), for which linear memory has no extents. Of @nested,
 * if there is one, no more than what L1 has mapped as one.
 */
static inline void cohmem_fault_extent(struct cohmem_fault *cf,
				       const struct kvm_memory_slot *memslot,
				       phys_addr_t fault_ipa, unsigned long max,
				       struct kvm_s2_trans *nested)
{
	if (cf->facts.linear && !IS_ENABLED(CONFIG_DEBUG_VM))
		return;

	if (nested)
		max = min(max, kvm_s2_trans_size(nested));
	__cohmem_fault_extent(cf, memslot, fault_ipa, max);
}

/* The error that the guest is to see, if the decision becomes final. */
static inline int cohmem_fault_error(const struct cohmem_fault *cf)
{
	if (cf->decision.verdict == COHMEM_REFUSED)
		return -EFAULT;
	if (cf->facts.exec && !cf->decision.executable)
		return -ENOEXEC;
	return 0;
}

/**
 * cohmem_fault_check() - Is the guest to have what it asked for?
 * @cf: the fault, after cohmem_fault_pfn()
 *
 * Context: mmu_lock held and mmu_invalidate_retry() passed: the decision is
 * final.
 * Return: 0; -EFAULT if the memory is refused; -ENOEXEC if the guest executes
 * from memory that is never executable.
 */
static inline int cohmem_fault_check(struct cohmem_fault *cf)
{
	if (cf->fast)
		return 0;

	cf->vcpu->arch.cohmem.lost_races = 0;
	return cohmem_fault_error(cf);
}

/* As __cohmem_fault_report(), if there is anything to tell. */
static inline void cohmem_fault_report(const struct cohmem_fault *cf, int ret)
{
	if (!cf->fast)
		__cohmem_fault_report(cf, ret);
}

/* The page is Device or Normal-NC in stage 2. */
static inline bool cohmem_fault_is_uncached(const struct cohmem_fault *cf)
{
	return cf->decision.verdict == COHMEM_NORMAL_NC ||
	       cf->decision.verdict == COHMEM_DEVICE;
}

#endif /* __ARM64_KVM_COHMEM_H__ */
