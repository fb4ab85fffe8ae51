/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How stage 2 maps the memory of a VM, memslot by memslot: the kernel's dump, cut at the
 * memslots. KVM also maps what no memslot has, such as the registers of a GICv2.
 */
#ifndef TOOL_MAP_H
#define TOOL_MAP_H

#include "json.h"
#include "stage2_text.h"
#include "view.h"

/**
 * struct map_part - what stage 2 maps of a memslot, or of addresses that are in none
 * @slot: the memslot, or NULL
 * @ranges: in order of IPA; two that continue each other are not alike
 * @count: how many
 * @sums: bytes by memory type and level
 * @mapped: all of them
 */
struct map_part {
	const struct memslots_slot *slot;
	struct dump_range *ranges;
	size_t count;
	u64 sums[STAGE2_TYPES][STATISTICS_LEVELS];
	u64 mapped;
};

/**
 * struct map - all of it
 * @view: the VM
 * @page_size: of the host, or 0 if it is not known
 * @parts: of the memslots, in order of IPA; then what is in none
 * @count: how many memslots: there is one part more
 */
struct map {
	const struct view *view;
	u64 page_size;
	struct map_part *parts;
	size_t count;
};

/**
 * map_make() - cut a dump at the memslots
 * @map: is filled
 * @view: the VM, which has to outlive the map
 * @dump: of its stage 2
 * @page_size: of the host, or 0
 *
 * Memslots of another address space than the first are left out: arm64 has one.
 */
void map_make(struct map *map, const struct view *view, const struct dump *dump, u64 page_size);

/** map_free() - free what map_make() has allocated */
void map_free(struct map *map);

/** map_share() - percent of a memslot that stage 2 maps */
double map_share(const struct map_part *part);

/** map_print() - print it as text */
void map_print(const struct map *map, FILE *out);

/** map_print_range() - print how a range is mapped: "Normal-WB  rwx  by 2 MiB" */
void map_print_range(const struct dump_range *range, u64 page_size, FILE *out);

/** map_json() - the same for programs; the caller has to put the object */
struct json_object *map_json(const struct map *map);

/** map_json_range() - one range; the caller has to put the object */
struct json_object *map_json_range(const struct dump_range *range, u64 page_size);

#endif /* TOOL_MAP_H */
