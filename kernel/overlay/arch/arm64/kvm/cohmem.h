/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Coherent PFNMAP memory in stage 2: gathers the facts for the memory-type
 * rule (cohmem_rule.h), and reports what it decided.
 */
#ifndef __ARM64_KVM_COHMEM_H__
#define __ARM64_KVM_COHMEM_H__

#include <linux/kvm_host.h>
#include <linux/mm_types.h>

#include "cohmem_rule.h"

/**
 * struct cohmem_fault - One stage-2 fault on its way through the rule
 * @facts:	what is known so far
 * @decision:	what the rule said, valid after cohmem_fault_pfn()
 * @vcpu:	the vCPU that faulted
 * @ipa:	page-aligned IPA, in the VM's own space (of L1, if nested)
 * @hva:	page-aligned address in the VMM
 * @pfn:	what the host maps there
 * @vm_flags:	flags of the VMA that was consulted
 * @vma_start:	its first address
 * @vma_end:	its end, exclusive
 * @block:	bytes that may be mapped as one, or 0 if the size of the block is
 *		not for the extent rule to say
 * @write:	the guest writes
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
};

void cohmem_fault_init(struct cohmem_fault *cf, struct kvm_vcpu *vcpu,
		       gpa_t ipa, hva_t hva, bool write, bool exec);
void cohmem_fault_vma(struct cohmem_fault *cf, struct vm_area_struct *vma);
int cohmem_fault_pfn(struct cohmem_fault *cf, kvm_pfn_t pfn);
void cohmem_fault_extent(struct cohmem_fault *cf,
			 const struct kvm_memory_slot *memslot,
			 phys_addr_t fault_ipa, unsigned long max);
int cohmem_fault_check(struct cohmem_fault *cf);
int cohmem_fault_unmapped(struct cohmem_fault *cf, kvm_pfn_t err);
void cohmem_fault_report(const struct cohmem_fault *cf, int ret);

int cohmem_check_memslot_vma(struct kvm *kvm,
			     const struct kvm_memory_slot *new,
			     enum kvm_mr_change change,
			     struct vm_area_struct *vma);

bool cohmem_phys_is_linear(phys_addr_t phys);
bool cohmem_supported(void);

/* The page is Device or Normal-NC in stage 2. */
static inline bool cohmem_fault_is_uncached(const struct cohmem_fault *cf)
{
	return cf->decision.verdict == COHMEM_NORMAL_NC ||
	       cf->decision.verdict == COHMEM_DEVICE;
}

#endif /* __ARM64_KVM_COHMEM_H__ */
