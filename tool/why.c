// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "why.h"

static bool is_kernels(const struct cohmem_decision *d, const struct memslots_vma *vma)
{
	return !strcmp(cohmem_row_name(d->row), vma->row) &&
	       !strcmp(cohmem_verdict_name(d->verdict), vma->verdict) &&
	       !strcmp(cohmem_reason_name(d->reason), vma->reason) &&
	       d->executable == vma->is_executable;
}

/* Without a leaf the kernel takes the type of vm_page_prot, and does not say which it is. */
static enum why_rule ask_with_each_leaf(struct why *why)
{
	struct cohmem_facts facts = why->vma->facts;

	for (int leaf = 0; leaf < COHMEM_NR_LEAVES; leaf++) {
		facts.leaf = leaf;
		why->decision = cohmem_decide(&facts);
		if (is_kernels(&why->decision, why->vma))
			return WHY_RULE_SAME;
	}
	return WHY_RULE_OTHER;
}

static enum why_rule ask_rule(struct why *why)
{
	const struct memslots_vma *vma = why->vma;

	if (!strcmp(vma->row, cohmem_row_name(COHMEM_ROW_NONE)))
		return WHY_RULE_NOT_ASKED;
	if (!vma->is_known)
		return WHY_RULE_UNKNOWN;
	if (!vma->has_leaf)
		return ask_with_each_leaf(why);
	why->decision = cohmem_decide(&vma->facts);
	return is_kernels(&why->decision, vma) ? WHY_RULE_SAME : WHY_RULE_OTHER;
}

/* A leaf may begin in front of the mapping's part that is in the slot. */
static bool maps_too(const struct memslots_vma *vma, u64 ipa)
{
	u64 into = vma->leaf_size ? vma->hva % vma->leaf_size : 0;

	return ipa - vma->ipa < vma->leaf_size - into;
}

void why_ask(struct why *why, const struct view *view, u64 ipa, u64 page_size)
{
	const struct memslots *m = &view->memslots;

	*why = (struct why){ .view = view, .ipa = ipa, .page_size = page_size };
	why->slot = memslots_find(m, ipa);
	if (!why->slot)
		return;
	why->vma = memslots_find_vma(m, why->slot, ipa);
	if (!why->vma) {
		why->place = WHY_NOTHING;
		return;
	}
	if (why->vma->is_gap) {
		why->place = WHY_GAP;
		return;
	}
	why->place = WHY_MAPPING;
	why->is_hint = !why->vma->has_leaf;
	why->is_same_leaf = why->vma->has_leaf && maps_too(why->vma, ipa);
	why->rule = ask_rule(why);
}

void why_walked(struct why *why, const struct dump *dump)
{
	why->is_walked = true;
	for (size_t i = 0; i < dump->count; i++) {
		const struct dump_range *range = &dump->ranges[i];

		if (why->ipa >= range->ipa && why->ipa - range->ipa < range->len)
			why->stage2 = range;
	}
}

bool why_is_refused(const struct why *why)
{
	return why->place != WHY_MAPPING ||
	       !strcmp(why->vma->verdict, cohmem_verdict_name(COHMEM_REFUSED));
}

bool why_is_certain(const struct why *why)
{
	return why->place != WHY_NOTHING && why->rule != WHY_RULE_OTHER &&
	       why->rule != WHY_RULE_UNKNOWN;
}
