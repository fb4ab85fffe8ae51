// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page faults on memory without struct pages. A fault fills the table that it needs: the
 * memory costs nothing until then, and is there, so that a neighbour rarely faults.
 *
 * Entries are like those of remap_pfn_range(), but dirty where they are writable: nobody
 * asks whether memory without struct pages is dirty, and CPUs without hardware management
 * of the dirty state would take another fault.
 */
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/pfnmap_fault.h>
#include <linux/pgtable.h>
#include <asm/pgalloc.h>

static unsigned long run_pfn(const struct pfnmap_run *run, unsigned long addr)
{
	return run->pfn + ((addr - run->start) >> PAGE_SHIFT);
}

/* The part of @run that is in the VMA, and in the table of @size bytes around the fault. */
static struct pfnmap_run clip(const struct vm_fault *vmf,
			      const struct pfnmap_run *run, unsigned long size)
{
	unsigned long base = ALIGN_DOWN(vmf->address, size);
	struct pfnmap_run part;

	part.start = max3(run->start, vmf->vma->vm_start, base);
	part.end = min3(run->end, vmf->vma->vm_end, base + size);
	part.pfn = run_pfn(run, part.start);
	return part;
}

#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP
static pmd_t pmd_entry(unsigned long pfn, pgprot_t prot)
{
	pmd_t pmd = pmd_mkspecial(pmd_mkhuge(pfn_pmd(pfn, prot)));

	return pmd_write(pmd) ? pmd_mkdirty(pmd) : pmd;
}

static vm_fault_t fill_pmds(struct vm_fault *vmf, const struct pfnmap_run *run)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long fault = vmf->address & PMD_MASK;
	unsigned long first = ALIGN(run->start, PMD_SIZE);
	unsigned long last = ALIGN_DOWN(run->end, PMD_SIZE);
	spinlock_t *ptl;	/* of the table */
	pmd_t *pmdp, pmd;

	/* Architectures that keep a spare table for each entry do not come here. */
	if (arch_needs_pgtable_deposit() || fault < first || fault >= last ||
	    !IS_ALIGNED(run_pfn(run, first), HPAGE_PMD_NR))
		return VM_FAULT_FALLBACK;

	pmdp = pmd_offset(vmf->pud, first);
	ptl = pmd_lock(vma->vm_mm, vmf->pmd);
	for (unsigned long addr = first; addr < last; addr += PMD_SIZE, pmdp++) {
		/* A table may have been there before, after mremap() or mprotect(). */
		if (!pmd_none(pmdp_get(pmdp)))
			continue;
		pmd = pmd_entry(run_pfn(run, addr), vma->vm_page_prot);
		set_pmd_at(vma->vm_mm, addr, pmdp, pmd);
		update_mmu_cache_pmd(vma, addr, pmdp);
	}
	pmd = pmdp_get(vmf->pmd);
	spin_unlock(ptl);

	/* A table, or an entry that somebody write-protected: PTEs do it. */
	if (!pmd_leaf(pmd) ||
	    (vmf->flags & FAULT_FLAG_WRITE && !pmd_write(pmd)))
		return VM_FAULT_FALLBACK;
	return VM_FAULT_NOPAGE;
}
#endif

static pte_t pte_entry(unsigned long pfn, pgprot_t prot)
{
	pte_t pte = pte_mkspecial(pfn_pte(pfn, prot));

	return pte_write(pte) ? pte_mkdirty(pte) : pte;
}

static vm_fault_t fill_ptes(struct vm_fault *vmf, const struct pfnmap_run *run)
{
	struct vm_area_struct *vma = vmf->vma;
	pte_t *first, *ptep, pte;
	spinlock_t *ptl;	/* of the table */

	if (pte_alloc(vma->vm_mm, vmf->pmd))
		return VM_FAULT_OOM;
	first = pte_offset_map_lock(vma->vm_mm, vmf->pmd, run->start, &ptl);
	/* Another fault has put a PMD entry there. */
	if (!first)
		return VM_FAULT_NOPAGE;

	ptep = first;
	for (unsigned long addr = run->start; addr < run->end;
	     addr += PAGE_SIZE, ptep++) {
		if (!pte_none(ptep_get(ptep)))
			continue;
		pte = pte_entry(run_pfn(run, addr), vma->vm_page_prot);
		set_pte_at(vma->vm_mm, addr, ptep, pte);
		update_mmu_cache(vma, addr, ptep);
	}
	pte_unmap_unlock(first, ptl);
	return VM_FAULT_NOPAGE;
}

vm_fault_t pfnmap_fault(struct vm_fault *vmf, unsigned int order,
			const struct pfnmap_run *run)
{
	const struct vm_area_struct *vma = vmf->vma;
	struct pfnmap_run part;

	/* A private mapping would need its pages copied, and there are none. */
	if (WARN_ON_ONCE(!(vma->vm_flags & VM_PFNMAP) ||
			 is_cow_mapping(vma->vm_flags)))
		return VM_FAULT_SIGBUS;
	if (vmf->address < run->start || vmf->address >= run->end)
		return VM_FAULT_SIGBUS;

	switch (order) {
	case 0:
		part = clip(vmf, run, PMD_SIZE);
		return fill_ptes(vmf, &part);
#ifdef CONFIG_ARCH_SUPPORTS_PMD_PFNMAP
	case PMD_ORDER:
		part = clip(vmf, run, PUD_SIZE);
		return fill_pmds(vmf, &part);
#endif
	default:
		return VM_FAULT_FALLBACK;
	}
}
EXPORT_SYMBOL_GPL(pfnmap_fault);
