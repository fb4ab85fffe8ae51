// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's file memslots: what is read of it, and what a report takes of it. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "memslots.h"
#include "redact.h"
#include "vmlist.h"

static void look_at_slot(const struct memslots *m, const struct memslots_slot *slot)
{
	u64 at = slot->hva;

	fuzz_must(slot->size && slot->ipa + slot->size <= MEMSLOTS_IPA_END,
		  "a slot is not empty, and has addresses that a guest can have");
	fuzz_must(slot->first + slot->count <= m->vma_count, "a slot has mappings that there are");
	for (size_t i = slot->first; i < slot->first + slot->count; i++) {
		const struct memslots_vma *vma = &m->vmas[i];

		fuzz_must(vma->size && vma->hva >= at && vma->ipa - slot->ipa < slot->size &&
			  vma->size <= slot->size - (vma->ipa - slot->ipa),
			  "mappings are in their slot, and each is behind the one before");
		fuzz_must(memslots_find_vma(m, slot, vma->ipa) == vma,
			  "a mapping is found by its first address");
		at = vma->hva + vma->size;
	}
	fuzz_must(memslots_pfn_mapped(m, slot) <= slot->size,
		  "no more is mapped than a slot has");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text = fuzz_text(data, size), why[128];
	struct view view = { .vm = { .name = "1-2" } };
	struct vmlist list = { .views = &view, .count = 1, .page_size = 4096 };

	if (memslots_read(text, &view.memslots, why, sizeof(why))) {
		for (size_t i = 0; i < view.memslots.slot_count; i++)
			look_at_slot(&view.memslots, &view.memslots.slots[i]);
		vmlist_print(&list, fuzz_print());
		fuzz_must_be_plain(fuzz_printed());
		fuzz_json(vmlist_json(&list));
		memslots_free(&view.memslots);
	}
	redact_memslots(text, fuzz_print());
	free(text);
	text = fuzz_printed();
	fuzz_must(!strstr(text, "hva="), "a report has no address of the VMM's");
	fuzz_must_be_plain(text);
	return 0;
}
