/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics of a VM: what was refused, and how much memory without struct pages stage 2
 * maps. Nothing is counted for ordinary memory that is not refused.
 */
#ifndef __ARM64_KVM_COHMEM_STAT_H__
#define __ARM64_KVM_COHMEM_STAT_H__

#include <linux/kvm_host.h>

#include <asm/kvm_pgtable.h>

#include "cohmem.h"

/**
 * struct cohmem_refusal - What was refused for one reason
 * @count:	how often
 * @ipa:	where, the last time
 */
struct cohmem_refusal {
	u64 count;
	gpa_t ipa;
};

void cohmem_stat_refused(struct kvm *kvm, enum cohmem_reason reason, gpa_t ipa);
struct cohmem_refusal cohmem_stat_refusal(struct kvm *kvm, enum cohmem_reason reason);
void __cohmem_stat_fault(const struct kvm_s2_fault *f, int ret);

void cohmem_stat_leaf(struct kvm_s2_mmu *mmu, kvm_pte_t pte, s8 level, s64 bytes);
void cohmem_stat_destroyed(struct kvm *kvm);

/**
 * cohmem_stat_fault() - Count a fault that is refused
 * @f: the fault, after cohmem_fault_decide()
 * @ret: its result
 *
 * Context: process context of the vCPU.
 */
static inline void cohmem_stat_fault(const struct kvm_s2_fault *f, int ret)
{
	if (!f->fast)
		__cohmem_stat_fault(f, ret);
}

#endif /* __ARM64_KVM_COHMEM_STAT_H__ */
