/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Coherent PFNMAP memory in stage 2: collects the facts for the memory-type
 * rule (cohmem_rule.h), and reports its decisions.
 */
#ifndef __ARM64_KVM_COHMEM_H__
#define __ARM64_KVM_COHMEM_H__

#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/tracepoint-defs.h>

#include "cohmem_rule.h"

DECLARE_TRACEPOINT(kvm_cohmem_fault);

/**
 * struct cohmem_fault - One stage-2 fault
 * @facts:	the facts for the rule. If @fast is set, only @linear, @vm_mte,
 *		@dic and @exec are valid
 * @decision:	decision of the rule, valid after cohmem_fault_pfn()
 * @vcpu:	the vCPU that faulted
 * @ipa:	faulting IPA, of the VM itself (of L1, if nested). Page-aligned
 *		after cohmem_fault_pfn(), unless @fast is set
 * @hva:	address in the VMM, aligned in the same way
 * @pfn:	PFN that the host maps there
 * @vm_flags:	flags of the VMA
 * @vma_start:	first address of the VMA
 * @vma_end:	end of the VMA, exclusive
 * @block:	bytes that may be mapped as one block, or 0 if the extent rule does
 *		not choose the size
 * @write:	the guest writes
 * @fast:	the page is linear, the VM has no MTE, and the tracepoint is off
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
 * Almost every fault is on RAM, and must not become slower. The functions below
 * decide such a fault inline, by the facts that row linear needs. The __cohmem
 * functions are for all other faults.
 */

/**
 * cohmem_fault_init() - Store what the exit tells of a stage-2 fault
 * @cf: the fault
 * @vcpu: the vCPU that faulted
 * @ipa: faulting IPA, of the VM itself (of L1, if nested)
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
 * cohmem_fault_vma() - Store what the VMA tells of a stage-2 fault
 * @cf: the fault
 * @vma: the VMA that contains its HVA
 *
 * Context: mmap_lock is held. @vma is not used after the return.
 */
static inline void cohmem_fault_vma(struct cohmem_fault *cf,
				    const struct vm_area_struct *vma)
{
	cf->vm_flags = vma->vm_flags;
	/* Only the extent rule needs the bounds. */
	if (!(vma->vm_flags & (VM_PFNMAP | VM_MIXEDMAP)))
		return;
	cf->vma_start = vma->vm_start;
	cf->vma_end = vma->vm_end;
}

/**
 * cohmem_fault_pfn() - Read the host's leaf, and ask the rule
 * @cf: the fault, after cohmem_fault_vma()
 * @pfn: PFN that the host maps. If it has a page, the caller holds a reference
 *
 * Context: process context, may sleep. Takes mmap_lock for read. The caller has
 * sampled the MMU invalidation sequence before it looked up @pfn.
 * Return: 0, with a provisional decision in @cf; -EAGAIN if the mapping has
 * changed since the look-up.
 */
static inline int cohmem_fault_pfn(struct cohmem_fault *cf, kvm_pfn_t pfn)
{
	cf->pfn = pfn;
	cf->facts.linear = pfn_is_map_memory(pfn);
	/* Cheaper than kvm_has_mte(). The flag is set only if the CPUs have MTE. */
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

/**
 * cohmem_fault_extent() - Find the largest block that the fault may map
 * @cf: the fault, after cohmem_fault_pfn()
 * @memslot: the memslot that contains its HVA
 * @fault_ipa: the IPA to map it at: an IPA of L2, if nested
 * @max: the largest size of the block in bytes, at least PAGE_SIZE
 * @nested: the mapping of L1, or NULL. The block is not larger than it
 *
 * Does nothing for linear memory. Sets @cf->block as __cohmem_fault_extent()
 * does for all other memory.
 *
 * Context: as for __cohmem_fault_extent().
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

/* The result of the fault, if the decision becomes final. */
static inline int cohmem_fault_error(const struct cohmem_fault *cf)
{
	if (cf->decision.verdict == COHMEM_REFUSED)
		return -EFAULT;
	if (cf->facts.exec && !cf->decision.executable)
		return -ENOEXEC;
	return 0;
}

/**
 * cohmem_fault_check() - Take the decision as final
 * @cf: the fault, after cohmem_fault_pfn()
 *
 * Context: mmu_lock is held, and mmu_invalidate_retry() found no invalidation.
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

/**
 * cohmem_fault_report() - Trace a decision, and report a refusal
 * @cf: the fault
 * @ret: the result of the fault, as for __cohmem_fault_report()
 *
 * Context: process context of the vCPU. No lock is held but SRCU.
 */
static inline void cohmem_fault_report(const struct cohmem_fault *cf, int ret)
{
	if (!cf->fast)
		__cohmem_fault_report(cf, ret);
}

/* Is the page Device or Normal-NC in stage 2? */
static inline bool cohmem_fault_is_uncached(const struct cohmem_fault *cf)
{
	return cf->decision.verdict == COHMEM_NORMAL_NC ||
	       cf->decision.verdict == COHMEM_DEVICE;
}

#endif /* __ARM64_KVM_COHMEM_H__ */
