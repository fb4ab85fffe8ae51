// SPDX-License-Identifier: GPL-2.0-only
/*
 * Statistics of a VM about memory without struct pages.
 *
 * Refusals are counted by reason. What stage 2 maps is counted by memory type and level,
 * in the VM's own stage 2, not in shadows of a guest's: a leaf of such memory has
 * KVM_PGTABLE_PROT_TALLIED, and the walkers tell of each that comes or goes, while the
 * entry is theirs alone. A leaf is added before others can see it, so no figure is ever
 * negative. What a block replaces is taken off after the block is added: for a moment its
 * bytes count twice.
 */
#include <linux/mmdebug.h>
#include <linux/sched/signal.h>

#include <asm/kvm_mmu.h>

#include "cohmem_stat.h"

static_assert(sizeof_field(struct kvm_vm_stat, refused) ==
	      (COHMEM_NR_REASONS - 1) * sizeof(atomic64_t));

/* COHMEM_OK is no refusal, and has no counter. */
static unsigned int index_of(enum cohmem_reason reason)
{
	return reason - 1;
}

/**
 * cohmem_stat_refused() - Count a refusal
 * @kvm: the VM
 * @reason: why; not COHMEM_OK
 * @ipa: where
 *
 * Context: any.
 */
void cohmem_stat_refused(struct kvm *kvm, enum cohmem_reason reason, gpa_t ipa)
{
	unsigned int i = index_of(reason);

	WRITE_ONCE(kvm->arch.cohmem_refused_at[i], ipa);
	/* Pairs with the acquire in cohmem_stat_refusal(): what is counted has an address. */
	smp_mb__before_atomic();
	atomic64_inc(&kvm->stat.refused[i]);
}

/**
 * cohmem_stat_refusal() - What was refused for a reason
 * @kvm: the VM
 * @reason: which; not COHMEM_OK
 *
 * Context: any.
 * Return: the number of refusals, and the IPA of the last one, or of one that is being
 * counted.
 */
struct cohmem_refusal cohmem_stat_refusal(struct kvm *kvm, enum cohmem_reason reason)
{
	unsigned int i = index_of(reason);
	struct cohmem_refusal refusal = {
		.count = atomic64_read_acquire(&kvm->stat.refused[i]),
	};

	refusal.ipa = READ_ONCE(kvm->arch.cohmem_refused_at[i]);
	return refusal;
}

/*
 * The slow path of cohmem_stat_fault(). A vCPU that is killed gets no page either, and
 * nobody has refused it one.
 */
void __cohmem_stat_fault(const struct kvm_s2_fault *f, int ret)
{
	const struct cohmem_decision *d = &f->decision;

	if (ret == -EFAULT && d->verdict == COHMEM_REFUSED &&
	    !(d->row == COHMEM_ROW_NONE && fatal_signal_pending(current)))
		cohmem_stat_refused(f->vcpu->kvm, d->reason, f->ipa);
}

static atomic64_t *mapped(struct kvm *kvm, kvm_pte_t pte, s8 level)
{
	enum kvm_pgtable_prot prot = kvm_pgtable_stage2_pte_prot(pte);
	unsigned int type = KVM_PFNMAP_NORMAL;

	if (prot & KVM_PGTABLE_PROT_DEVICE)
		type = KVM_PFNMAP_DEVICE;
	else if (prot & KVM_PGTABLE_PROT_NORMAL_NC)
		type = KVM_PFNMAP_NORMAL_NC;

	return &kvm->stat.pfnmap[type][KVM_PGTABLE_LAST_LEVEL - level];
}

/**
 * cohmem_stat_leaf() - Count leaves that come or go
 * @mmu: the stage 2
 * @pte: one of the leaves, valid
 * @level: their level
 * @bytes: how much they map; negative if they go
 *
 * Implements &kvm_pgtable_mm_ops.tally_leaf.
 *
 * Context: any.
 */
void cohmem_stat_leaf(struct kvm_s2_mmu *mmu, kvm_pte_t pte, s8 level, s64 bytes)
{
	atomic64_add(bytes, mapped(kvm_s2_mmu_to_kvm(mmu), pte, level));
}

/**
 * cohmem_stat_destroyed() - Stage 2 has gone, and nothing is mapped
 * @kvm: the VM
 *
 * The walk that destroyed it has taken off what it found. What is left was counted and
 * has gone without being told of, or the reverse.
 *
 * Context: any; nobody can map anything any more.
 */
void cohmem_stat_destroyed(struct kvm *kvm)
{
	unsigned int type, level;
	s64 left;

	for (type = 0; type < KVM_NR_PFNMAP; type++) {
		for (level = 0; level < KVM_NR_PFNMAP_LEVELS; level++) {
			left = atomic64_xchg(&kvm->stat.pfnmap[type][level], 0);
			VM_WARN_ON_ONCE(left);
		}
	}
}
