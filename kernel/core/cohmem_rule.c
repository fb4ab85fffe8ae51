// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory-type rule. It is a pure function: it has no kernel pointers, no
 * state and no side effects.
 *
 * KVM follows the host's mapping. Memory that the host maps Normal Write-Back,
 * and that its driver has declared to be coherent, is Normal Write-Back in the
 * guest. Memory that would be unsafe there is refused with a reason. All other
 * memory is mapped as before.
 */
#include "cohmem_rule.h"

static struct cohmem_decision uncached(enum cohmem_row row,
				       enum cohmem_reason reason,
				       const struct cohmem_facts *f)
{
	return (struct cohmem_decision) {
		.verdict	= f->any_uncached ? COHMEM_NORMAL_NC :
						    COHMEM_DEVICE,
		.reason		= reason,
		.row		= row,
	};
}

static bool leaf_is_cacheable(enum cohmem_leaf leaf)
{
	return leaf == COHMEM_LEAF_NORMAL || leaf == COHMEM_LEAF_NORMAL_TAGGED;
}

/**
 * cohmem_decide() - The memory-type rule
 * @f: what is known about the page, the VM and the machine
 *
 * The rows are tried in the order of &enum cohmem_row. The first row that
 * matches decides, and every combination of facts has one.
 *
 * Context: any.
 * Return: the decision.
 */
struct cohmem_decision cohmem_decide(const struct cohmem_facts *f)
{
	bool executable = cohmem_is_executable(f->dic, f->exec);

	if (f->linear)
		return cohmem_decide_linear(f->vm_mte && !f->mte_allowed, executable);

	if (!leaf_is_cacheable(f->leaf) || f->policy == COHMEM_POLICY_OFF)
		return uncached(COHMEM_ROW_UNCACHED, COHMEM_OK, f);

	/*
	 * From here on the memory is cacheable PFNMAP memory. VM_IO does not
	 * tell whether it is memory or registers, because remap_pfn_range()
	 * sets VM_IO on everything that it maps. Only the driver knows.
	 */
	if (!f->declared && f->policy == COHMEM_POLICY_DECLARED)
		return uncached(COHMEM_ROW_UNDECLARED, COHMEM_UNDECLARED, f);
	if (!f->declared && f->policy == COHMEM_POLICY_STRICT)
		return cohmem_refuse(COHMEM_ROW_UNDECLARED_REFUSED, COHMEM_UNDECLARED);

	/*
	 * A guest can turn on tag checks at stage 1, and KVM does not see that.
	 * Memory without tag storage would then answer with external aborts.
	 */
	if (f->vm_mte || f->leaf == COHMEM_LEAF_NORMAL_TAGGED)
		return cohmem_refuse(COHMEM_ROW_NO_TAGS, COHMEM_NO_TAGS);

	/*
	 * Without FEAT_S2FWB (Arm ARM DDI 0487, D8.6) the guest can access the
	 * memory non-cacheable. KVM would have to clean it by address, and the
	 * memory has no kernel address.
	 */
	if (!f->fwb)
		return cohmem_refuse(COHMEM_ROW_NO_FWB, COHMEM_NO_FWB);

	return cohmem_normal(COHMEM_ROW_COHERENT, executable);
}

/**
 * cohmem_leaf_name() - The memory type as traces and documents call it
 * @leaf: below COHMEM_NR_LEAVES
 *
 * Return: a constant string.
 */
const char *cohmem_leaf_name(enum cohmem_leaf leaf)
{
	static const char * const names[COHMEM_NR_LEAVES] = {
		[COHMEM_LEAF_NORMAL]		= "Normal",
		[COHMEM_LEAF_NORMAL_TAGGED]	= "Normal-Tagged",
		[COHMEM_LEAF_NORMAL_NC]		= "Normal-NC",
		[COHMEM_LEAF_DEVICE]		= "Device",
	};

	return names[leaf];
}

/**
 * cohmem_policy_name() - The policy as written on the kernel's command line
 * @policy: below COHMEM_NR_POLICIES
 *
 * Return: a constant string.
 */
const char *cohmem_policy_name(enum cohmem_policy policy)
{
	static const char * const names[COHMEM_NR_POLICIES] = {
		[COHMEM_POLICY_DECLARED]	= "declared",
		[COHMEM_POLICY_STRICT]		= "strict",
		[COHMEM_POLICY_ANY]		= "any",
		[COHMEM_POLICY_OFF]		= "off",
	};

	return names[policy];
}

/**
 * cohmem_verdict_name() - The verdict as traces and documents call it
 * @verdict: below COHMEM_NR_VERDICTS
 *
 * Return: a constant string.
 */
const char *cohmem_verdict_name(enum cohmem_verdict verdict)
{
	static const char * const names[COHMEM_NR_VERDICTS] = {
		[COHMEM_NORMAL]		= "NORMAL",
		[COHMEM_NORMAL_NC]	= "NORMAL_NC",
		[COHMEM_DEVICE]		= "DEVICE",
		[COHMEM_REFUSED]	= "refuse",
	};

	return names[verdict];
}

/**
 * cohmem_row_name() - The row as traces and documents call it
 * @row: below COHMEM_NR_ROWS
 *
 * Return: a constant string.
 */
const char *cohmem_row_name(enum cohmem_row row)
{
	static const char * const names[COHMEM_NR_ROWS] = {
		[COHMEM_ROW_NONE]		= "none",
		[COHMEM_ROW_LINEAR_NO_TAGS]	= "linear-no-tags",
		[COHMEM_ROW_LINEAR]		= "linear",
		[COHMEM_ROW_UNCACHED]		= "uncached",
		[COHMEM_ROW_UNDECLARED]		= "undeclared",
		[COHMEM_ROW_UNDECLARED_REFUSED]	= "undeclared-refused",
		[COHMEM_ROW_NO_TAGS]		= "no-tags",
		[COHMEM_ROW_NO_FWB]		= "no-fwb",
		[COHMEM_ROW_COHERENT]		= "coherent",
	};

	return names[row];
}

/**
 * cohmem_reason_name() - The reason as the log and traces call it
 * @reason: below COHMEM_NR_REASONS
 *
 * Return: a constant string.
 */
const char *cohmem_reason_name(enum cohmem_reason reason)
{
	static const char * const names[COHMEM_NR_REASONS] = {
		[COHMEM_OK]			= "ok",
		[COHMEM_NO_TAGS]		= "no-tags",
		[COHMEM_NO_FWB]			= "no-fwb",
		[COHMEM_UNDECLARED]		= "undeclared",
		[COHMEM_NO_HOST_MAPPING]	= "no-host-mapping",
		[COHMEM_HOST_READ_ONLY]		= "host-read-only",
		[COHMEM_WRITE_PROTECTED]	= "write-protected",
		[COHMEM_DRIVER_REFUSED]		= "driver-refused",
		[COHMEM_NOT_LOGGABLE]		= "not-loggable",
	};

	return names[reason];
}

/**
 * cohmem_reason_remedy() - What is wrong, and what an operator can do
 * @reason: below COHMEM_NR_REASONS
 *
 * Return: a constant string: one sentence, without a full stop.
 */
const char *cohmem_reason_remedy(enum cohmem_reason reason)
{
	static const char * const texts[COHMEM_NR_REASONS] = {
		[COHMEM_OK] =
			"nothing is wrong",
		[COHMEM_NO_TAGS] =
			"the VM or the host's mapping uses MTE tags and this memory has no tag storage; use neither with it: start the VM without MTE, map the memory without tags, or give the VM other memory",
		[COHMEM_NO_FWB] =
			"memory without a kernel mapping cannot be cleaned and these CPUs lack FEAT_S2FWB; use other memory, another host, or kvm-arm.cacheable_pfnmap=off for Device memory",
		[COHMEM_UNDECLARED] =
			"its driver has not declared it coherent (VM_COHERENT_PFNMAP); update the driver, or trust it with kvm-arm.cacheable_pfnmap=any",
		[COHMEM_NO_HOST_MAPPING] =
			"the VMM has nothing mapped there, or the host had no memory to map it; check the size and offset of the mapping behind the memslot",
		[COHMEM_HOST_READ_ONLY] =
			"the guest writes but the VMM's mapping is read-only; map it writable and shared, or make the memslot read-only",
		[COHMEM_WRITE_PROTECTED] =
			"the guest writes but the driver of the VMM's mapping keeps this page read-only; see what the driver allows",
		[COHMEM_DRIVER_REFUSED] =
			"the driver of the VMM's mapping refused the access, or the host had no memory for it; see whether its device is on, not in reset, has memory there, and lets it be written to",
		[COHMEM_NOT_LOGGABLE] =
			"the VMM asks to log the guest's writes to memory that is mapped by PFN and is Device or Normal-NC for the guest, or to any mapped by PFN under kvm-arm.cacheable_pfnmap=off; take the device from the VM before a migration or a snapshot, or use another policy",
	};

	return texts[reason];
}
