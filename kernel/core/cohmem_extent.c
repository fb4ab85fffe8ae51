// SPDX-License-Identifier: GPL-2.0-only
/*
 * The extent rule: may stage 2 map the block around a page?
 *
 * It may if every host leaf in the block continues the physical run of the page
 * and has the attributes of the page's leaf. Each leaf is read. The host may
 * map by PTEs, by larger leaves or by both, and the HVA may have any alignment.
 * vm_pgoff is not used, because each driver gives it a meaning of its own.
 *
 * The tables are read without a lock, as get_user_pages_fast() does: they are
 * not freed while interrupts are off. Interrupts are off for a short section at
 * a time. Each section walks from the top again, because the tables may have
 * been freed while interrupts were on.
 *
 * A proof is therefore made of leaves that were read at different moments. It
 * holds if no MMU notifier ran between the first read and the moment when the
 * caller holds mmu_lock. The caller checks that by mmu_invalidate_retry(). Two
 * changes of a leaf need no notifier: it can be filled in, and it can be made
 * writable. Neither makes a proof wrong, because a proven block has no holes,
 * and gets the permissions of the leaf that was read first. But a proof can be
 * out of date. A caller must not relax the permissions of more than it has
 * proven.
 *
 * The host's tables are read with the host's helpers. KVM's helpers are for
 * stage-2 tables, whose format differs with LPA2 (Arm ARM DDI 0487, D8.3.1).
 */
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

#include "cohmem_extent.h"

/*
 * The attributes that all leaves of a block must share. Pages of one mapping
 * may differ in the access flag, in the dirty state and in the contiguous hint.
 * PTE_RDONLY is part of the dirty state: a clean page of a writable mapping has
 * it set.
 */
#define EXTENT_ATTRS	(PTE_VALID | PTE_USER | PTE_WRITE | PTE_ATTRINDX_MASK)

/*
 * The attributes and the address. With 4 KiB pages and no LPA2 the upper
 * address bits hold the shareability, which is the same in all leaves of
 * memory.
 */
#ifdef PTE_ADDR_HIGH
#define EXTENT_BITS	(EXTENT_ATTRS | PTE_ADDR_LOW | PTE_ADDR_HIGH)
#else
#define EXTENT_BITS	(EXTENT_ATTRS | PTE_ADDR_LOW)
#endif

/**
 * struct leaf - A leaf of the host's page tables
 * @pte:	the entry, in the format of the last level
 * @start:	first address that it maps
 * @size:	bytes that it maps
 * @ptep:	address of the entry if it is of the last level, or NULL
 */
struct leaf {
	pte_t pte;
	unsigned long start;
	unsigned long size;
	pte_t *ptep;
};

/*
 * Finds the leaf that maps @addr. If @leaf->ptep is set, the caller has to call
 * pte_unmap().
 *
 * Context: interrupts off.
 * Return: true if there is an entry. The entry may be invalid.
 */
static bool find_leaf(struct mm_struct *mm, unsigned long addr,
		      struct leaf *leaf)
{
	pgd_t *pgdp, pgd;
	p4d_t *p4dp, p4d;
	pud_t *pudp, pud;
	pmd_t *pmdp, pmd;

	pgdp = pgd_offset(mm, addr);
	pgd = READ_ONCE(*pgdp);
	if (pgd_none(pgd))
		return false;

	p4dp = p4d_offset_lockless(pgdp, pgd, addr);
	p4d = READ_ONCE(*p4dp);
	if (p4d_none(p4d))
		return false;

	pudp = pud_offset_lockless(p4dp, p4d, addr);
	pud = READ_ONCE(*pudp);
	/* The entry of a migrated or poisoned huge page is no leaf and no table. */
	if (!pud_present(pud))
		return false;
	if (pud_leaf(pud)) {
		*leaf = (struct leaf) {
			.pte	= pud_pte(pud),
			.start	= addr & PUD_MASK,
			.size	= PUD_SIZE,
		};
		return true;
	}

	pmdp = pmd_offset_lockless(pudp, pud, addr);
	pmd = pmdp_get_lockless(pmdp);
	if (!pmd_present(pmd))
		return false;
	if (pmd_leaf(pmd)) {
		*leaf = (struct leaf) {
			.pte	= pmd_pte(pmd),
			.start	= addr & PMD_MASK,
			.size	= PMD_SIZE,
		};
		return true;
	}

	leaf->ptep = pte_offset_map(&pmd, addr);
	if (!leaf->ptep)
		return false;

	/* ptep_get() would collect the access and dirty flags, which may differ. */
	leaf->pte = __ptep_get(leaf->ptep);
	leaf->start = addr & PAGE_MASK;
	leaf->size = PAGE_SIZE;
	return true;
}

/*
 * Compares descriptors, not PFNs: a block can have 262,144 leaves, and to
 * decode the address of each would cost more than all the rest. The sum does
 * not carry out of the block, because the block is aligned. So it does not
 * carry into the upper address bits either.
 */
static bool leaf_continues(pte_t pte, unsigned long start,
			   const struct cohmem_extent *e)
{
	pteval_t want = e->leaf + (start - e->hva);

	return !((pte_val(pte) ^ want) & EXTENT_BITS);
}

/*
 * Compares the leaves from @addr on: leaves of one last-level table, or one
 * larger leaf.
 *
 * Return: the address after the last leaf that continues the run, or @addr if
 * the first leaf does not.
 */
static unsigned long compare_section(struct mm_struct *mm,
				     const struct cohmem_extent *e,
				     unsigned long addr, unsigned long end)
{
	unsigned long flags, start, last;
	struct leaf leaf;
	pte_t *ptep, pte;

	last = min(pmd_addr_end(addr, end),
		   addr + COHMEM_EXTENT_SECTION * PAGE_SIZE);

	local_irq_save(flags);
	if (!find_leaf(mm, addr, &leaf))
		goto out;

	start = leaf.start;
	ptep = leaf.ptep;
	pte = leaf.pte;
	while (leaf_continues(pte, start, e)) {
		addr = start + leaf.size;
		if (!ptep || addr >= last)
			break;
		start = addr;
		pte = __ptep_get(++ptep);
	}

	if (leaf.ptep)
		pte_unmap(leaf.ptep);
out:
	local_irq_restore(flags);
	return min(addr, end);
}

/* Sets @break_hint to the first leaf that does not continue the run. */
static bool run_covers(struct mm_struct *mm, const struct cohmem_extent *e,
		       unsigned long addr, unsigned long end,
		       unsigned long *break_hint)
{
	unsigned long next;

	for (; addr < end; addr = next) {
		next = compare_section(mm, e, addr, end);
		if (next == addr) {
			*break_hint = addr;
			return false;
		}
		if (!e->locked)
			cond_resched();
	}
	return true;
}

/**
 * cohmem_extent_begin() - Read the leaf that maps the page
 * @mm: the address space of the VMM
 * @e: the page, with @hva set. The function sets @pfn, @attrs, @leaf and
 *     @leaf_size
 *
 * Context: any. The caller has sampled the MMU invalidation sequence, or holds
 * mmap_lock.
 * Return: 0; -ENOENT if there is no leaf; -EACCES if the VMM cannot use the
 * page, because the leaf is not valid (PROT_NONE), or not for user space.
 */
int cohmem_extent_begin(struct mm_struct *mm, struct cohmem_extent *e)
{
	unsigned long flags;
	struct leaf leaf;
	bool found;

	local_irq_save(flags);
	found = find_leaf(mm, e->hva, &leaf);
	if (found && leaf.ptep)
		pte_unmap(leaf.ptep);
	local_irq_restore(flags);
	if (!found || !pte_present(leaf.pte))
		return -ENOENT;

	e->pfn = pte_pfn(leaf.pte) + PHYS_PFN(e->hva - leaf.start);
	e->attrs = pte_val(leaf.pte) & EXTENT_ATTRS;
	e->leaf = (pte_val(leaf.pte) & EXTENT_BITS) + (e->hva - leaf.start);
	e->leaf_size = leaf.size;
	return (e->attrs & PTE_VALID) && (e->attrs & PTE_USER) ? 0 : -EACCES;
}

/**
 * cohmem_extent_fits() - Can there be a block around a page?
 * @e: the page, after cohmem_extent_begin()
 * @size: size of the block in bytes, a power of two
 *
 * Reads no leaf.
 *
 * Context: any.
 * Return: true if the block lies inside the bounds, and is congruent with the
 * IPA.
 */
bool cohmem_extent_fits(const struct cohmem_extent *e, unsigned long size)
{
	unsigned long before = e->ipa & (size - 1);

	if ((e->ipa ^ PFN_PHYS(e->pfn)) & (size - 1))
		return false;

	if (e->hva - e->start < before || e->end - e->hva < size - before)
		return false;

	return true;
}

/**
 * cohmem_extent_proven() - May stage 2 map the block around a page?
 * @mm: the address space of the VMM
 * @e: the page, after cohmem_extent_begin()
 * @size: size of a block that fits, in bytes: see cohmem_extent_fits()
 * @break_hint: the HVA to read first. Any value is valid. If a leaf breaks the
 *		block, the function sets it to the HVA of that leaf
 *
 * A caller that asks again about a block, for any page of it, passes the
 * @break_hint that it got. If that leaf still breaks the block, no other leaf
 * is read. If it no longer does, the scan goes on from there. So memory that a
 * driver fills in page by page, in any order, is not read again for each page.
 *
 * Context: process context, may sleep unless @e->locked. Interrupts are off for one walk and at
 * most COHMEM_EXTENT_SECTION leaves at a time. Each page of the block is read
 * once at most. The answer holds as long as no MMU notifier has run since the
 * caller sampled the invalidation sequence.
 * Return: true if the block is one physical run with the attributes of the
 * page.
 */
bool cohmem_extent_proven(struct mm_struct *mm, const struct cohmem_extent *e,
			  unsigned long size, unsigned long *break_hint)
{
	unsigned long first = e->hva - (e->ipa & (size - 1));
	unsigned long from = *break_hint & PAGE_MASK;

	if (from - first >= size)
		from = e->hva;

	return run_covers(mm, e, from, first + size, break_hint) &&
	       run_covers(mm, e, first, from, break_hint);
}
