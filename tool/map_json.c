// SPDX-License-Identifier: GPL-2.0-only
/* The map of a VM's stage 2 for programs. */
#include "map.h"
#include "sums.h"

struct json_object *map_json_range(const struct dump_range *range, u64 page_size)
{
	u64 block = statistics_block(range->level, page_size);
	struct json_object *o = json_object_new_object();

	json_set(o, "ipa", json_object_new_uint64(range->ipa));
	json_set(o, "size", json_object_new_uint64(range->len));
	json_set_string(o, "type", s2_type_name(range->type));
	json_set_integer(o, "level", range->level);
	json_set(o, "block", block ? json_object_new_uint64(block) : NULL);
	json_set(o, "read", json_object_new_boolean(range->reads));
	json_set(o, "write", json_object_new_boolean(range->writes));
	json_set(o, "execute", json_object_new_boolean(range->executes));
	return o;
}

static struct json_object *ranges_json(const struct map *map, const struct map_part *part)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < part->count; i++)
		json_add(array, map_json_range(&part->ranges[i], map->page_size));
	return array;
}

static struct json_object *slot_json(const struct map *map, const struct map_part *part)
{
	const struct memslots_slot *slot = part->slot;
	struct json_object *o = json_object_new_object();
	u64 by_pfn = memslots_pfn_mapped(&map->view->memslots, slot);

	json_set_integer(o, "id", slot->id);
	json_set(o, "ipa", json_object_new_uint64(slot->ipa));
	json_set(o, "size", json_object_new_uint64(slot->size));
	json_set(o, "logging", json_object_new_boolean(slot->logs));
	json_set(o, "readonly", json_object_new_boolean(slot->is_readonly));
	json_set(o, "memory", json_object_new_uint64(by_pfn));
	json_set(o, "mapped", json_object_new_uint64(part->mapped));
	json_set(o, "mapped_as", sums_json(part->sums[0], STAGE2_TYPES, map->page_size));
	json_set(o, "ranges", ranges_json(map, part));
	return o;
}

struct json_object *map_json(const struct map *map)
{
	const struct vms_vm *vm = &map->view->vm;
	struct json_object *slots = json_object_new_array();
	struct json_object *o = json_object_new_object();

	for (size_t i = 0; i < map->count; i++)
		json_add(slots, slot_json(map, &map->parts[i]));
	json_set_string(o, "vm", vm->name);
	json_set(o, "pid", vm->process ? json_object_new_int(vm->process) : NULL);
	json_set_text(o, "process", vm->process_name);
	json_set(o, "memslots", slots);
	json_set(o, "elsewhere", ranges_json(map, &map->parts[map->count]));
	return o;
}
