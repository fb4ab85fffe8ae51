// SPDX-License-Identifier: GPL-2.0-only
/* The map of a VM's stage 2 as text. */
#include "map.h"
#include "sums.h"
#include "text.h"

void map_print_range(const struct dump_range *range, u64 page_size, FILE *out)
{
	char block[32];

	sums_block(range->level, page_size, block, sizeof(block));
	fprintf(out, "%-9s  %c%c%c  by %s\n", s2_type_name(range->type), range->reads ? 'r' : '-',
		range->writes ? 'w' : '-', range->executes ? 'x' : '-', block);
}

static void print_place(u64 ipa, u64 end, FILE *out)
{
	char place[48], size[32];

	snprintf(place, sizeof(place), "0x%llx-0x%llx", ipa, end);
	text_bytes(size, sizeof(size), end - ipa);
	fprintf(out, "  %-33s  %-13s  ", place, size);
}

static void print_hole(u64 ipa, u64 end, FILE *out)
{
	if (ipa >= end)
		return;
	print_place(ipa, end, out);
	fputs("not mapped\n", out);
}

/* Holes are told in memslots only: else all that a VM does not have would be one. */
static void print_ranges(const struct map *map, const struct map_part *part, FILE *out)
{
	u64 at = part->slot ? part->slot->ipa : 0;

	for (size_t i = 0; i < part->count; i++) {
		const struct dump_range *range = &part->ranges[i];

		if (part->slot)
			print_hole(at, range->ipa, out);
		at = range->ipa + range->len;
		print_place(range->ipa, at, out);
		map_print_range(range, map->page_size, out);
	}
	if (part->slot)
		print_hole(at, part->slot->ipa + part->slot->size, out);
}

static void print_slot(const struct map *map, const struct map_part *part, FILE *out)
{
	const struct memslots_slot *slot = part->slot;
	char size[32], by_pfn[32];

	text_bytes(size, sizeof(size), slot->size);
	text_bytes(by_pfn, sizeof(by_pfn), memslots_pfn_mapped(&map->view->memslots, slot));
	fprintf(out, "memslot %u: %s at 0x%llx%s%s; the VMM has mapped %s of it by PFN\n", slot->id,
		size, slot->ipa, slot->logs ? ", logged" : "",
		slot->is_readonly ? ", read-only" : "", by_pfn);
	fprintf(out, "  stage 2 maps %.1f %%: ", map_share(part));
	sums_print(part->sums[0], STAGE2_TYPES, map->page_size, out);
}

void map_print(const struct map *map, FILE *out)
{
	const struct vms_vm *vm = &map->view->vm;
	const struct map_part *rest = &map->parts[map->count];

	fprintf(out, "VM %s%s%s: %zu memslot%s\n", vm->name, *vm->process_name ? ", " : "",
		vm->process_name, map->count, map->count == 1 ? "" : "s");
	for (size_t i = 0; i < map->count; i++) {
		fputc('\n', out);
		print_slot(map, &map->parts[i], out);
		print_ranges(map, &map->parts[i], out);
	}
	if (!rest->count)
		return;
	fputc('\n', out);
	fputs("in no memslot: ", out);
	sums_print(rest->sums[0], STAGE2_TYPES, map->page_size, out);
	print_ranges(map, rest, out);
}
