// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is true of the memory-type rule as a whole. Written without looking at
 * its rows, so that a mistake that the table and the function share is seen.
 */
#include <stddef.h>

#include "facts.h"
#include "properties.h"
#include "tap.h"

static bool leaf_is_cacheable(const struct cohmem_facts *f)
{
	return f->leaf == COHMEM_LEAF_NORMAL ||
	       f->leaf == COHMEM_LEAF_NORMAL_TAGGED;
}

static bool same_mapping(struct cohmem_decision a, struct cohmem_decision b)
{
	return a.verdict == b.verdict && a.executable == b.executable;
}

static struct cohmem_decision under(enum cohmem_policy policy,
				    struct cohmem_facts f)
{
	f.policy = policy;
	return cohmem_decide(&f);
}

/* user_mem_abort() of Linux 6.12: device is what has no linear mapping. */
static struct cohmem_decision stock(const struct cohmem_facts *f)
{
	struct cohmem_decision d = { 0 };

	if (!f->linear) {
		d.verdict = f->any_uncached ? COHMEM_NORMAL_NC : COHMEM_DEVICE;
	} else if (f->vm_mte && !f->mte_allowed) {
		d.verdict = COHMEM_REFUSED;
	} else {
		d.verdict = COHMEM_NORMAL;
		d.executable = f->exec || f->dic;
	}
	return d;
}

static bool off_is_stock(const struct cohmem_facts *f)
{
	return same_mapping(under(COHMEM_POLICY_OFF, *f), stock(f));
}

static bool ram_is_stock(const struct cohmem_facts *f)
{
	return !f->linear || same_mapping(cohmem_decide(f), stock(f));
}

static bool declared_differs_from_stock_for_declared(const struct cohmem_facts *f)
{
	return same_mapping(under(COHMEM_POLICY_DECLARED, *f), stock(f)) ||
	       (!f->linear && f->declared && leaf_is_cacheable(f));
}

static bool strict_differs_by_refusing_undeclared(const struct cohmem_facts *f)
{
	struct cohmem_decision d = under(COHMEM_POLICY_STRICT, *f);
	bool undeclared = !f->linear && !f->declared && leaf_is_cacheable(f);

	if (undeclared)
		return d.verdict == COHMEM_REFUSED &&
		       d.reason == COHMEM_UNDECLARED;
	return same_mapping(d, under(COHMEM_POLICY_DECLARED, *f));
}

static bool any_takes_all_as_declared(const struct cohmem_facts *f)
{
	struct cohmem_facts declared = *f;

	declared.declared = true;
	return same_mapping(under(COHMEM_POLICY_ANY, *f),
			    under(COHMEM_POLICY_DECLARED, declared));
}

static bool normal_needs_all_its_grounds(const struct cohmem_facts *f)
{
	if (f->linear || cohmem_decide(f).verdict != COHMEM_NORMAL)
		return true;
	return f->leaf == COHMEM_LEAF_NORMAL && f->fwb &&
	       !f->vm_mte && f->policy != COHMEM_POLICY_OFF &&
	       (f->declared || f->policy == COHMEM_POLICY_ANY);
}

static bool normal_is_granted_on_its_grounds(const struct cohmem_facts *f)
{
	bool grounds = f->leaf == COHMEM_LEAF_NORMAL && f->fwb &&
		       !f->vm_mte && f->declared &&
		       f->policy != COHMEM_POLICY_OFF;

	return !grounds || cohmem_decide(f).verdict == COHMEM_NORMAL;
}

static bool uncached_leaf_is_never_refused(const struct cohmem_facts *f)
{
	return f->linear || leaf_is_cacheable(f) ||
	       cohmem_decide(f).verdict != COHMEM_REFUSED;
}

static bool only_normal_is_executable(const struct cohmem_facts *f)
{
	struct cohmem_decision d = cohmem_decide(f);

	return d.executable == (d.verdict == COHMEM_NORMAL &&
				(f->dic || f->exec));
}

static bool refusal_has_reason(const struct cohmem_facts *f)
{
	struct cohmem_decision d = cohmem_decide(f);

	if (d.verdict == COHMEM_REFUSED)
		return d.reason != COHMEM_OK;
	return d.verdict != COHMEM_NORMAL || d.reason == COHMEM_OK;
}

static bool reason_is_true(const struct cohmem_facts *f)
{
	switch (cohmem_decide(f).reason) {
	case COHMEM_OK:
		return true;
	case COHMEM_NO_TAGS:
		return f->vm_mte || f->leaf == COHMEM_LEAF_NORMAL_TAGGED;
	case COHMEM_NO_FWB:
		return !f->fwb;
	case COHMEM_UNDECLARED:
		return !f->declared;
	default:
		return false;
	}
}

/*
 * The rule of 0.1.0. It was also told whether the VMA had VM_PFNMAP or VM_MIXEDMAP. Where
 * it had not, or where the policy was off, the leaf did not matter.
 */
static struct cohmem_decision rule_of_0_1_0(const struct cohmem_facts *f, bool pfnmap)
{
	struct cohmem_decision d = { 0 };

	if (f->linear)
		return stock(f);

	d.verdict = f->any_uncached ? COHMEM_NORMAL_NC : COHMEM_DEVICE;
	if (!leaf_is_cacheable(f) || !pfnmap || f->policy == COHMEM_POLICY_OFF)
		return d;
	if (!f->declared && f->policy == COHMEM_POLICY_DECLARED)
		return d;

	d.verdict = COHMEM_REFUSED;
	if (!f->declared && f->policy == COHMEM_POLICY_STRICT)
		return d;
	if (f->vm_mte || f->leaf == COHMEM_LEAF_NORMAL_TAGGED || !f->fwb)
		return d;

	d.verdict = COHMEM_NORMAL;
	d.executable = f->dic || f->exec;
	return d;
}

static bool is_as_at_first(const struct cohmem_facts *f)
{
	struct cohmem_facts no_pfnmap = *f;

	no_pfnmap.leaf = COHMEM_LEAF_DEVICE;
	return same_mapping(cohmem_decide(f), rule_of_0_1_0(f, true)) &&
	       same_mapping(cohmem_decide(&no_pfnmap), rule_of_0_1_0(f, false));
}

static bool exec_and_dic_choose_only_executable(const struct cohmem_facts *f)
{
	struct cohmem_facts other = *f;
	struct cohmem_decision a = cohmem_decide(f), b;

	other.exec = !f->exec;
	other.dic = !f->dic;
	b = cohmem_decide(&other);
	return a.verdict == b.verdict && a.reason == b.reason &&
	       a.row == b.row;
}

static const struct {
	const char *name;
	bool (*holds)(const struct cohmem_facts *f);
} properties[] = {
	{ "policy off maps everything as Linux 6.12 does", off_is_stock },
	{ "RAM is mapped as Linux 6.12 does under every policy", ram_is_stock },
	{ "policy declared differs from 6.12 only for declared cacheable PFNMAP memory",
	  declared_differs_from_stock_for_declared },
	{ "policy strict differs from declared by refusing what is undeclared",
	  strict_differs_by_refusing_undeclared },
	{ "policy any takes everything as declared",
	  any_takes_all_as_declared },
	{ "memory without a linear mapping is NORMAL only on all of its grounds",
	  normal_needs_all_its_grounds },
	{ "memory with all of these grounds is NORMAL",
	  normal_is_granted_on_its_grounds },
	{ "what the host does not cache is never refused",
	  uncached_leaf_is_never_refused },
	{ "NORMAL memory alone is executable, with DIC or when asked",
	  only_normal_is_executable },
	{ "every refusal has a reason, and no grant of NORMAL",
	  refusal_has_reason },
	{ "every reason is true of the facts", reason_is_true },
	{ "memory is mapped as by the rule of 0.1.0, which had one more fact and one more row",
	  is_as_at_first },
	{ "exec and dic choose nothing but executable",
	  exec_and_dic_choose_only_executable },
	{ NULL, NULL }
};

void test_properties(void)
{
	struct cohmem_facts f;
	unsigned int i, n;

	for (i = 0; properties[i].name; i++) {
		for (n = 0; n < NR_COMBINATIONS; n++) {
			f = facts_nth(n);
			if (!properties[i].holds(&f))
				break;
		}
		if (n < NR_COMBINATIONS)
			facts_note(&f);
		tap(n == NR_COMBINATIONS, "%s", properties[i].name);
	}
}
