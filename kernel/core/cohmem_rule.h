/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory-type rule: which memory type does a page get in stage 2? The rule
 * takes plain values and returns plain values, so the kernel, its tests and its
 * documentation can share one function.
 */
#ifndef __ARM64_KVM_COHMEM_RULE_H__
#define __ARM64_KVM_COHMEM_RULE_H__

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#endif

/**
 * enum cohmem_leaf - Memory type of the host's stage-1 leaf
 * @COHMEM_LEAF_NORMAL:		Normal, Inner and Outer Write-Back
 * @COHMEM_LEAF_NORMAL_TAGGED:	the same, with MTE tags
 * @COHMEM_LEAF_NORMAL_NC:	Normal, Non-cacheable
 * @COHMEM_LEAF_DEVICE:		any Device type, or a type that is none of the
 *				above, or the leaf was not read: it is of
 *				PFNMAP memory only
 * @COHMEM_NR_LEAVES:		number of the above
 */
enum cohmem_leaf {
	COHMEM_LEAF_NORMAL,
	COHMEM_LEAF_NORMAL_TAGGED,
	COHMEM_LEAF_NORMAL_NC,
	COHMEM_LEAF_DEVICE,
	COHMEM_NR_LEAVES
};

/**
 * enum cohmem_policy - Which mappings are trusted, kvm-arm.cacheable_pfnmap=
 * @COHMEM_POLICY_DECLARED:	those of memory that its driver declared to be
 *				coherent; all others are as without this feature
 * @COHMEM_POLICY_STRICT:	the same; undeclared cacheable PFNMAP memory is
 *				refused
 * @COHMEM_POLICY_ANY:		all cacheable PFNMAP mappings
 * @COHMEM_POLICY_OFF:		none; all memory is as without this feature
 * @COHMEM_NR_POLICIES:		number of the above
 */
enum cohmem_policy {
	COHMEM_POLICY_DECLARED,
	COHMEM_POLICY_STRICT,
	COHMEM_POLICY_ANY,
	COHMEM_POLICY_OFF,
	COHMEM_NR_POLICIES
};

/**
 * enum cohmem_verdict - What stage 2 has for the page
 * @COHMEM_NORMAL:	Normal Write-Back
 * @COHMEM_NORMAL_NC:	Normal Non-cacheable, never executable
 * @COHMEM_DEVICE:	Device-nGnRE, never executable
 * @COHMEM_REFUSED:	nothing; &struct cohmem_decision.reason says why
 * @COHMEM_NR_VERDICTS:	number of the above
 */
enum cohmem_verdict {
	COHMEM_NORMAL,
	COHMEM_NORMAL_NC,
	COHMEM_DEVICE,
	COHMEM_REFUSED,
	COHMEM_NR_VERDICTS
};

/**
 * enum cohmem_reason - Why memory is refused, or why it is not cacheable
 * @COHMEM_OK:			nothing is wrong
 * @COHMEM_NO_TAGS:		KVM cannot initialise MTE tags in this memory,
 *				and the VM or the host's mapping uses tags
 * @COHMEM_NO_FWB:		the CPUs lack FEAT_S2FWB
 * @COHMEM_UNDECLARED:		the host maps it cacheable, but its driver has
 *				not declared it to be coherent
 * @COHMEM_NO_HOST_MAPPING:	not from the rule: the host maps nothing there
 * @COHMEM_HOST_READ_ONLY:	not from the rule: the guest writes, and the
 *				host's mapping is read-only
 * @COHMEM_WRITE_PROTECTED:	not from the rule: the guest writes, and the
 *				driver of the mapping keeps the page read-only
 * @COHMEM_DRIVER_REFUSED:	not from the rule: the driver of the mapping
 *				gives no page
 * @COHMEM_NOT_LOGGABLE:	not from the rule: the memslot is to log dirty pages,
 *				and the memory, mapped by PFN, is not Normal for
 *				the guest, or the policy is off
 * @COHMEM_NR_REASONS:		number of the above
 */
enum cohmem_reason {
	COHMEM_OK,
	COHMEM_NO_TAGS,
	COHMEM_NO_FWB,
	COHMEM_UNDECLARED,
	COHMEM_NO_HOST_MAPPING,
	COHMEM_HOST_READ_ONLY,
	COHMEM_WRITE_PROTECTED,
	COHMEM_DRIVER_REFUSED,
	COHMEM_NOT_LOGGABLE,
	COHMEM_NR_REASONS
};

/**
 * enum cohmem_row - The rows of the rule, in the order in which they are tried
 * @COHMEM_ROW_NONE:			no row: the decision is not the rule's
 * @COHMEM_ROW_LINEAR_NO_TAGS:		linear memory without tags, VM with MTE
 * @COHMEM_ROW_LINEAR:			all other linear memory
 * @COHMEM_ROW_UNCACHED:		the host's mapping is not cacheable, or the
 *					policy is off
 * @COHMEM_ROW_UNDECLARED:		undeclared, under policy declared
 * @COHMEM_ROW_UNDECLARED_REFUSED:	undeclared, under policy strict
 * @COHMEM_ROW_NO_TAGS:			VM with MTE, or the host maps it with tags
 * @COHMEM_ROW_NO_FWB:			the CPUs lack FEAT_S2FWB
 * @COHMEM_ROW_COHERENT:		trusted, and safe to map cacheable
 * @COHMEM_NR_ROWS:			number of the above
 */
enum cohmem_row {
	COHMEM_ROW_NONE,
	COHMEM_ROW_LINEAR_NO_TAGS,
	COHMEM_ROW_LINEAR,
	COHMEM_ROW_UNCACHED,
	COHMEM_ROW_UNDECLARED,
	COHMEM_ROW_UNDECLARED_REFUSED,
	COHMEM_ROW_NO_TAGS,
	COHMEM_ROW_NO_FWB,
	COHMEM_ROW_COHERENT,
	COHMEM_NR_ROWS
};

/**
 * struct cohmem_facts - What the rule knows about one page
 * @policy:		which mappings are trusted
 * @leaf:		memory type of the host leaf that maps the page. The
 *			type in vm_page_prot may differ, and is not used
 * @linear:		the kernel reaches the page through a cacheable mapping
 * @declared:		VM_COHERENT_PFNMAP
 * @any_uncached:	VM_ALLOW_ANY_UNCACHED
 * @mte_allowed:	VM_MTE_ALLOWED
 * @vm_mte:		the VM has KVM_CAP_ARM_MTE enabled
 * @fwb:		the CPUs have FEAT_S2FWB
 * @dic:		CTR_EL0.DIC: the instruction cache needs no invalidation
 * @exec:		the guest wants to execute from the page
 */
struct cohmem_facts {
	enum cohmem_policy policy;
	enum cohmem_leaf leaf;
	bool linear;
	bool declared;
	bool any_uncached;
	bool mte_allowed;
	bool vm_mte;
	bool fwb;
	bool dic;
	bool exec;
};

/**
 * struct cohmem_decision - What the rule says
 * @verdict:	memory type, or refusal
 * @reason:	why the page is refused, or not cacheable (row undeclared)
 * @row:	the row that decided
 * @executable:	the page is mapped executable. If it is not, and the guest wants
 *		to execute from it, the guest gets an external abort
 */
struct cohmem_decision {
	enum cohmem_verdict verdict;
	enum cohmem_reason reason;
	enum cohmem_row row;
	bool executable;
};

static inline struct cohmem_decision
cohmem_refuse(enum cohmem_row row, enum cohmem_reason reason)
{
	return (struct cohmem_decision) {
		.verdict	= COHMEM_REFUSED,
		.reason		= reason,
		.row		= row,
	};
}

/*
 * With DIC an executable mapping costs no invalidation. Only then is it granted
 * before the guest executes.
 */
static inline bool cohmem_is_executable(bool dic, bool exec)
{
	return dic || exec;
}

static inline struct cohmem_decision
cohmem_normal(enum cohmem_row row, bool executable)
{
	return (struct cohmem_decision) {
		.verdict	= COHMEM_NORMAL,
		.executable	= executable,
		.row		= row,
	};
}

/**
 * cohmem_decide_linear() - The rows of the rule for linear memory
 * @no_tags:	the VM has MTE, and the memory may not
 * @executable:	as cohmem_is_executable() has it
 *
 * Almost every fault is on such memory, so this is inline, and takes no struct.
 *
 * Return: the decision that cohmem_decide() makes.
 */
static inline struct cohmem_decision
cohmem_decide_linear(bool no_tags, bool executable)
{
	if (no_tags)
		return cohmem_refuse(COHMEM_ROW_LINEAR_NO_TAGS, COHMEM_NO_TAGS);

	return cohmem_normal(COHMEM_ROW_LINEAR, executable);
}

struct cohmem_decision cohmem_decide(const struct cohmem_facts *f);

const char *cohmem_leaf_name(enum cohmem_leaf leaf);
const char *cohmem_policy_name(enum cohmem_policy policy);
const char *cohmem_verdict_name(enum cohmem_verdict verdict);
const char *cohmem_row_name(enum cohmem_row row);
const char *cohmem_reason_name(enum cohmem_reason reason);
const char *cohmem_reason_remedy(enum cohmem_reason reason);

#endif /* __ARM64_KVM_COHMEM_RULE_H__ */
