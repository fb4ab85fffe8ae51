// SPDX-License-Identifier: GPL-2.0-only
/*
 * The facts that the memory-type rule asks for: those of the host, of a VM, of a VMA, of
 * a PFN and of a leaf.
 */
#include <linux/init.h>
#include <linux/kvm_host.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <asm/kvm_host.h>
#include <asm/memory.h>
#include <asm/virt.h>

#include "cohmem_facts.h"
#include "cohmem_linear.h"

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

/**
 * cohmem_facts_policy() - Which cacheable memory without struct pages is trusted?
 *
 * In protected mode the host has a stage 2 of its own. It maps all memory that
 * is not in memblock as Device, whatever the host's stage 1 says. A cacheable
 * mapping in a guest would be a mismatched alias.
 *
 * Context: any, after KVM's mode is final.
 * Return: the policy.
 */
enum cohmem_policy cohmem_facts_policy(void)
{
	return is_protected_kvm_enabled() ? COHMEM_POLICY_OFF :
					    cohmem_cmdline_policy;
}

/**
 * cohmem_facts_leaf() - The memory type of a leaf
 * @prot: its attributes, or those that a VMA announces
 *
 * For leaves of the host's tables. With LPA2, KVM's encoding is another one.
 *
 * Context: any.
 * Return: the type.
 */
enum cohmem_leaf cohmem_facts_leaf(pgprot_t prot)
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

/**
 * cohmem_facts_init() - The facts of the host and of a VM
 * @f: to be filled in: uncached memory that nobody declared
 * @kvm: the VM
 *
 * Context: any, after CPU features are final.
 */
void cohmem_facts_init(struct cohmem_facts *f, struct kvm *kvm)
{
	*f = (struct cohmem_facts) {
		.policy	= cohmem_facts_policy(),
		.leaf	= COHMEM_LEAF_DEVICE,
		.vm_mte	= kvm_has_mte(kvm),
		.fwb	= cpus_have_final_cap(ARM64_HAS_STAGE2_FWB),
		.dic	= cpus_have_final_cap(ARM64_HAS_CACHE_DIC),
	};
}

/**
 * cohmem_facts_vma() - Add the facts of a VMA
 * @f: after cohmem_facts_init()
 * @vm_flags: its flags
 *
 * Context: any.
 */
void cohmem_facts_vma(struct cohmem_facts *f, unsigned long vm_flags)
{
	f->declared	= vm_flags & VM_COHERENT_PFNMAP;
	f->any_uncached	= vm_flags & VM_ALLOW_ANY_UNCACHED;
	f->mte_allowed	= vm_flags & VM_MTE_ALLOWED;
}

/**
 * cohmem_facts_pfn() - Add the facts of a PFN
 * @f: after cohmem_facts_vma()
 * @pfn: the PFN
 * @referenced: there is a reference to its page, if it has one
 *
 * Context: any.
 */
void cohmem_facts_pfn(struct cohmem_facts *f, kvm_pfn_t pfn, bool referenced)
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

/**
 * cohmem_facts_pfn_mapped() - Is this PFNMAP memory?
 * @vm_flags: flags of its VMA
 *
 * VM_IO memory is, if its driver mapped PFNs: VM_PFNMAP or VM_MIXEDMAP. All other
 * memory has pages.
 *
 * Context: any.
 * Return: whether it is.
 */
bool cohmem_facts_pfn_mapped(unsigned long vm_flags)
{
	return (vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) &&
	       (vm_flags & (VM_IO | VM_PFNMAP));
}

/**
 * cohmem_facts_leaf_matters() - Is this memory of which the rule needs the leaf?
 * @f: after cohmem_facts_init()
 * @vm_flags: flags of its VMA
 *
 * Context: any.
 * Return: whether it is.
 */
bool cohmem_facts_leaf_matters(const struct cohmem_facts *f, unsigned long vm_flags)
{
	return f->policy != COHMEM_POLICY_OFF && cohmem_facts_pfn_mapped(vm_flags);
}
