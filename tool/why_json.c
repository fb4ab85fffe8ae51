// SPDX-License-Identifier: GPL-2.0-only
/* The answer of cohmem why for programs. */
#include "facts.h"
#include "map.h"
#include "why_said.h"

static struct json_object *slot_json(const struct memslots_slot *slot)
{
	struct json_object *o = json_object_new_object();

	json_set_integer(o, "id", slot->id);
	json_set(o, "ipa", json_object_new_uint64(slot->ipa));
	json_set(o, "size", json_object_new_uint64(slot->size));
	json_set(o, "logging", json_object_new_boolean(slot->logs));
	json_set(o, "readonly", json_object_new_boolean(slot->is_readonly));
	return o;
}

static struct json_object *facts_json(const struct memslots_vma *vma)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "policy", vma->policy);
	json_set_string(o, "leaf", vma->leaf);
	for (size_t i = 0; i < facts_count(); i++)
		json_set(o, facts_name(i),
			 json_object_new_boolean(facts_get(&vma->facts, i)));
	return o;
}

static struct json_object *vma_json(const struct memslots_vma *vma)
{
	struct json_object *o = json_object_new_object();

	json_set(o, "ipa", json_object_new_uint64(vma->ipa));
	json_set(o, "hva", json_object_new_uint64(vma->hva));
	json_set(o, "size", json_object_new_uint64(vma->size));
	json_set(o, "pfn_mapped", json_object_new_boolean(vma->is_pfn_mapped));
	json_set(o, "leaf_size", vma->has_leaf ? json_object_new_uint64(vma->leaf_size) : NULL);
	return o;
}

static struct json_object *decision_json(const char *row, const char *verdict,
					 const char *reason, bool is_executable)
{
	struct json_object *o = json_object_new_object();

	json_set_string(o, "row", row);
	json_set_string(o, "verdict", verdict);
	json_set_string(o, "reason", reason);
	json_set(o, "executable", json_object_new_boolean(is_executable));
	return o;
}

/* The kernel's decision, and this program's if it has one that is not a guess. */
static void set_decisions(struct json_object *o, const struct why *why)
{
	const struct memslots_vma *vma = why->place == WHY_MAPPING ? why->vma : NULL;
	const struct cohmem_decision *d = &why->decision;
	bool has_own = why->rule == WHY_RULE_SAME ||
		       (why->rule == WHY_RULE_OTHER && !why->is_hint);

	json_set(o, "decision", vma ? decision_json(vma->row, vma->verdict, vma->reason,
						    vma->is_executable) : NULL);
	json_set(o, "rule", has_own ? decision_json(cohmem_row_name(d->row),
						    cohmem_verdict_name(d->verdict),
						    cohmem_reason_name(d->reason),
						    d->executable) : NULL);
	json_set(o, "hint", json_object_new_boolean(why->is_hint));
	json_set(o, "certain", json_object_new_boolean(why_is_certain(why)));
}

static struct json_object *refusals_json(const struct why *why)
{
	const struct memslots *m = &why->view->memslots;
	struct json_object *array = json_object_new_array(), *o;

	for (size_t i = 0; i < m->refusal_count; i++) {
		const struct memslots_refusal *refusal = &m->refusals[i];

		if (!why_said_tells(why, refusal))
			continue;
		o = json_object_new_object();
		json_set(o, "ipa", json_object_new_uint64(refusal->ipa));
		json_set_string(o, "reason", refusal->reason);
		json_set(o, "count", json_object_new_uint64(refusal->count));
		json_add(array, o);
	}
	return array;
}

static void set_said(struct json_object *o, const struct why *why)
{
	struct json_object *array = json_object_new_array();
	struct why_said said;

	why_said_make(why, &said);
	for (size_t i = 0; i < said.count; i++)
		json_add(array, json_object_new_string(said.sentences[i]));
	json_set(o, "because", array);
	json_set_string(o, "remedy", said.remedy);
}

struct json_object *why_json(const struct why *why)
{
	static const char * const places[] = {
		[WHY_NO_SLOT] = "no memslot",
		[WHY_NOTHING] = "unknown",
		[WHY_GAP] = "gap",
		[WHY_MAPPING] = "mapping",
	};
	const struct vms_vm *vm = &why->view->vm;
	struct json_object *o = json_object_new_object();

	json_set_string(o, "vm", vm->name);
	json_set(o, "pid", vm->process ? json_object_new_int(vm->process) : NULL);
	json_set_text(o, "process", vm->process_name);
	json_set(o, "ipa", json_object_new_uint64(why->ipa));
	json_set_string(o, "place", places[why->place]);
	json_set(o, "memslot", why->slot ? slot_json(why->slot) : NULL);
	json_set(o, "mapping", why->place == WHY_MAPPING ? vma_json(why->vma) : NULL);
	json_set(o, "facts", why->place == WHY_MAPPING ? facts_json(why->vma) : NULL);
	set_decisions(o, why);
	json_set(o, "refused", refusals_json(why));
	set_said(o, why);
	json_set(o, "walked", json_object_new_boolean(why->is_walked));
	json_set(o, "stage2", why->stage2 ? map_json_range(why->stage2, why->page_size) : NULL);
	return o;
}
