// SPDX-License-Identifier: GPL-2.0-only
/* The answer of cohmem why as text. */
#include "facts.h"
#include "map.h"
#include "text.h"
#include "why_said.h"

static void print_slot(const struct why *why, FILE *out)
{
	const struct memslots_slot *slot = why->slot;
	char size[32];

	if (!slot) {
		fputs("memslot   none\n", out);
		return;
	}
	text_bytes(size, sizeof(size), slot->size);
	fprintf(out, "memslot   %u: %s at 0x%llx%s%s\n", slot->id, size, slot->ipa,
		slot->logs ? ", logged" : "", slot->is_readonly ? ", read-only" : "");
}

static void print_facts(const struct memslots_vma *vma, FILE *out)
{
	char size[32];

	text_bytes(size, sizeof(size), vma->leaf_size);
	fprintf(out, "leaf      %s%s%s\n", vma->leaf, vma->has_leaf ? ", " : "",
		vma->has_leaf ? size : "");
	fprintf(out, "facts     policy=%s leaf=%s", vma->policy, vma->leaf);
	for (size_t i = 0; i < facts_count(); i++)
		fprintf(out, " %s=%d", facts_name(i), facts_get(&vma->facts, i));
	fputc('\n', out);
}

static void print_decision(const struct why *why, FILE *out)
{
	const struct memslots_vma *vma = why->vma;
	const struct cohmem_decision *d = &why->decision;
	bool differs = why->rule == WHY_RULE_OTHER;

	fprintf(out, "row       %s\n", vma->row);
	fprintf(out, "verdict   %s%s\n", vma->verdict, vma->is_executable ? ", executable" : "");
	fprintf(out, "reason    %s\n", vma->reason);
	if (!differs || why->is_hint)
		return;
	fprintf(out, "          this program's rule: row %s, verdict %s%s, reason %s\n",
		cohmem_row_name(d->row), cohmem_verdict_name(d->verdict),
		d->executable ? ", executable" : "", cohmem_reason_name(d->reason));
}

static void print_vma(const struct why *why, FILE *out)
{
	const struct memslots_vma *vma = why->vma;
	char size[32];

	if (!vma) {
		fputs("mapping   none\n", out);
		return;
	}
	text_bytes(size, sizeof(size), vma->size);
	fprintf(out, "mapping   %s%s at 0x%llx, host 0x%llx%s\n",
		vma->is_gap ? "none: a gap of " : "", size, vma->ipa, vma->hva,
		vma->is_pfn_mapped ? ", by PFN" : "");
	if (vma->is_gap)
		return;
	print_facts(vma, out);
	print_decision(why, out);
}

static void print_refusals(const struct why *why, FILE *out)
{
	const struct memslots *m = &why->view->memslots;

	for (size_t i = 0; i < m->refusal_count; i++) {
		const struct memslots_refusal *refusal = &m->refusals[i];

		if (why_said_tells(why, refusal))
			fprintf(out, "refused   0x%llx, for %s, %llu time%s in this VM\n",
				refusal->ipa, refusal->reason, refusal->count,
				refusal->count == 1 ? "" : "s");
	}
}

static void print_stage2(const struct why *why, FILE *out)
{
	if (!why->is_walked)
		return;
	if (!why->stage2) {
		fputs("stage 2   not mapped\n", out);
		return;
	}
	fprintf(out, "stage 2   0x%llx-0x%llx  ", why->stage2->ipa,
		why->stage2->ipa + why->stage2->len);
	map_print_range(why->stage2, why->page_size, out);
}

void why_print(const struct why *why, FILE *out)
{
	const struct vms_vm *vm = &why->view->vm;
	struct why_said said;

	why_said_make(why, &said);
	fprintf(out, "IPA 0x%llx of VM %s%s%s\n\n", why->ipa, vm->name,
		*vm->process_name ? ", " : "", vm->process_name);
	print_slot(why, out);
	print_vma(why, out);
	print_refusals(why, out);
	print_stage2(why, out);
	fputc('\n', out);
	for (size_t i = 0; i < said.count; i++)
		fprintf(out, "%s\n", said.sentences[i]);
	if (said.remedy)
		fprintf(out, "What to do: %s\n", said.remedy);
}
