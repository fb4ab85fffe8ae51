/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of the kernel as cohmem_extent.c needs, in user space: descriptors
 * as the Arm ARM (DDI 0487, D8.3) has them, tables at their own addresses, and
 * a watch over what the code may do when.
 *
 * PAGE_SHIFT (12, 14, 16) and LEVELS (3, 4, 5) choose the geometry.
 */
#ifndef EXTENT_SHIM_H
#define EXTENT_SHIM_H

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t u64;
typedef uint64_t pteval_t;
typedef uint64_t phys_addr_t;

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define PAGE_SIZE	(1UL << PAGE_SHIFT)
#define PAGE_MASK	(~(PAGE_SIZE - 1))
#define TABLE_SHIFT	(PAGE_SHIFT - 3)
#define PTRS_PER_PTE	(1UL << TABLE_SHIFT)
#define PMD_SHIFT	(PAGE_SHIFT + TABLE_SHIFT)
#define PMD_SIZE	(1UL << PMD_SHIFT)
#define PMD_MASK	(~(PMD_SIZE - 1))
#define PUD_SHIFT	(PMD_SHIFT + TABLE_SHIFT)
#define PUD_SIZE	(1UL << PUD_SHIFT)
#define PUD_MASK	(~(PUD_SIZE - 1))
#define P4D_SHIFT	(PUD_SHIFT + TABLE_SHIFT)
#define PGD_SHIFT	(P4D_SHIFT + TABLE_SHIFT)

/* DDI 0487, D8.3.1 and D8.3.2; PTE_WRITE is DBM, as Linux uses it. */
#define PTE_VALID		(1UL << 0)
#define PTE_TABLE_BIT		(1UL << 1)
#define PTE_ATTRINDX(t)		((u64)(t) << 2)
#define PTE_ATTRINDX_MASK	(7UL << 2)
#define PTE_USER		(1UL << 6)
#define PTE_RDONLY		(1UL << 7)
#define PTE_AF			(1UL << 10)
#define PTE_NG			(1UL << 11)
#define PTE_WRITE		(1UL << 51)
#define PTE_CONT		(1UL << 52)
#define PTE_UXN			(1UL << 54)
#define PTE_DIRTY		(1UL << 55)
#define PTE_SPECIAL		(1UL << 56)
#define PTE_PRESENT_INVALID	(1UL << 59)

/*
 * 52-bit physical addresses: 64 KiB pages have the upper bits in [15:12]
 * (FEAT_LPA), the others in [9:8] (FEAT_LPA2), where shareability is without.
 */
#define ADDR_LOW(top)	(((1UL << (top)) - 1) & PAGE_MASK)
#if PAGE_SHIFT == 16
#define PTE_ADDR_LOW	ADDR_LOW(48)
#define PTE_ADDR_HIGH	(0xfUL << 12)
#define pa_to_pte(pa)	(((pa) & ADDR_LOW(48)) | (((pa) >> 48 & 0xf) << 12))
#define pte_to_pa(v)	(((v) & ADDR_LOW(48)) | (((v) >> 12 & 0xf) << 48))
#else
#define PTE_ADDR_LOW	ADDR_LOW(50)
#define PTE_ADDR_HIGH	(3UL << 8)
#define pa_to_pte(pa)	(((pa) & ADDR_LOW(50)) | (((pa) >> 50 & 3) << 8))
#define pte_to_pa(v)	(((v) & ADDR_LOW(50)) | (((v) >> 8 & 3) << 50))
#endif

typedef struct { u64 val; } pte_t, pmd_t, pud_t, p4d_t, pgd_t;
struct mm_struct { pgd_t *pgd; };

#define PFN_PHYS(pfn)	((phys_addr_t)(pfn) << PAGE_SHIFT)
#define PHYS_PFN(pa)	((unsigned long)((pa) >> PAGE_SHIFT))
#define min(a, b)	((a) < (b) ? (a) : (b))

/**
 * struct watch - what the code under test has done
 * @irqs_off:	interrupts are off
 * @mapped:	pte_offset_map() without pte_unmap()
 * @section:	leaves read since interrupts went off
 * @longest:	the most of those
 * @leaves:	leaves read in all
 * @rests:	how often the code let others run
 */
struct watch {
	bool irqs_off;
	int mapped;
	unsigned long section;
	unsigned long longest;
	unsigned long leaves;
	unsigned long rests;
};

extern struct watch watch;

static inline u64 watched(u64 val)
{
	assert(watch.irqs_off);
	return val;
}

static inline u64 watched_leaf(u64 val)
{
	watch.leaves++;
	watch.section++;
	return watched(val);
}

#define local_irq_save(flags) do {	\
	assert(!watch.irqs_off);	\
	(flags) = 1;			\
	watch.irqs_off = true;		\
	watch.section = 0;		\
} while (0)

#define local_irq_restore(flags) do {	\
	assert(watch.irqs_off && (flags) == 1 && !watch.mapped);	\
	watch.irqs_off = false;		\
	if (watch.section > watch.longest)	\
		watch.longest = watch.section;	\
} while (0)

#define cond_resched() do {	\
	assert(!watch.irqs_off);	\
	watch.rests++;		\
} while (0)

#define READ_ONCE(x)	({ typeof(x) v_ = (x); watched(0); v_; })

/* The fewer levels, the more of the upper ones are folded into one table. */
#define table_of(v, type)	((type *)((v) & ADDR_LOW(48)))
#define index_at(addr, shift)	((addr) >> (shift) & (PTRS_PER_PTE - 1))
#define none(v)			(!(v))
#define is_leaf(v)		(((v) & (PTE_VALID | PTE_PRESENT_INVALID)) && \
				 !((v) & PTE_TABLE_BIT))

#define pgd_none(pgd)	(LEVELS == 5 && none((pgd).val))
#define p4d_none(p4d)	(LEVELS >= 4 && none((p4d).val))
#define pud_leaf(pud)	is_leaf((pud).val)
#define pmd_leaf(pmd)	is_leaf((pmd).val)
#define is_present(v)	(!!((v) & (PTE_VALID | PTE_PRESENT_INVALID)))
#define pud_none(pud)	none((pud).val)
#define pud_present(pud)	is_present((pud).val)
#define pmd_present(pmd)	is_present((pmd).val)
#define pte_present(pte)	is_present((pte).val)
#define pte_val(pte)	((pte).val)

#define ROOT_SHIFT	(LEVELS == 5 ? PGD_SHIFT : LEVELS == 4 ? P4D_SHIFT : PUD_SHIFT)

static inline pgd_t *pgd_offset(struct mm_struct *mm, unsigned long addr)
{
	return mm->pgd + index_at(addr, ROOT_SHIFT);
}

static inline p4d_t *p4d_offset_lockless(pgd_t *pgdp, pgd_t pgd,
					 unsigned long addr)
{
	return LEVELS == 5 ? table_of(pgd.val, p4d_t) + index_at(addr, P4D_SHIFT) :
			     (p4d_t *)pgdp;
}

static inline pud_t *pud_offset_lockless(p4d_t *p4dp, p4d_t p4d,
					 unsigned long addr)
{
	return LEVELS >= 4 ? table_of(p4d.val, pud_t) + index_at(addr, PUD_SHIFT) :
			     (pud_t *)p4dp;
}

static inline pmd_t *pmd_offset_lockless(pud_t *pudp, pud_t pud,
					 unsigned long addr)
{
	(void)pudp;
	return table_of(pud.val, pmd_t) + index_at(addr, PMD_SHIFT);
}

static inline pmd_t pmdp_get_lockless(pmd_t *pmdp)
{
	watched(0);
	return *pmdp;
}

static inline pte_t *pte_offset_map(pmd_t *pmd, unsigned long addr)
{
	watch.mapped++;
	return table_of(pmd->val, pte_t) + index_at(addr, PAGE_SHIFT);
}

#define pte_unmap(ptep)	do { (void)(ptep); watch.mapped--; } while (0)

static inline pte_t __ptep_get(pte_t *ptep)
{
	return (pte_t){ watched_leaf(ptep->val) };
}

static inline pte_t pmd_pte(pmd_t pmd)
{
	return (pte_t){ watched_leaf(pmd.val) };
}

static inline pte_t pud_pte(pud_t pud)
{
	return (pte_t){ watched_leaf(pud.val) };
}

#define pte_pfn(pte)	PHYS_PFN(pte_to_pa((pte).val))

#define pmd_addr_end(addr, end) \
	((((addr) + PMD_SIZE) & PMD_MASK) - 1 < (end) - 1 ? \
	 (((addr) + PMD_SIZE) & PMD_MASK) : (end))

#endif /* EXTENT_SHIM_H */
