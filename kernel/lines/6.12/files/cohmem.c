// SPDX-License-Identifier: GPL-2.0-only
/*
 * Coherent PFNMAP memory in stage 2: what a stage-2 fault maps.
 *
 * user_mem_abort() looks up the VMA and the PFN, decides, maps, and finishes.
 * This file decides, without a lock: it collects the facts, among them the
 * host's leaf, and asks the memory-type rule. cohmem_block.c finds how much of
 * the memory around the page can be mapped as one.
 *
 * The VMM may change its mappings meanwhile. Each such change runs the MMU
 * notifiers, so mmu_invalidate_retry() fails, and a decision that mixes two
 * mappings is dropped.
 */
#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/memblock.h>
#include <linux/mm.h>
#include <linux/ratelimit.h>
#include <linux/sched/signal.h>

#include <asm/kvm_host.h>
#include <asm/kvm_mmu.h>
#include <asm/kvm_pgtable.h>
#include <asm/memory.h>
#include <asm/virt.h>

#include "cohmem.h"
#include "cohmem_linear.h"

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
	return -EINVAL;
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
 * cohmem_supported() - What memory without struct pages can be Normal in a guest?
 *
 * Context: any, after CPU features are final.
 * Return: the answer to KVM_CAP_ARM_CACHEABLE_PFNMAP_SUPPORTED.
 */
int cohmem_supported(void)
{
	int ret;

	if (!cpus_have_final_cap(ARM64_HAS_STAGE2_FWB) ||
	    cohmem_policy() == COHMEM_POLICY_OFF)
		return 0;

	ret = KVM_ARM_CACHEABLE_PFNMAP_DECLARED;
	if (cohmem_policy() == COHMEM_POLICY_ANY &&
	    cpus_have_final_cap(ARM64_HAS_CACHE_DIC))
		ret |= KVM_ARM_CACHEABLE_PFNMAP_ANY;
	return ret;
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
	f->declared	= vm_flags & VM_COHERENT_PFNMAP;
	f->any_uncached	= vm_flags & VM_ALLOW_ANY_UNCACHED;
	f->mte_allowed	= vm_flags & VM_MTE_ALLOWED;
}

static void pfn_facts(struct cohmem_facts *f, kvm_pfn_t pfn, bool referenced)
{
	f->linear = pfn_is_map_memory(pfn);
	if (f->linear || f->policy == COHMEM_POLICY_OFF)
		return;

	/*
	 * memremap_pages() maps a ZONE_DEVICE page without MTE, so KVM cannot
	 * clear its tags. That is so in an anonymous VMA, too, where migration
	 * may have put the page.
	 */
	f->linear = cohmem_pfn_is_linear(pfn, referenced);
	if (f->linear)
		f->mte_allowed = false;
}

/*
 * Is this PFNMAP memory? VM_IO memory is, if its driver mapped PFNs: VM_PFNMAP or
 * VM_MIXEDMAP. All other memory has pages.
 */
static bool is_pfn_mapped(unsigned long vm_flags)
{
	return (vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) &&
	       (vm_flags & (VM_IO | VM_PFNMAP));
}

/* Is this memory of which the rule needs the leaf? */
static bool leaf_matters(const struct cohmem_facts *f, unsigned long vm_flags)
{
	return f->policy != COHMEM_POLICY_OFF && is_pfn_mapped(vm_flags);
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

/* Why there is no PFN: what a load or store of the VMM itself would end with. */
static enum cohmem_reason reason_of_pfn(const struct kvm_s2_fault *f)
{
	if (!(f->vm_flags & VM_ACCESS_FLAGS))
		return COHMEM_NO_HOST_MAPPING;
	if (f->write && !(f->vm_flags & VM_WRITE))
		return COHMEM_HOST_READ_ONLY;
	if (f->pfn == KVM_PFN_ERR_RO_FAULT)
		return COHMEM_WRITE_PROTECTED;
	if (f->vm_flags & (VM_IO | VM_PFNMAP))
		return COHMEM_DRIVER_REFUSED;
	return COHMEM_NO_HOST_MAPPING;
}

/**
 * cohmem_fault_extent() - The page of a fault, and the bounds of a block around it
 * @f: the fault, with what is asked and what is found
 *
 * Context: any.
 * Return: them, for the extent rule, without the leaf.
 */
struct cohmem_extent cohmem_fault_extent(const struct kvm_s2_fault *f)
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

/**
 * __cohmem_fault_decide() - Collect the facts of a fault, and ask the rules
 * @f: the fault
 *
 * The slow path of cohmem_fault_decide().
 *
 * Context: as for cohmem_fault_decide().
 * Return: as cohmem_fault_decide().
 */
int __cohmem_fault_decide(struct kvm_s2_fault *f)
{
	struct cohmem_extent e;
	int ret;

	init_facts(&f->facts, f->vcpu->kvm);
	f->facts.exec = f->exec;
	vma_facts(&f->facts, f->vm_flags);

	if (is_error_noslot_pfn(f->pfn)) {
		f->decision = refuse_unmapped(reason_of_pfn(f));
		return 0;
	}

	pfn_facts(&f->facts, f->pfn, f->referenced);
	if (f->facts.linear || !leaf_matters(&f->facts, f->vm_flags)) {
		f->decision = cohmem_decide(&f->facts);
		return 0;
	}

	/*
	 * KVM has just read the PFN from the same leaf. If the leaf has gone or
	 * maps another PFN, an invalidation ran in between.
	 */
	f->decision = (struct cohmem_decision) { .row = COHMEM_ROW_NONE };
	e = cohmem_fault_extent(f);
	ret = cohmem_extent_begin(f->vcpu->kvm->mm, &e);
	if (ret == -ENOENT || e.pfn != f->pfn)
		return -EAGAIN;

	f->by_leaf = true;
	f->leaf = e.leaf;
	f->facts.leaf = leaf_type(__pgprot(e.attrs));
	f->decision = ret ? refuse_unmapped(COHMEM_NO_HOST_MAPPING) :
			    cohmem_decide(&f->facts);
	return 0;
}

/*
 * Logs a decision, once for each VM and reason: a VMM may provoke it again and
 * again. The rate limit is for users who start many VMs. If it suppresses the
 * line, the next decision tries again.
 */
static void log_decision(struct kvm *kvm, const struct cohmem_decision *d,
			 gpa_t ipa, hva_t first, hva_t end)
{
	static DEFINE_RATELIMIT_STATE(rs, DEFAULT_RATELIMIT_INTERVAL,
				      DEFAULT_RATELIMIT_BURST);
	unsigned long *logged = &kvm->arch.cohmem_logged;

	if (test_bit(d->reason, logged) || !__ratelimit(&rs) ||
	    test_and_set_bit(d->reason, logged))
		return;

	pr_info("kvm [%i]: %s: memory at IPA 0x%llx, host 0x%lx-0x%lx %s: %s: %s\n",
		task_tgid_nr(current), current->comm, ipa, first, end - 1,
		d->verdict == COHMEM_REFUSED ? "refused" :
					       "is not cacheable for the guest",
		cohmem_reason_name(d->reason), cohmem_reason_remedy(d->reason));
}

/*
 * Does the operator have to know? A VMM may have its guest tell it what is not mapped
 * or not writable, to map it then. A driver that refuses is no part of such a plan; but
 * a VMM that is killed gets no PFN either.
 */
static bool is_for_operator(const struct cohmem_decision *d)
{
	if (d->row == COHMEM_ROW_NONE)
		return d->reason == COHMEM_DRIVER_REFUSED &&
		       !fatal_signal_pending(current);
	return d->reason != COHMEM_OK;
}

/**
 * __cohmem_fault_report() - Trace a decision, and report a refusal
 * @f: the fault
 * @ret: the result of the fault: 0; -EFAULT; -ENOEXEC; -EAGAIN if the guest has
 *	 to take it again; or the error of the stage-2 walker
 *
 * Traces each decision. Fills in KVM_EXIT_MEMORY_FAULT for a refusal. Logs what
 * the rule or the memory's driver refused, and undeclared memory that is not
 * cacheable in the guest.
 *
 * Context: process context of the vCPU. No lock is held but SRCU.
 */
void __cohmem_fault_report(const struct kvm_s2_fault *f, int ret)
{
	const struct cohmem_decision *d = &f->decision;

	trace_kvm_cohmem_fault(f->ipa, f->hva, f->pfn,
			       f->by_leaf && !f->prove ? f->size : 0, &f->facts, d, ret);
	if (ret == -EAGAIN)
		return;

	/* Before KVM_RUN the VMM has an exit of its own there. */
	if (ret == -EFAULT && d->verdict == COHMEM_REFUSED && !f->prefault)
		kvm_prepare_memory_fault_exit(f->vcpu, f->ipa, PAGE_SIZE,
					      f->write, f->exec, false);
	if (is_for_operator(d))
		log_decision(f->vcpu->kvm, d, f->ipa, f->hva,
			     f->hva + PAGE_SIZE);
}

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

	init_facts(&f, kvm);
	vma_facts(&f, vma->vm_flags);
	if (!leaf_matters(&f, vma->vm_flags)) {
		f.linear = true;
	} else if (cohmem_extent_begin(kvm->mm, &e)) {
		f.leaf = leaf_type(vma->vm_page_prot);
		certain = false;
	} else {
		f.leaf = leaf_type(__pgprot(e.attrs));
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
		log_decision(kvm, &d, ipa, first, min(vma->vm_end, slot_end));
	if (ret || mapped)
		trace_kvm_cohmem_memslot(ipa, first, e.pfn, 0, &f, &d, ret);
	return ret ? d.reason : COHMEM_OK;
}

/**
 * cohmem_look_at() - What does the host map at an address, and what of the guest's load?
 * @kvm: the VM
 * @vma: a VMA of its VMM
 * @hva: page-aligned address in @vma
 *
 * For those who show it. Collects the facts as a stage-2 fault does, and asks the rule.
 * Faults nothing in. A ZONE_DEVICE page that is mapped by PFN counts as one that can be
 * referenced.
 *
 * Context: any process. mmap_lock of the VMM is held for read, and its mm has users.
 * Return: what was found.
 */
struct cohmem_look cohmem_look_at(struct kvm *kvm, const struct vm_area_struct *vma,
				  hva_t hva)
{
	struct cohmem_look look = { .pfn_mapped = is_pfn_mapped(vma->vm_flags) };
	struct cohmem_extent e = { .hva = hva };
	struct cohmem_facts *f = &look.facts;
	int ret = cohmem_extent_begin(kvm->mm, &e);

	init_facts(f, kvm);
	vma_facts(f, vma->vm_flags);
	if (ret == -ENOENT) {
		f->linear = !look.pfn_mapped;
		look.leaf = leaf_type(vma->vm_page_prot);
	} else {
		pfn_facts(f, e.pfn, true);
		look.leaf = leaf_type(__pgprot(e.attrs));
		look.leaf_size = e.leaf_size;
	}
	/* A fault tells the rule the leaf only of memory where it counts. */
	if (!f->linear && leaf_matters(f, vma->vm_flags))
		f->leaf = look.leaf;

	if (!(vma->vm_flags & VM_ACCESS_FLAGS) ||
	    (ret == -EACCES && !f->linear && leaf_matters(f, vma->vm_flags)))
		look.decision = refuse_unmapped(COHMEM_NO_HOST_MAPPING);
	else
		look.decision = cohmem_decide(f);
	return look;
}
