// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocks: how much of the memory around a page a stage-2 fault maps.
 *
 * The extent rule (cohmem_extent.h) says whether the host maps a block as one. It reads
 * the host's tables without a lock, so invalidations can overtake it.
 */
#include <linux/delay.h>
#include <linux/hash.h>
#include <linux/ioport.h>
#include <linux/kvm_host.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/sched/signal.h>

#include <asm/kvm_mmu.h>
#include <asm/kvm_nested.h>
#include <asm/kvm_pgtable.h>

#include "cohmem.h"

/* Proofs for one page that may be overtaken by an invalidation. */
#define COHMEM_MAX_LOST_RACES	3

#ifdef CONFIG_DEBUG_VM
/*
 * For tests: the longest sleep between the reading of the host's mapping and
 * mmu_lock. Each sleep has a random length, so that the first vCPU to read may
 * be the last one to map.
 */
static unsigned int cohmem_race_window_us;
module_param(cohmem_race_window_us, uint, 0600);

void cohmem_widen_race_window(void)
{
	unsigned int us = READ_ONCE(cohmem_race_window_us);

	if (us)
		fsleep(get_random_u32_inclusive(1, us));
}
#endif

/* For the extent rule: the page of a fault, and the bounds of a block around it. */
static struct cohmem_extent extent_of_fault(const struct kvm_s2_fault *f)
{
	unsigned long slot_end = f->slot->userspace_addr +
				 (f->slot->npages << PAGE_SHIFT);

	return (struct cohmem_extent) {
		.hva	= f->hva,
		.start	= max(f->vma_start, f->slot->userspace_addr),
		.end	= min(f->vma_end, slot_end),
		.ipa	= f->ipa,
		.pfn	= f->pfn,
	};
}

/*
 * Would a page of the block be Normal by itself, while the block is not? Linear
 * memory is, whatever its leaf. Of the resources named "System RAM", none is a
 * carve-out: neither NOMAP memory, nor what lies behind mem=. ZONE_DEVICE memory
 * that a driver maps uncached is left to the driver, as on stock.
 */
static bool block_has_ram(const struct kvm_s2_fault *f, phys_addr_t phys,
			  unsigned long size)
{
	return cohmem_fault_is_uncached(f) &&
	       region_intersects(phys, size, IORESOURCE_SYSTEM_RAM,
				 IORES_DESC_NONE) != REGION_DISJOINT;
}

/* The cheapest question comes first. */
static bool block_proven(const struct kvm_s2_fault *f,
			 const struct cohmem_extent *e, unsigned long size)
{
	unsigned long *break_hints = f->vcpu->arch.cohmem.break_hints;
	unsigned long first = e->hva - (e->ipa & (size - 1));
	unsigned int slot = hash_long(first ^ size, COHMEM_BREAK_HINTS_SHIFT);

	return cohmem_extent_fits(e, size) &&
	       !block_has_ram(f, ALIGN_DOWN(PFN_PHYS(e->pfn), size), size) &&
	       cohmem_extent_proven(f->vcpu->kvm->mm, e, size,
				    &break_hints[slot]);
}

/*
 * How large can the block be, if all tables stay that stage 2 has there? The pages
 * that a table maps writable, while dirty pages are logged, would not be writable in
 * a block. A table that another vCPU makes meanwhile is replaced. That vCPU puts its page
 * into the log before its KVM_RUN can return, and the next store to it faults once more.
 */
static u64 vacant_size(const struct kvm_s2_fault *f)
{
	rwlock_t *mmu_lock = &f->vcpu->kvm->mmu_lock;
	s8 level = KVM_PGTABLE_LAST_LEVEL;

	read_lock(mmu_lock);
	kvm_pgtable_get_leaf_shared(f->mmu->pgt, f->fault_ipa, NULL, &level);
	read_unlock(mmu_lock);
	return kvm_granule_size(level);
}

/*
 * The most that the fault may map. While dirty pages are logged, a writable page
 * is one that was written to.
 */
static u64 largest_size(const struct kvm_s2_fault *f)
{
	if (f->logging && (f->write || cohmem_fault_is_uncached(f)))
		return PAGE_SIZE;
	if (f->granule)
		return f->granule;
	return f->logging ? vacant_size(f) : U64_MAX;
}

/* The size of the largest block of at most @max bytes. */
static u64 largest_block(const struct kvm_s2_fault *f,
			 const struct cohmem_extent *e, u64 max)
{
	s8 level = max_t(s8, KVM_PGTABLE_MIN_BLOCK_LEVEL,
			 f->mmu->pgt->start_level);

	if (f->nested)
		max = min(max, kvm_s2_trans_size(f->nested));

	for (; level < KVM_PGTABLE_LAST_LEVEL; level++) {
		u64 size = kvm_granule_size(level);

		if (size > max || ((f->fault_ipa ^ f->ipa) & (size - 1)))
			continue;
		if (fatal_signal_pending(current))
			break;
		if (block_proven(f, e, size))
			return size;
	}
	return PAGE_SIZE;
}

/*
 * Have invalidations overtaken so many proofs for this page that the next one
 * has to be made while none can run? Otherwise a VMM that keeps invalidating
 * could make a guest scan for ever.
 */
static bool has_lost_races(const struct kvm_s2_fault *f)
{
	struct kvm_vcpu_cohmem *c = &f->vcpu->arch.cohmem;

	if (c->lost_at != f->hva) {
		c->lost_at = f->hva;
		c->lost_races = 0;
	}
	if (c->lost_races == COHMEM_MAX_LOST_RACES)
		return true;

	/* s2_fault_map() sets it to 0 if the race is not lost. */
	c->lost_races++;
	return false;
}

/* Not inline: each logged store is a fault on a page, and would pay for the extent. */
static noinline u64 largest_proven(const struct kvm_s2_fault *f)
{
	struct cohmem_extent e = extent_of_fault(f);

	e.leaf = f->leaf;
	return largest_block(f, &e, f->size);
}

/**
 * __cohmem_fault_size() - Find the largest block that the fault may map
 * @f: the fault, after cohmem_fault_decide(), with @by_leaf set and no error
 *
 * The slow path of cohmem_fault_size(). Sets @f->size; or @f->prove if that has to
 * wait for mmu_lock, and @f->size to the most that it can be. Device and Normal-NC
 * memory gets blocks, too: page by page the guest would get the same memory with the
 * same memory type.
 *
 * A guest that executes from a block that it may not execute from needs no
 * proof: the pages of a block have one memory type, so all are executable or
 * none. It gets no other permission, which they need not all have.
 *
 * Context: process context of the vCPU, may sleep. Each page of a block is read once at
 * most for each block size.
 */
void __cohmem_fault_size(struct kvm_s2_fault *f)
{
	f->size = largest_size(f);
	if (f->size == PAGE_SIZE)
		return;

	if (f->granule && f->exec) {
		f->writable = false;
		return;
	}

	f->prove = has_lost_races(f);
	if (!f->prove)
		f->size = largest_proven(f);
}

/**
 * cohmem_fault_prove() - Find the largest block while no invalidation can run
 * @f: the fault, with @prove set by cohmem_fault_size()
 *
 * A block of PMD size at most, or what is there already: the lock is held while
 * each of its leaves is read once. Clears @prove.
 *
 * Context: mmu_lock is held, and mmu_invalidate_retry() found no invalidation.
 */
void cohmem_fault_prove(struct kvm_s2_fault *f)
{
	u64 max = f->granule ? f->size : min_t(u64, f->size, PMD_SIZE);
	struct cohmem_extent e = extent_of_fault(f);

	e.locked = true;
	f->prove = false;
	f->size = PAGE_SIZE;
	if (!cohmem_extent_begin(f->vcpu->kvm->mm, &e) && e.pfn == f->pfn)
		f->size = largest_block(f, &e, max);
}
