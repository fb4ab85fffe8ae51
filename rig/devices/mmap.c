// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/uaccess.h>
#if __has_include(<linux/pfn_t.h>)
#include <linux/pfn_t.h>
#endif

#include "cohmem_testdev.h"
#include "mmap.h"

/* What TESTDEV_ODD said last, for the mappings that are made from then on. */
static struct testdev_odd odd;
static DEFINE_MUTEX(odd_lock);

static pgprot_t leaf_prot(pgprot_t prot, enum memtype type)
{
	switch (type) {
	case NORMAL_TAGGED:
		return pgprot_tagged(prot);
	case NORMAL_NC:
		return pgprot_writecombine(prot);
	case DEVICE_NGNRE:
		return pgprot_device(prot);
	case NORMAL:
		break;
	}
	return prot;
}

static const struct kind *vma_kind(const struct vm_area_struct *vma)
{
	const struct node_memory *memory = vma->vm_private_data;

	return memory->kind;
}

static unsigned long vma_pfn(const struct vm_area_struct *vma,
			     unsigned long addr)
{
	const struct node_memory *memory = vma->vm_private_data;

	return PHYS_PFN(memory->phys) + vma->vm_pgoff +
	       ((addr - vma->vm_start) >> PAGE_SHIFT);
}

static vm_fault_t leaf_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;

	return vmf_insert_pfn_prot(vma, vmf->address,
				   vma_pfn(vma, vmf->address),
				   leaf_prot(vma->vm_page_prot,
					     vma_kind(vma)->leaf_type));
}

static vm_fault_t insert_pmd(struct vm_fault *vmf, unsigned long pfn)
{
	bool write = vmf->flags & FAULT_FLAG_WRITE;

	/* Linux 6.17 did away with pfn_t. */
#ifdef PFN_FLAGS_MASK
	return vmf_insert_pfn_pmd(vmf, __pfn_to_pfn_t(pfn, PFN_DEV), write);
#else
	return vmf_insert_pfn_pmd(vmf, pfn, write);
#endif
}

static vm_fault_t leaf_huge_fault(struct vm_fault *vmf, unsigned int order)
{
	struct vm_area_struct *vma = vmf->vma;
	unsigned long addr = vmf->address & PMD_MASK;

	if (order != PMD_ORDER || addr < vma->vm_start ||
	    vma->vm_end - addr < PMD_SIZE ||
	    !IS_ALIGNED(vma_pfn(vma, addr), 1UL << order))
		return VM_FAULT_FALLBACK;
	return insert_pmd(vmf, vma_pfn(vma, addr));
}

static const struct vm_operations_struct on_fault_ops = {
	.fault = leaf_fault,
};

static const struct vm_operations_struct on_huge_fault_ops = {
	.fault = leaf_fault,
	.huge_fault = leaf_huge_fault,
};

/* With a pfn_mkwrite(), vm_page_prot is read-only. */
static vm_fault_t odd_fault(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;

	switch (READ_ONCE(odd.how)) {
	case TESTDEV_ODD_POISONED:
		return VM_FAULT_HWPOISON;
	case TESTDEV_ODD_READ_ONLY_ON_FAULT:
		return vmf_insert_pfn_prot(vma, vmf->address, vma_pfn(vma, vmf->address),
					   vma->vm_page_prot);
	default:
		return VM_FAULT_SIGBUS;
	}
}

static vm_fault_t odd_mkwrite(struct vm_fault *vmf)
{
	switch (READ_ONCE(odd.how)) {
	case TESTDEV_ODD_KEPT_READ_ONLY:
		return VM_FAULT_SIGBUS;
	case TESTDEV_ODD_STAYS_READ_ONLY:
		return VM_FAULT_NOPAGE;
	default:
		return 0;
	}
}

static const struct vm_operations_struct odd_ops = {
	.fault = odd_fault,
	.pfn_mkwrite = odd_mkwrite,
};

static int map_odd_page(struct vm_area_struct *vma, unsigned long addr)
{
	unsigned long pfn = vma_pfn(vma, addr);
	pgprot_t prot = vma->vm_page_prot;

	switch (odd.how) {
	case TESTDEV_ODD_HOLE:
	case TESTDEV_ODD_POISONED:
	case TESTDEV_ODD_READ_ONLY_ON_FAULT:
		return 0;
	case TESTDEV_ODD_ELSEWHERE:
		pfn ^= 1;
		break;
	case TESTDEV_ODD_READ_ONLY:
	case TESTDEV_ODD_KEPT_READ_ONLY:
	case TESTDEV_ODD_STAYS_READ_ONLY:
		prot = __pgprot((pgprot_val(prot) & ~PTE_WRITE) | PTE_RDONLY);
		break;
	case TESTDEV_ODD_NC:
		prot = leaf_prot(prot, NORMAL_NC);
		break;
	case TESTDEV_ODD_NO_ACCESS:
		prot = __pgprot((pgprot_val(prot) & ~PTE_VALID) | PTE_PRESENT_INVALID);
		break;
	}
	return remap_pfn_range(vma, addr, pfn, PAGE_SIZE, prot);
}

/* The first odd page from @addr on, or the mapping's end. */
static unsigned long next_odd(struct vm_area_struct *vma, unsigned long addr)
{
	u64 offset = (u64)vma->vm_pgoff * PAGE_SIZE + (addr - vma->vm_start);
	u64 next = odd.offset;

	if (!vma_kind(vma)->odd || !odd.every)
		return vma->vm_end;
	if (next < offset)
		next += roundup(offset - next, odd.every);
	return min_t(u64, vma->vm_end, addr + (next - offset));
}

static int populate(struct vm_area_struct *vma)
{
	/* It changes vm_pgoff of private mappings, which vma_pfn() looks at. */
	unsigned long addr = vma->vm_start, pfn = vma_pfn(vma, addr), next;
	int ret = 0;

	while (!ret && addr < vma->vm_end) {
		next = next_odd(vma, addr);
		if (next == addr) {
			ret = map_odd_page(vma, addr);
			next += PAGE_SIZE;
		} else {
			ret = remap_pfn_range(vma, addr, pfn, next - addr,
					      vma->vm_page_prot);
		}
		pfn += PHYS_PFN(next - addr);
		addr = next;
	}
	return ret;
}

int mmap_node(struct vm_area_struct *vma, const struct node_memory *memory)
{
	const struct kind *kind = memory->kind;
	unsigned long pages = PHYS_PFN(memory->size);
	int ret;

	if (vma->vm_pgoff > pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;
	if (!(vma->vm_flags & VM_SHARED) != kind->cow)
		return -EINVAL;
	/* vmf_insert_pfn_prot() is not for memory with struct pages there. */
	if ((kind->vm_flags & VM_MIXEDMAP) && pfn_valid(PHYS_PFN(memory->phys)))
		return -EINVAL;

	vma->vm_private_data = (void *)memory;
	vma->vm_page_prot = leaf_prot(vma->vm_page_prot, kind->vma_type);
	vm_flags_set(vma, VM_DONTEXPAND | VM_DONTDUMP | kind->vm_flags);
	if (kind->on_fault) {
		vma->vm_ops = kind->huge ? &on_huge_fault_ops : &on_fault_ops;
		return 0;
	}
	if (kind->odd)
		vma->vm_ops = &odd_ops;
	mutex_lock(&odd_lock);
	ret = populate(vma);
	mutex_unlock(&odd_lock);
	return ret;
}

int mmap_set_odd(const struct node_memory *memory, void __user *arg)
{
	struct testdev_odd req;

	if (!memory->kind->odd)
		return -EOPNOTSUPP;
	if (copy_from_user(&req, arg, sizeof(req)))
		return -EFAULT;
	if (!PAGE_ALIGNED(req.offset) || !PAGE_ALIGNED(req.every) || req.pad ||
	    req.how > TESTDEV_ODD_READ_ONLY_ON_FAULT || req.offset > memory->size ||
	    req.every > memory->size)
		return -EINVAL;
	mutex_lock(&odd_lock);
	odd = req;
	mutex_unlock(&odd_lock);
	return 0;
}
