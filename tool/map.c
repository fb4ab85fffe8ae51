// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "map.h"

static u64 end_of_slot(const struct memslots_slot *slot)
{
	return slot->ipa + slot->size;
}

static bool is_alike(const struct dump_range *a, const struct dump_range *b)
{
	return a->level == b->level && a->type == b->type && a->reads == b->reads &&
	       a->writes == b->writes && a->executes == b->executes;
}

static void add_range(struct map_part *part, const struct dump_range *range)
{
	struct dump_range *last = part->count ? &part->ranges[part->count - 1] : NULL;

	part->sums[range->type][range->level] += range->len;
	part->mapped += range->len;
	if (last && last->ipa + last->len == range->ipa && is_alike(last, range)) {
		last->len += range->len;
		return;
	}
	/* Room is doubled. */
	if (!(part->count & (part->count - 1))) {
		part->ranges = realloc(part->ranges, (part->count ? 2 * part->count : 1) *
				       sizeof(*part->ranges));
		if (!part->ranges)
			abort();
	}
	part->ranges[part->count++] = *range;
}

/* Both are in order of IPA. Return: the memslot that the next range is compared with first. */
static size_t cut(struct map *map, const struct dump_range *range, size_t next)
{
	u64 at = range->ipa, end = range->ipa + range->len;

	while (next < map->count && end_of_slot(map->parts[next].slot) <= at)
		next++;
	for (size_t i = next; at < end;) {
		const struct memslots_slot *slot = i < map->count ? map->parts[i].slot : NULL;
		bool is_inside = slot && slot->ipa <= at;
		struct dump_range piece = *range;
		u64 stop = end;

		if (is_inside && end_of_slot(slot) < end)
			stop = end_of_slot(slot);
		else if (!is_inside && slot && slot->ipa < end)
			stop = slot->ipa;
		piece.ipa = at;
		piece.len = stop - at;
		add_range(&map->parts[is_inside ? i : map->count], &piece);
		at = stop;
		i += is_inside;
	}
	return next;
}

void map_make(struct map *map, const struct view *view, const struct dump *dump, u64 page_size)
{
	const struct memslots *m = &view->memslots;
	size_t next = 0;

	*map = (struct map){ .view = view, .page_size = page_size };
	map->parts = calloc(m->slot_count + 1, sizeof(*map->parts));
	if (!map->parts)
		abort();
	for (size_t i = 0; i < m->slot_count; i++) {
		if (!m->slots[i].as)
			map->parts[map->count++].slot = &m->slots[i];
	}
	for (size_t i = 0; i < dump->count; i++)
		next = cut(map, &dump->ranges[i], next);
}

void map_free(struct map *map)
{
	for (size_t i = 0; map->parts && i <= map->count; i++)
		free(map->parts[i].ranges);
	free(map->parts);
	*map = (struct map){ 0 };
}

double map_share(const struct map_part *part)
{
	return 100.0 * part->mapped / part->slot->size;
}
