// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "why_said.h"

#define SMALLEST_PAGE	4096

__printf(2, 3)
static void say(struct why_said *said, const char *fmt, ...)
{
	va_list ap;

	if (said->count == WHY_SENTENCES)
		abort();
	va_start(ap, fmt);
	vsnprintf(said->sentences[said->count++], sizeof(said->sentences[0]), fmt, ap);
	va_end(ap);
}

static u64 page_of(const struct why *why, u64 ipa)
{
	return ipa / (why->page_size ?: SMALLEST_PAGE);
}

bool why_said_tells(const struct why *why, const struct memslots_refusal *refusal)
{
	if (!why->slot)
		return page_of(why, refusal->ipa) == page_of(why, why->ipa);
	return refusal->ipa >= why->slot->ipa &&
	       refusal->ipa - why->slot->ipa < why->slot->size;
}

/*
 * What the page was refused for, if the decision does not say so: that is of a load now, and
 * the refusal may have been of a write, or long ago.
 */
static void say_refusals(const struct why *why, struct why_said *said)
{
	const struct memslots *m = &why->view->memslots;
	const char *now = why->place == WHY_MAPPING ? why->vma->reason : "";
	char cause[SENTENCES_LONGEST];
	const char *remedy;

	for (size_t i = 0; i < m->refusal_count && said->count < WHY_SENTENCES; i++) {
		const struct memslots_refusal *refusal = &m->refusals[i];

		if (page_of(why, refusal->ipa) != page_of(why, why->ipa) ||
		    !strcmp(refusal->reason, now))
			continue;
		remedy = sentences_reason(refusal->reason, cause, sizeof(cause));
		if (remedy)
			say(said,
			    "KVM has refused this page before, for %s: %s. If it does so again, %s.",
			    refusal->reason, cause, remedy);
	}
}

static void say_rule(const struct why *why, struct why_said *said)
{
	const struct memslots_vma *vma = why->vma;
	char cause[SENTENCES_LONGEST];
	const char *row = sentences_row(vma->row);

	if (row)
		say(said, "%s", row);
	said->remedy = sentences_reason(vma->reason, cause, sizeof(cause));
	if (!strcmp(vma->row, cohmem_row_name(COHMEM_ROW_NONE)))
		said->remedy = "have the VMM allow itself access to that mapping, as by mprotect()";
	if (why->is_hint)
		say(said,
		    "The first page of that mapping is not mapped yet. The decision is a hint, by vm_page_prot; it is made when the guest accesses the memory.");
	else if (!why->is_same_leaf)
		say(said,
		    "The facts are those of the mapping's first page, at 0x%llx; this page can have another leaf.",
		    vma->ipa);
	if (!vma->is_executable && !strcmp(vma->verdict, cohmem_verdict_name(COHMEM_NORMAL)))
		say(said, "It becomes executable when the guest executes from it.");
}

/* If the rules differ, the kernel's decision is in force. */
static void say_version(const struct why *why, struct why_said *said)
{
	if (why->rule != WHY_RULE_OTHER && why->rule != WHY_RULE_UNKNOWN)
		return;
	say(said,
	    "The kernel's decision counts. This program's rule is of another version: %s.",
	    why->rule == WHY_RULE_OTHER ? "it decides otherwise" :
	    "it does not know the policy or the leaf");
	said->remedy = "use the cohmem that came with the kernel";
}

void why_said_make(const struct why *why, struct why_said *said)
{
	char cause[SENTENCES_LONGEST];

	*said = (struct why_said){ 0 };
	switch (why->place) {
	case WHY_NO_SLOT:
		say(said,
		    "No memslot has this address: what the guest accesses there is a device of KVM or of the VMM, or nothing.");
		said->remedy = "see cohmem map for the memslots";
		break;
	case WHY_NOTHING:
		say(said,
		    "The kernel says nothing of the VMM's memory there: the VMM has ended, or changes its memory.");
		said->remedy = "ask again, if cohmem list still has the VM";
		break;
	case WHY_GAP:
		say(said,
		    "The VMM has nothing mapped there, so KVM refuses what the guest accesses.");
		said->remedy = sentences_reason(cohmem_reason_name(COHMEM_NO_HOST_MAPPING), cause,
						sizeof(cause));
		break;
	default:
		say_rule(why, said);
	}
	if (why->slot && why->slot->is_readonly)
		say(said,
		    "The memslot is read-only: what the guest writes goes to the VMM.");
	say_version(why, said);
	say_refusals(why, said);
}
