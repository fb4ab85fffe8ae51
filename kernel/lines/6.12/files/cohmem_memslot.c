// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memslots over PFNMAP memory: what is certain to be refused is refused when the memslot
 * is made.
 */
#include <linux/kvm_host.h>
#include <linux/memblock.h>
#include <linux/mm.h>

#include <asm/memory.h>

#include "cohmem.h"
#include "cohmem_facts.h"
#include "trace_cohmem.h"

/*
 * Is the memslot to log writes to memory that is mapped by PFN? Registers are such
 * memory, too. What they hold is no copy of the device's state.
 */
static bool logs_pfnmap(const struct kvm_memory_slot *slot,
			const struct vm_area_struct *vma)
{
	return (slot->flags & KVM_MEM_LOG_DIRTY_PAGES) && (vma->vm_flags & VM_PFNMAP);
}

/* With policy off the rule is not asked about the leaf: all such memory is uncached. */
static bool is_cacheable_pfnmap(const struct cohmem_facts *f,
				const struct cohmem_decision *d)
{
	return d->verdict == COHMEM_NORMAL && f->policy != COHMEM_POLICY_OFF;
}

/**
 * cohmem_check_memslot_vma() - Refuse a memslot whose memory will be refused
 * @kvm: the VM
 * @new: the memslot after the change
 * @change: KVM_MR_CREATE, KVM_MR_MOVE or KVM_MR_FLAGS_ONLY
 * @vma: a VMA that intersects @new
 *
 * Asks the rule about the first page of @vma in the memslot, if the host maps
 * it already. All other pages are decided when they fault. A VM with MTE is
 * refused what has no tags before that, as far as vm_page_prot tells. So is a
 * memslot that logs dirty pages of memory that is not Normal cacheable. A change
 * that ends dirty logging is never refused.
 *
 * Context: process context of the VMM. mmap_lock is held for read.
 * Return: COHMEM_OK, or why the memslot is refused.
 */
enum cohmem_reason cohmem_check_memslot_vma(struct kvm *kvm,
					    const struct kvm_memory_slot *new,
					    enum kvm_mr_change change,
					    struct vm_area_struct *vma)
{
	hva_t slot_end = new->userspace_addr + (new->npages << PAGE_SHIFT);
	hva_t first = max(vma->vm_start, new->userspace_addr);
	gpa_t ipa = (new->base_gfn << PAGE_SHIFT) +
		    (first - new->userspace_addr);
	struct cohmem_extent e = { .hva = first };
	struct cohmem_decision d;
	bool mapped = false, certain = true;
	struct cohmem_facts f;
	int ret;

	if (change == KVM_MR_FLAGS_ONLY &&
	    !(new->flags & KVM_MEM_LOG_DIRTY_PAGES))
		return COHMEM_OK;

	cohmem_facts_init(&f, kvm);
	cohmem_facts_vma(&f, vma->vm_flags);
	if (!cohmem_facts_leaf_matters(&f, vma->vm_flags)) {
		f.linear = true;
	} else if (cohmem_extent_begin(kvm->mm, &e)) {
		f.leaf = cohmem_facts_leaf(vma->vm_page_prot);
		certain = false;
	} else {
		f.leaf = cohmem_facts_leaf(__pgprot(e.attrs));
		f.linear = pfn_is_map_memory(e.pfn);
		mapped = true;
		/* ZONE_DEVICE, which may be linear. NOMAP memory is in memblock. */
		if (pfn_valid(e.pfn) && !memblock_is_memory(PFN_PHYS(e.pfn)))
			certain = false;
	}

	d = cohmem_decide(&f);
	if (logs_pfnmap(new, vma) && !is_cacheable_pfnmap(&f, &d)) {
		if (d.verdict != COHMEM_REFUSED)
			d = cohmem_refuse(COHMEM_ROW_NONE, COHMEM_NOT_LOGGABLE);
		certain = true;
	}

	ret = d.verdict == COHMEM_REFUSED &&
	      (certain || d.reason == COHMEM_NO_TAGS) ? -EINVAL : 0;
	if (ret)
		cohmem_log_decision(kvm, &d, ipa, first, min(vma->vm_end, slot_end));
	if (ret || mapped)
		trace_kvm_cohmem_memslot(ipa, first, e.pfn, 0, &f, &d, ret);
	return ret ? d.reason : COHMEM_OK;
}
