/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why a guest has the memory at an address as it has: the kernel's facts, given to the rule
 * that this program is compiled with, beside the kernel's own decision.
 */
#ifndef TOOL_WHY_H
#define TOOL_WHY_H

#include <stdio.h>

#include "json.h"
#include "view.h"

/**
 * enum why_place - what there is at the address
 * @WHY_NO_SLOT: no memslot
 * @WHY_NOTHING: a memslot, and memslots says nothing of the VMM's memory there
 * @WHY_GAP: a memslot where the VMM maps nothing
 * @WHY_MAPPING: a mapping of the VMM
 */
enum why_place {
	WHY_NO_SLOT,
	WHY_NOTHING,
	WHY_GAP,
	WHY_MAPPING,
};

/**
 * enum why_rule - what this program's rule makes of the kernel's facts
 * @WHY_RULE_NOT_ASKED: there are none, or the kernel did not ask its rule
 * @WHY_RULE_SAME: what the kernel's makes of them
 * @WHY_RULE_OTHER: something else
 * @WHY_RULE_UNKNOWN: a fact has a value that it does not know
 */
enum why_rule {
	WHY_RULE_NOT_ASKED,
	WHY_RULE_SAME,
	WHY_RULE_OTHER,
	WHY_RULE_UNKNOWN,
};

/**
 * struct why - an address of a guest
 * @view: the VM
 * @ipa: the address
 * @page_size: of the host, or 0 if it is not known
 * @place: what is there
 * @slot: the memslot, unless there is none
 * @vma: the mapping or the gap, if there is one
 * @is_hint: nothing is mapped at the first page of the mapping yet
 * @is_same_leaf: the leaf at the first page maps @ipa, too
 * @rule: what this program's rule makes of it
 * @decision: what it says; not if it was not asked, or does not know a fact
 * @is_walked: stage 2 was walked
 * @stage2: how it maps @ipa, or NULL
 */
struct why {
	const struct view *view;
	u64 ipa;
	u64 page_size;
	enum why_place place;
	const struct memslots_slot *slot;
	const struct memslots_vma *vma;
	bool is_hint;
	bool is_same_leaf;
	enum why_rule rule;
	struct cohmem_decision decision;
	bool is_walked;
	const struct dump_range *stage2;
};

/**
 * why_ask() - find out
 * @why: is filled
 * @view: the VM, which has to outlive it
 * @ipa: the address
 * @page_size: of the host, or 0
 */
void why_ask(struct why *why, const struct view *view, u64 ipa, u64 page_size);

/** why_walked() - look into a dump of stage 2, which has to outlive @why */
void why_walked(struct why *why, const struct dump *dump);

/** why_is_refused() - whether the guest gets no memory there */
bool why_is_refused(const struct why *why);

/** why_is_certain() - whether it is told all, and this program's rule is the kernel's */
bool why_is_certain(const struct why *why);

/** why_print() - print it as text */
void why_print(const struct why *why, FILE *out);

/** why_json() - the same for programs; the caller has to put the object */
struct json_object *why_json(const struct why *why);

#endif /* TOOL_WHY_H */
