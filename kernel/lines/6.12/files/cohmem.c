// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coherent PFNMAP memory in stage 2.
 *
 * A stage-2 fault is decided in four steps, because its facts can be read at
 * different times only:
 *
 *   cohmem_fault_vma()		under mmap_lock: reads the flags of the VMA
 *   cohmem_fault_pfn()		the PFN is held: takes mmap_lock again, reads the
 *				host leaf that maps the PFN, and asks the rule
 *   cohmem_fault_extent()	without a lock: finds the largest block around
 *				the page that the host maps as one
 *   cohmem_fault_check()	under mmu_lock, after mmu_invalidate_retry():
 *				the decision is final
 *
 * The VMM may change its mappings between two steps. Each such change runs the
 * MMU notifiers, so mmu_invalidate_retry() fails and a decision that mixes two
 * mappings is dropped.
 */
#include <linux/delay.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/ioport.h>
#include <linux/kvm_host.h>
#include <linux/memremap.h>
#include <linux/mm.h>
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
 * In protected mode the host has a stage 2 of its own. It maps all memory that
 * is not in memblock as Device, whatever the host's stage 1 says. A cacheable
 * mapping in a guest would be a mismatched alias.
 */
static enum cohmem_policy cohmem_policy(void)
{
	return is_protected_kvm_enabled() ? COHMEM_POLICY_OFF :
					    cohmem_cmdline_policy;
}

/**
 * cohmem_supported() - Can memory without struct pages be Normal in a guest?
 *
 * Context: any, after CPU features are final.
 * Return: the answer to KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED.
 */
bool cohmem_supported(void)
{
	return cpus_have_final_cap(ARM64_HAS_STAGE2_FWB) &&
	       cohmem_policy() != COHMEM_POLICY_OFF;
}

/*
 * Is this a page of device memory that memremap_pages() mapped Write-Back in
 * the linear mapping? P2PDMA memory is mapped uncached there, and private
 * memory is not mapped.
 */
static bool zone_device_is_write_back(struct page *page)
{
	if (cohmem_policy() == COHMEM_POLICY_OFF || !is_zone_device_page(page))
		return false;

	/* Device DAX has compound pages, whose tail pages have no pgmap. */
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
 * @phys: host physical address of memory that stage 2 maps Normal cacheable, or
 *	  is about to
 *
 * Context: any. If the memory has a page, the caller holds a reference to it,
 * or keeps the MMU notifiers waiting, so that the page stays.
 * Return: true if phys_to_virt(@phys) is mapped Write-Back.
 */
bool cohmem_phys_is_linear(phys_addr_t phys)
{
	unsigned long pfn = PHYS_PFN(phys);

	if (pfn_is_map_memory(pfn))
		return true;

	return pfn_valid(pfn) && zone_device_is_write_back(pfn_to_page(pfn));
}

/* For leaves of the host's tables. With LPA2, KVM's encoding is another one. */
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

/* Could the VMM use the page? PROT_NONE leaves are present, too. */
static bool leaf_is_usable(pgprot_t prot)
{
	return (pgprot_val(prot) & (PTE_VALID | PTE_USER)) == (PTE_VALID | PTE_USER);
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

/* If @pfn has a page, the caller holds a reference to it. */
static void pfn_facts(struct cohmem_facts *f, kvm_pfn_t pfn)
{
	struct page *page;

	f->linear = pfn_is_map_memory(pfn);
	if (f->linear)
		return;

	/* NULL: KVM cannot hold a reference to the page, if there is one. */
	page = kvm_pfn_to_refcounted_page(pfn);
	if (!page || !zone_device_is_write_back(page))
		return;

	/*
	 * memremap_pages() maps the page without MTE, so KVM cannot clear its
	 * tags. That is so in an anonymous VMA, too, where migration may have
	 * put the page.
	 */
	f->linear = true;
	f->mte_allowed = false;
}

/* Does the rule need the leaf, and can follow_pfnmap_start() find it? */
static bool leaf_matters(const struct cohmem_facts *f, unsigned long vm_flags)
{
	return f->policy != COHMEM_POLICY_OFF && f->pfnmap &&
	       (vm_flags & (VM_IO | VM_PFNMAP));
}

/* A refusal without the rule: there is no page to ask it about. */
static struct cohmem_decision refuse_unmapped(enum cohmem_reason reason)
{
	return (struct cohmem_decision) {
		.verdict	= COHMEM_REFUSED,
		.reason		= reason,
		.row		= COHMEM_ROW_NONE,
	};
}

/* Makes facts of what cohmem_fault_init() and cohmem_fault_vma() stored. */
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
 * KVM has just read the PFN from the same leaf. If the leaf has gone or maps
 * another PFN, an invalidation ran in between, and the guest has to take the
 * fault again. -EFAULT: the VMM could not use the page.
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
		ret = leaf_is_usable(args.pgprot) ? 0 : -EFAULT;
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
 * The slow path of cohmem_fault_pfn().
 *
 * Context: as for cohmem_fault_pfn().
 * Return: as cohmem_fault_pfn().
 */
int __cohmem_fault_pfn(struct cohmem_fault *cf)
{
	int ret = 0;

	fault_facts(cf);
	pfn_facts(&cf->facts, cf->pfn);
	if (!cf->facts.linear && leaf_matters(&cf->facts, cf->vm_flags))
		ret = read_leaf(cf);
	/* There is no page to ask the rule about: refused as not mapped. */
	if (ret == -EFAULT)
		return 0;
	if (ret)
		return ret;

	cf->decision = cohmem_decide(&cf->facts);
	return 0;
}

/*
 * Would a page of the block be Normal by itself, while the block is not? Linear
 * memory is, whatever its leaf. Of the resources named "System RAM", none is a
 * carve-out: neither NOMAP memory, nor what lies behind mem=.
 */
static bool block_has_ram(const struct cohmem_fault *cf, phys_addr_t phys,
			  unsigned long size)
{
	return cohmem_fault_is_uncached(cf) &&
	       region_intersects(phys, size, IORESOURCE_SYSTEM_RAM,
				 IORES_DESC_NONE) != REGION_DISJOINT;
}

/* The cheapest question comes first. */
static bool block_proven(struct cohmem_fault *cf,
			 const struct cohmem_extent *e, unsigned long size)
{
	unsigned long *break_hints = cf->vcpu->arch.cohmem.break_hints;
	unsigned long first = e->hva - (e->ipa & (size - 1));
	unsigned int slot = hash_long(first ^ size, COHMEM_BREAK_HINTS_SHIFT);

	return cohmem_extent_fits(e, size) &&
	       !block_has_ram(cf, ALIGN_DOWN(PFN_PHYS(e->pfn), size), size) &&
	       cohmem_extent_proven(cf->vcpu->kvm->mm, e, size,
				    &break_hints[slot]);
}

#ifdef CONFIG_DEBUG_VM
/*
 * For tests: the longest sleep between the reading of the host's mapping and
 * mmu_lock. Each sleep has a random length, so that the first vCPU to read may
 * be the last one to map.
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

	/* cohmem_fault_check() sets it to 0 if the race is not lost. */
	if (lost_races < KVM_PGTABLE_LAST_LEVEL)
		cf->vcpu->arch.cohmem.lost_races++;

	for (level += lost_races; level < KVM_PGTABLE_LAST_LEVEL; level++) {
		unsigned long size = kvm_granule_size(level);

		/* HPFAR_EL2 counts in 4 KiB, whatever the page size is. */
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
 * @memslot: the memslot that contains its HVA
 * @fault_ipa: the IPA to map it at: an IPA of L2, if nested
 * @max: the largest size of the block in bytes, at least PAGE_SIZE
 *
 * Sets @cf->block if the host's leaves decide about the block. Leaves it 0 if
 * the memory is linear, if no leaf was read, or if the policy is off.
 *
 * Device and Normal-NC memory gets blocks, too. Page by page the guest would
 * get the same memory with the same memory type.
 *
 * If an invalidation made a proof worthless, the next fault of the vCPU tries
 * the next smaller block, and in the end a page. Otherwise a VMM that keeps
 * invalidating could make a guest scan forever.
 *
 * Context: process context, may sleep. The caller has sampled the MMU
 * invalidation sequence, and checks it afterwards. Each page of a block is read
 * once at most for each block size.
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

/* Logs a refusal of the memory from @first to @end, exclusive. */
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
 * Logs, once for each VM, that cacheable memory is not cacheable in the guest
 * (row undeclared). The rate limit is for users who start many VMs.
 */
static void warn_undeclared(struct kvm *kvm, gpa_t ipa, hva_t hva)
{
	static DEFINE_RATELIMIT_STATE(rs, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);
	unsigned long *flags = &kvm->arch.flags;

	/* If the rate limit suppresses the line, the next fault tries again. */
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
 * __cohmem_fault_report() - Trace a decision, and report a refusal
 * @cf: the fault
 * @ret: the result of the fault: 0; -EFAULT; -ENOEXEC; -EAGAIN if the guest has
 *	 to take it again; or the error of the stage-2 walker
 *
 * Traces each decision. Logs a refusal, and fills in KVM_EXIT_MEMORY_FAULT for
 * it. Logs undeclared memory that is not cacheable in the guest.
 *
 * Context: process context of the vCPU. No lock is held but SRCU.
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
 * cohmem_fault_unmapped() - Refuse a page that is not mapped or not writable
 * @cf: the fault, after cohmem_fault_init()
 * @err: the error PFN that the look-up returned
 *
 * Context: as for cohmem_fault_report().
 * Return: -EFAULT.
 */
int cohmem_fault_unmapped(struct cohmem_fault *cf, kvm_pfn_t err)
{
	bool read_only;

	/* The look-up failed because the VMM is being killed: no refusal. */
	if (is_sigpending_pfn(err) || fatal_signal_pending(current))
		return -EFAULT;

	read_only = err == KVM_PFN_ERR_RO_FAULT ||
		    (cf->write && (cf->vm_flags & VM_ACCESS_FLAGS) &&
		     !(cf->vm_flags & VM_WRITE));
	fault_facts(cf);
	cf->pfn = KVM_PFN_ERR_FAULT;
	cf->decision = refuse_unmapped(read_only ?
				       COHMEM_HOST_READ_ONLY :
				       COHMEM_NO_HOST_MAPPING);
	__cohmem_fault_report(cf, -EFAULT);
	return -EFAULT;
}

/**
 * cohmem_fault_no_pfn() - Refuse a page whose look-up failed, or try again
 * @cf: the fault, after cohmem_fault_vma()
 * @err: the error PFN that the look-up returned
 * @mmu_seq: the MMU invalidation sequence, sampled before the look-up
 *
 * A driver may zap its mappings without mmap_lock, between the host's fault and
 * KVM's reading of the leaf which that fault filled in. The look-up then fails,
 * but the guest can take the fault again.
 *
 * Context: process context of the vCPU. No lock is held but SRCU. Takes
 * mmu_lock.
 * Return: 0 if the guest has to take the fault again, or -EFAULT.
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
 * cohmem_check_memslot_vma() - Refuse a memslot whose memory will be refused
 * @kvm: the VM
 * @new: the memslot after the change
 * @change: KVM_MR_CREATE, KVM_MR_MOVE or KVM_MR_FLAGS_ONLY
 * @vma: a VMA that intersects @new
 *
 * Asks the rule about the first page of @vma in the memslot, if the host maps
 * it already. All other pages are decided when they fault. A change that ends
 * dirty logging is never refused.
 *
 * Context: process context of the VMM. mmap_lock is held for read.
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
	bool usable;
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
	usable = leaf_is_usable(args.pgprot);
	follow_pfnmap_end(&args);

	/* Memory with a page may be linear. The fault decides about it. */
	if (!usable || pfn_valid(pfn))
		return 0;

	d = cohmem_decide(&f);
	ret = d.verdict == COHMEM_REFUSED ? -EINVAL : 0;
	trace_kvm_cohmem_memslot(ipa, first, pfn, 0, &f, &d, ret);
	if (ret)
		report_refusal(&d, ipa, first, min(vma->vm_end, slot_end));
	return ret;
}
