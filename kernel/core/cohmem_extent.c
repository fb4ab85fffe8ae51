// SPDX-License-Identifier: GPL-2.0-only
/*
 * The extent rule: may stage 2 map the block around a page?
 *
 * Yes, if each host leaf in the block continues the physical run of that page
 * and has its attributes. Each one is looked at: the host may map by PTEs, by
 * larger leaves or by both, at any alignment of HVA, and vm_pgoff is nobody's
 * business but the driver's.
 *
 * The tables are read without a lock, as get_user_pages_fast() does: with
 * interrupts off they are not freed. Sections are short, and each one walks
 * from the top again, as its tables may have gone while interrupts were on.
 * So what has been proven is true of each leaf at some moment only. It holds
 * if no MMU notifier ran from before the first look until mmu_lock is held,
 * which the caller checks with mmu_invalidate_retry(). A leaf can be filled in
 * or made writable without a notifier; neither makes a proof untrue, as holes
 * prove nothing and the block gets the rights of the leaf that was read first.
 * But it may be out of date, so nobody may relax more than they have proven.
 *
 * The host's tables are read with the host's helpers. KVM's own ones take them
 * for stage-2 tables, which differ with LPA2 (Arm ARM DDI 0487, D8.3.1).
 */
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

#include "cohmem_extent.h"

/*
 * Not among them: the access flag and what says "dirty" (PTE_RDONLY differs
 * between clean and dirty pages of one writable mapping), and the contiguous
 * hint.
 */
#define EXTENT_ATTRS	(PTE_VALID | PTE_USER | PTE_WRITE | PTE_ATTRINDX_MASK)

/*
 * And the address. With 4 KiB pages its upper bits are those of shareability
 * where there is no LPA2, which is the same in all leaves of ordinary memory.
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
 * @ptep:	where it was read, if it is of the last level
 */
struct leaf {
	pte_t pte;
	unsigned long start;
	unsigned long size;
	pte_t *ptep;
};

/*
 * Context: interrupts off. If @leaf->ptep is set, pte_unmap() is due.
 * Return: whether there is an entry; it may be an invalid one.
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
	/* Neither leaf nor table: huge pages under migration, or poisoned. */
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

	/* Not ptep_get(): it would gather what the block does not depend on. */
	leaf->pte = __ptep_get(leaf->ptep);
	leaf->start = addr & PAGE_MASK;
	leaf->size = PAGE_SIZE;
	return true;
}

/*
 * As a descriptor, not as a PFN: decoding the address, and where its upper bits
 * are, for each of 262,144 leaves costs more than all the rest. The sum does not
 * carry beyond the block, which is aligned, so not into the upper bits either.
 */
static bool leaf_continues(pte_t pte, unsigned long start,
			   const struct cohmem_extent *e)
{
	pteval_t want = e->leaf + (start - e->hva);

	return !((pte_val(pte) ^ want) & EXTENT_BITS);
}

/*
 * Compares the leaves from @addr on: those of one table of the last level, or
 * one larger leaf. Return: the address after the last one that is as it should
 * be, which is @addr if none is.
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
		cond_resched();
	}
	return true;
}

/**
 * cohmem_extent_begin() - Read the leaf that a block has to be like
 * @mm: the VMM's
 * @e: with @hva set; gets @pfn, @attrs and @leaf
 *
 * Context: process context. The MMU invalidation sequence was sampled before.
 * Return: false if the VMM cannot use what is there.
 */
bool cohmem_extent_begin(struct mm_struct *mm, struct cohmem_extent *e)
{
	unsigned long flags;
	struct leaf leaf;
	bool found;

	local_irq_save(flags);
	found = find_leaf(mm, e->hva, &leaf);
	if (found && leaf.ptep)
		pte_unmap(leaf.ptep);
	local_irq_restore(flags);
	if (!found)
		return false;

	e->pfn = pte_pfn(leaf.pte) + PHYS_PFN(e->hva - leaf.start);
	e->attrs = pte_val(leaf.pte) & EXTENT_ATTRS;
	e->leaf = (pte_val(leaf.pte) & EXTENT_BITS) + (e->hva - leaf.start);
	return (e->attrs & PTE_VALID) && (e->attrs & PTE_USER);
}

/**
 * cohmem_extent_proven() - May stage 2 map the block around a page?
 * @mm: the VMM's
 * @e: the page, after cohmem_extent_begin()
 * @size: of the block in bytes, a power of two
 * @break_hint: an HVA to look at first, any value will do. If a leaf in the
 *		block is not as it should be, that leaf's HVA
 *
 * A caller that comes back with the same @break_hint, for another page of a block
 * that could not be proven, pays for one leaf and not for a whole scan again;
 * and if that leaf has been mended, the scan goes on from there. So memory that
 * is filled in bit by bit, in whatever order, is not read over and over.
 *
 * Context: process context, may sleep. Interrupts are off for one walk and at
 * most COHMEM_EXTENT_SECTION leaves at a time. Each page of the block is looked
 * at once at most. The answer holds as long as no MMU notifier has run since
 * the invalidation sequence was sampled.
 * Return: whether all of the block is one run with the attributes of the page,
 * inside the bounds, and congruent with the IPA.
 */
bool cohmem_extent_proven(struct mm_struct *mm, const struct cohmem_extent *e,
			  unsigned long size, unsigned long *break_hint)
{
	unsigned long before = e->ipa & (size - 1);
	unsigned long first = e->hva - before;
	unsigned long from = *break_hint & PAGE_MASK;

	if ((e->ipa ^ PFN_PHYS(e->pfn)) & (size - 1))
		return false;

	if (e->hva - e->start < before || e->end - e->hva < size - before)
		return false;

	if (from - first >= size)
		from = e->hva;

	return run_covers(mm, e, from, first + size, break_hint) &&
	       run_covers(mm, e, first, from, break_hint);
}
