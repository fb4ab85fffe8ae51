// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coherent PFNMAP memory in stage 2.
 *
 * A stage-2 fault is decided in four steps, because what must be known is
 * readable at different times:
 *
 *   cohmem_fault_vma()		under mmap_lock: flags of the VMA
 *   cohmem_fault_pfn()		mmap_lock taken anew: the PFN is held, and the
 *				host leaf that maps it is read. The rule is
 *				asked here
 *   cohmem_fault_extent()	without a lock: how large a block is like the page
 *   cohmem_fault_check()	under mmu_lock, after mmu_invalidate_retry()
 *
 * The steps may see different mappings if the VMM changes them meanwhile. All
 * such changes go through the MMU notifiers, so that a decision which mixes
 * two of them never survives to the last step.
 */
#include <linux/delay.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/memblock.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include <asm/kvm_host.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/memory.h>
#include <asm/virt.h>

#include "cohmem.h"
#include "cohmem_extent.h"

#define CREATE_TRACE_POINTS
#include "trace_cohmem.h"

static enum cohmem_policy cohmem_cmdline_policy __ro_after_init =
	COHMEM_POLICY_DECLARED;

static int __init early_cacheable_pfnmap(char *arg)
{
	enum cohmem_policy policy;

	for (policy = 0; arg && policy < COHMEM_NR_POLICIES; policy++) {
		if (!strcmp(arg, cohmem_policy_name(policy))) {
			cohmem_cmdline_policy = policy;
			return 0;
		}
	}

	cohmem_cmdline_policy = COHMEM_POLICY_DECLARED;
	pr_warn("kvm-arm.cacheable_pfnmap=%s is not declared, strict, any or off; using declared\n",
		arg ?: "");
	return 0;
}
early_param("kvm-arm.cacheable_pfnmap", early_cacheable_pfnmap);

/*
 * Protected mode gives the host's own stage 2 a Device mapping of everything
 * that is not in memblock, whatever the host maps at stage 1. A guest's
 * cacheable alias of that would be a mismatch.
 */
static enum cohmem_policy cohmem_policy(void)
{
	return is_protected_kvm_enabled() ? COHMEM_POLICY_OFF :
					    cohmem_cmdline_policy;
}

/**
 * cohmem_supported() - Can memory without struct pages be Normal in a guest?
 *
 * Context: any, once CPU features are final.
 * Return: what KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED answers.
 */
bool cohmem_supported(void)
{
	return cpus_have_final_cap(ARM64_HAS_STAGE2_FWB) &&
	       cohmem_policy() != COHMEM_POLICY_OFF;
}

/*
 * Device memory that memremap_pages() gave a Write-Back linear mapping. P2PDMA
 * has an uncached one, private memory has none.
 */
static bool zone_device_is_write_back(struct page *page)
{
	if (cohmem_policy() == COHMEM_POLICY_OFF || !is_zone_device_page(page))
		return false;

	/* Tail pages have none: device DAX has compound ones. */
	switch (compound_head(page)->pgmap->type) {
	case MEMORY_DEVICE_COHERENT:
	case MEMORY_DEVICE_FS_DAX:
	case MEMORY_DEVICE_GENERIC:
		return true;
	default:
		return false;
	}
}

/**
 * cohmem_phys_is_linear() - Can the kernel use its linear mapping of @phys?
 * @phys: host physical address of memory that is, or is about to be, mapped
 *	  Normal cacheable in stage 2
 *
 * Context: any. If the memory has a page, the caller holds a reference, or
 * keeps it from going away by holding off the MMU notifiers.
 * Return: true if phys_to_virt(@phys) is mapped, and mapped Write-Back.
 */
bool cohmem_phys_is_linear(phys_addr_t phys)
{
	unsigned long pfn = PHYS_PFN(phys);

	if (pfn_is_map_memory(pfn))
		return true;

	return pfn_valid(pfn) && zone_device_is_write_back(pfn_to_page(pfn));
}

/* Host tables: read with the host's encoding, which is not KVM's (LPA2). */
static enum cohmem_leaf leaf_type(pgprot_t prot)
{
	switch (pgprot_val(prot) & PTE_ATTRINDX_MASK) {
	case PTE_ATTRINDX(MT_NORMAL):
		return COHMEM_LEAF_NORMAL;
	case PTE_ATTRINDX(MT_NORMAL_TAGGED):
		return COHMEM_LEAF_NORMAL_TAGGED;
	case PTE_ATTRINDX(MT_NORMAL_NC):
		return COHMEM_LEAF_NORMAL_NC;
	default:
		return COHMEM_LEAF_DEVICE;
	}
}

static void init_facts(struct cohmem_facts *f, struct kvm *kvm)
{
	*f = (struct cohmem_facts) {
		.policy	= cohmem_policy(),
		.leaf	= COHMEM_LEAF_DEVICE,
		.vm_mte	= kvm_has_mte(kvm),
		.fwb	= cpus_have_final_cap(ARM64_HAS_STAGE2_FWB),
		.dic	= cpus_have_final_cap(ARM64_HAS_CACHE_DIC),
	};
}

static void vma_facts(struct cohmem_facts *f, unsigned long vm_flags)
{
	f->pfnmap	= vm_flags & (VM_PFNMAP | VM_MIXEDMAP);
	f->declared	= vm_flags & VM_COHERENT_PFNMAP;
	f->any_uncached	= vm_flags & VM_ALLOW_ANY_UNCACHED;
	f->mte_allowed	= vm_flags & VM_MTE_ALLOWED;
}

/* The page, if there is one, is held by whoever looked up @pfn. */
static void pfn_facts(struct cohmem_facts *f, kvm_pfn_t pfn)
{
	struct page *page;

	f->linear = pfn_is_map_memory(pfn);
	if (f->linear)
		return;

	/* NULL if no reference can be held, and so nothing be said of it. */
	page = kvm_pfn_to_refcounted_page(pfn);
	if (!page || !zone_device_is_write_back(page))
		return;

	/*
	 * memremap_pages() maps without MTE, so KVM could not clear tags,
	 * even if the page has come into an anonymous VMA by migration.
	 */
	f->linear = true;
	f->mte_allowed = false;
}

/* The rule wants it, and follow_pfnmap_start() resolves it. */
static bool leaf_matters(const struct cohmem_facts *f, unsigned long vm_flags)
{
	return f->policy != COHMEM_POLICY_OFF && f->pfnmap &&
	       (vm_flags & (VM_IO | VM_PFNMAP));
}

/* There is no page to ask the rule about. */
static struct cohmem_decision refuse_unmapped(enum cohmem_reason reason)
{
	return (struct cohmem_decision) {
		.verdict	= COHMEM_REFUSED,
		.reason		= reason,
		.row		= COHMEM_ROW_NONE,
	};
}

/* What cohmem_fault_init() and cohmem_fault_vma() only took note of. */
static void fault_facts(struct cohmem_fault *cf)
{
	bool exec = cf->facts.exec;

	cf->ipa &= PAGE_MASK;
	cf->hva &= PAGE_MASK;
	init_facts(&cf->facts, cf->vcpu->kvm);
	cf->facts.exec = exec;
	vma_facts(&cf->facts, cf->vm_flags);
	cf->decision = refuse_unmapped(COHMEM_NO_HOST_MAPPING);
}

/*
 * The PFN was read from this very leaf a moment ago. If the leaf is gone, or
 * maps something else, an invalidation ran in between and the fault must be
 * taken again.
 */
static int read_leaf(struct cohmem_fault *cf)
{
	struct follow_pfnmap_args args = { .address = cf->hva };
	int ret = -EAGAIN;

	mmap_read_lock(current->mm);
	args.vma = vma_lookup(current->mm, cf->hva);
	if (!args.vma || follow_pfnmap_start(&args))
		goto out;

	if (args.pfn == cf->pfn) {
		cf->facts.leaf = leaf_type(args.pgprot);
		ret = 0;
	}
	follow_pfnmap_end(&args);
out:
	mmap_read_unlock(current->mm);
	return ret;
}

/**
 * __cohmem_fault_pfn() - Collect the facts of a fault, and ask the rule
 * @cf: the fault, with @pfn set
 *
 * Context, return: as cohmem_fault_pfn().
 */
int __cohmem_fault_pfn(struct cohmem_fault *cf)
{
	int ret = 0;

	fault_facts(cf);
	pfn_facts(&cf->facts, cf->pfn);
	if (!cf->facts.linear && leaf_matters(&cf->facts, cf->vm_flags))
		ret = read_leaf(cf);
	if (ret)
		return ret;

	cf->decision = cohmem_decide(&cf->facts);

	/* A leaf of a PROT_NONE mapping is still present, but not for use. */
	if (!cf->facts.linear && !(cf->vm_flags & VM_READ) &&
	    cf->decision.verdict == COHMEM_NORMAL)
		cf->decision = refuse_unmapped(COHMEM_NO_HOST_MAPPING);
	return 0;
}

/*
 * Is any of the block not what the rule was asked about: in the linear mapping, or
 * device memory with pages? What has pages but no mapping was carved out by the
 * firmware (NOMAP). ZONE_DEVICE pages come and go in subsections.
 */
static bool block_is_mixed(phys_addr_t phys, unsigned long size)
{
	unsigned long pfn, end = PHYS_PFN(phys + size);
	struct memblock_region *region;

	for_each_mem_region(region) {
		if (region->base < phys + size &&
		    phys < region->base + region->size &&
		    !memblock_is_nomap(region))
			return true;
	}

	for (pfn = PHYS_PFN(phys); pfn < end; pfn += PAGES_PER_SUBSECTION) {
		if (pfn_valid(pfn) && !memblock_is_memory(PFN_PHYS(pfn)))
			return true;
	}
	return false;
}

static bool block_proven(struct cohmem_fault *cf,
			 const struct cohmem_extent *e, unsigned long size)
{
	unsigned long *break_hints = cf->vcpu->arch.cohmem.break_hints;
	unsigned long first = e->hva - (e->ipa & (size - 1));
	unsigned int slot = hash_long(first ^ size, COHMEM_BREAK_HINTS_SHIFT);

	return !block_is_mixed(ALIGN_DOWN(PFN_PHYS(e->pfn), size), size) &&
	       cohmem_extent_proven(cf->vcpu->kvm->mm, e, size,
				    &break_hints[slot]);
}

#ifdef CONFIG_DEBUG_VM
/*
 * For tests: sleep between the looks at the host's mapping and mmu_lock, each time
 * for another while up to this one, so that the first to look may be the last to map.
 */
static unsigned int cohmem_race_window_us;
module_param(cohmem_race_window_us, uint, 0600);

static void widen_race_window(void)
{
	unsigned int us = READ_ONCE(cohmem_race_window_us);

	if (us)
		fsleep(get_random_u32_inclusive(1, us));
}
#else
static void widen_race_window(void) { }
#endif

static void find_block(struct cohmem_fault *cf, struct cohmem_extent *e,
		       phys_addr_t fault_ipa, unsigned long max)
{
	s8 level = max_t(s8, KVM_PGTABLE_MIN_BLOCK_LEVEL,
			 cf->vcpu->arch.hw_mmu->pgt->start_level);
	u8 lost_races = cf->vcpu->arch.cohmem.lost_races;

	if (!cohmem_extent_begin(cf->vcpu->kvm->mm, e) || e->pfn != cf->pfn ||
	    leaf_type(__pgprot(e->attrs)) != cf->facts.leaf)
		return;

	/* Until cohmem_fault_check() knows better. */
	if (lost_races < KVM_PGTABLE_LAST_LEVEL)
		cf->vcpu->arch.cohmem.lost_races++;

	for (level += lost_races; level < KVM_PGTABLE_LAST_LEVEL; level++) {
		unsigned long size = kvm_granule_size(level);

		/* HPFAR_EL2 has 4 KiB to the unit, whatever the page size. */
		if (size > max ||
		    ((fault_ipa ^ cf->ipa) & (size - 1) & PAGE_MASK))
			continue;
		if (block_proven(cf, e, size)) {
			cf->block = size;
			return;
		}
	}
}

/**
 * __cohmem_fault_extent() - Find the largest block that the fault may map
 * @cf: the fault, after cohmem_fault_pfn()
 * @memslot: holds its HVA
 * @fault_ipa: where it is to be mapped: an IPA of L2, if nested
 * @max: bytes of the block, at most; at least PAGE_SIZE
 *
 * Sets @cf->block, if the block is for the host's leaves to decide, and leaves
 * it 0 if not: the memory is linear, no leaf was read, or the policy is off.
 *
 * Device and Normal-NC memory gets blocks too: by a block the guest gets
 * nothing that it could not have got page by page, with the same memory type.
 *
 * After a proof that came too late the next try is for the next smaller block, and
 * in the end for a page. A VMM that keeps the notifiers busy could otherwise hold
 * up a guest by scans that are in vain.
 *
 * Context: process context, may sleep. The MMU invalidation sequence was
 * sampled before, and is checked afterwards. Each page of a block is looked at
 * once at most for each block size there is.
 */
void __cohmem_fault_extent(struct cohmem_fault *cf,
			   const struct kvm_memory_slot *memslot,
			   phys_addr_t fault_ipa, unsigned long max)
{
	unsigned long slot_end = memslot->userspace_addr +
				 (memslot->npages << PAGE_SHIFT);
	struct cohmem_extent e = {
		.hva	= cf->hva,
		.start	= max(cf->vma_start, memslot->userspace_addr),
		.end	= min(cf->vma_end, slot_end),
		.ipa	= cf->ipa,
	};

	if (!cf->facts.linear && leaf_matters(&cf->facts, cf->vm_flags)) {
		cf->block = PAGE_SIZE;
		if (max > PAGE_SIZE && !cohmem_fault_error(cf))
			find_block(cf, &e, fault_ipa, max);
	}
	widen_race_window();
}

/* @first is inclusive, @end exclusive. */
static void report_refusal(const struct cohmem_decision *d, gpa_t ipa,
			   hva_t first, hva_t end)
{
	static DEFINE_RATELIMIT_STATE(rs, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);

	if (!__ratelimit(&rs))
		return;

	pr_err("kvm [%i]: %s: memory at IPA 0x%llx, host 0x%lx-0x%lx refused: %s: %s\n",
	       task_tgid_nr(current), current->comm, ipa, first, end - 1,
	       cohmem_reason_name(d->reason), cohmem_reason_remedy(d->reason));
}

/*
 * Row undeclared: not refused, but not what the mapping says either. Once per VM; but whoever
 * can make one VM can make any number, one after the other.
 */
static void warn_undeclared(struct kvm *kvm, gpa_t ipa, hva_t hva)
{
	static DEFINE_RATELIMIT_STATE(rs, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);
	unsigned long *flags = &kvm->arch.flags;

	/* Where there was no room for it in the log, the next fault may tell. */
	if (test_bit(KVM_ARCH_FLAG_COHMEM_UNDECLARED, flags) ||
	    !__ratelimit(&rs) ||
	    test_and_set_bit(KVM_ARCH_FLAG_COHMEM_UNDECLARED, flags))
		return;

	pr_warn("kvm [%i]: %s: cacheable memory at IPA 0x%llx, host 0x%lx is not cacheable for the guest: %s: %s\n",
		task_tgid_nr(current), current->comm, ipa, hva,
		cohmem_reason_name(COHMEM_UNDECLARED),
		cohmem_reason_remedy(COHMEM_UNDECLARED));
}

/**
 * __cohmem_fault_report() - Tell the world about a final decision
 * @cf: the fault
 * @ret: what came of it: 0, -EFAULT, -ENOEXEC, -EAGAIN for another try, or what
 *	 the stage-2 walker said
 *
 * Traces the decision, and that the fault has to be taken again. A refusal is
 * also filled in as KVM_EXIT_MEMORY_FAULT, and logged.
 *
 * Context: process context of the vCPU, no lock but SRCU held.
 */
void __cohmem_fault_report(const struct cohmem_fault *cf, int ret)
{
	const struct cohmem_decision *d = &cf->decision;

	trace_kvm_cohmem_fault(cf->ipa, cf->hva, cf->pfn, cf->block, &cf->facts,
			       d, ret);
	if (ret == -EAGAIN)
		return;

	if (d->verdict == COHMEM_REFUSED) {
		kvm_prepare_memory_fault_exit(cf->vcpu, cf->ipa, PAGE_SIZE,
					      cf->write, cf->facts.exec, false);
		if (cf->facts.policy != COHMEM_POLICY_OFF)
			report_refusal(d, cf->ipa, cf->hva,
				       cf->hva + PAGE_SIZE);
	} else if (d->reason == COHMEM_UNDECLARED) {
		warn_undeclared(cf->vcpu->kvm, cf->ipa, cf->hva);
	}
}

/**
 * cohmem_fault_unmapped() - Refuse what the host maps not, or not writable
 * @cf: the fault, after cohmem_fault_init()
 * @err: KVM_PFN_ERR_RO_FAULT, or any other error PFN
 *
 * Context: as cohmem_fault_report().
 * Return: -EFAULT.
 */
int cohmem_fault_unmapped(struct cohmem_fault *cf, kvm_pfn_t err)
{
	bool read_only;

	/* Nothing is wrong with the memory of a VMM that is being killed. */
	if (is_sigpending_pfn(err) || fatal_signal_pending(current))
		return -EFAULT;

	read_only = err == KVM_PFN_ERR_RO_FAULT ||
		    (cf->write && cf->vm_flags && !(cf->vm_flags & VM_WRITE));
	fault_facts(cf);
	cf->pfn = KVM_PFN_ERR_FAULT;
	cf->decision = refuse_unmapped(read_only ?
				       COHMEM_HOST_READ_ONLY :
				       COHMEM_NO_HOST_MAPPING);
	__cohmem_fault_report(cf, -EFAULT);
	return -EFAULT;
}

/**
 * cohmem_fault_no_pfn() - Refuse what could not be looked up, or try again
 * @cf: the fault, after cohmem_fault_vma()
 * @err: what the look-up said
 * @mmu_seq: the MMU invalidation sequence, sampled before the look-up
 *
 * Drivers zap their mappings without mmap_lock, and may do so between the host's own
 * fault and KVM's look at what that has mapped.
 *
 * Context: process context of the vCPU, no lock but SRCU held. Takes mmu_lock.
 * Return: 0 if the fault is to be taken again, or -EFAULT.
 */
int cohmem_fault_no_pfn(struct cohmem_fault *cf, kvm_pfn_t err,
			unsigned long mmu_seq)
{
	struct kvm *kvm = cf->vcpu->kvm;
	bool raced;

	read_lock(&kvm->mmu_lock);
	raced = mmu_invalidate_retry(kvm, mmu_seq);
	read_unlock(&kvm->mmu_lock);
	if (!raced)
		return cohmem_fault_unmapped(cf, err);

	fault_facts(cf);
	cf->pfn = err;
	__cohmem_fault_report(cf, -EAGAIN);
	return 0;
}

/**
 * cohmem_check_memslot_vma() - Refuse early what is certain to be refused
 * @kvm: the VM
 * @new: the memslot after the change
 * @change: KVM_MR_CREATE, KVM_MR_MOVE or KVM_MR_FLAGS_ONLY
 * @vma: a VMA that intersects @new
 *
 * Looks at the first page of @vma in the memslot, and only if the host maps
 * it already. Everything else is left to the fault. Dropping dirty logging is
 * never refused.
 *
 * Context: process context of the VMM, mmap_lock held for read.
 * Return: 0, or -EINVAL.
 */
int cohmem_check_memslot_vma(struct kvm *kvm,
			     const struct kvm_memory_slot *new,
			     enum kvm_mr_change change,
			     struct vm_area_struct *vma)
{
	hva_t slot_end = new->userspace_addr + (new->npages << PAGE_SHIFT);
	hva_t first = max(vma->vm_start, new->userspace_addr);
	struct follow_pfnmap_args args = { .vma = vma, .address = first };
	gpa_t ipa = (new->base_gfn << PAGE_SHIFT) +
		    (first - new->userspace_addr);
	struct cohmem_decision d;
	struct cohmem_facts f;
	kvm_pfn_t pfn;
	int ret;

	if (change == KVM_MR_FLAGS_ONLY &&
	    !(new->flags & KVM_MEM_LOG_DIRTY_PAGES))
		return 0;

	init_facts(&f, kvm);
	vma_facts(&f, vma->vm_flags);
	if (!leaf_matters(&f, vma->vm_flags) || follow_pfnmap_start(&args))
		return 0;
	pfn = args.pfn;
	f.leaf = leaf_type(args.pgprot);
	follow_pfnmap_end(&args);

	/* With a page, it may be linear. That is for the fault to find out. */
	if (pfn_valid(pfn))
		return 0;

	d = cohmem_decide(&f);
	ret = d.verdict == COHMEM_REFUSED ? -EINVAL : 0;
	trace_kvm_cohmem_memslot(ipa, first, pfn, 0, &f, &d, ret);
	if (ret)
		report_refusal(&d, ipa, first, min(vma->vm_end, slot_end));
	return ret;
}
