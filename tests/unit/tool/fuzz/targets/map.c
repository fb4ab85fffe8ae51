// SPDX-License-Identifier: GPL-2.0-only
/*
 * What map and why make of memslots and of a dump of stage 2. An empty line ends the
 * memslots, and the dump is behind it.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "map.h"
#include "map_picture.h"
#include "why.h"

#define PAGE_SIZE	4096
#define MOST_ADDRESSES	8

static void look_at_sums(const struct map *map, const struct dump *dump)
{
	u64 mapped = 0;

	for (size_t i = 0; i <= map->count; i++) {
		const struct map_part *part = &map->parts[i];

		mapped += part->mapped;
		fuzz_must(i == map->count || part->mapped <= part->slot->size,
			  "no more of a memslot is mapped than it has");
	}
	for (size_t i = 0; i < dump->count; i++)
		mapped -= dump->ranges[i].len;
	fuzz_must(!mapped, "each byte of the dump is in one part of the map");
}

static void draw(const struct view *view, const struct dump *dump)
{
	struct map map;

	map_make(&map, view, dump, PAGE_SIZE);
	look_at_sums(&map, dump);
	map_print(&map, fuzz_print());
	fuzz_must_be_plain(fuzz_printed());
	fuzz_json(map_json(&map));
	map_picture_draw(&map, "", fuzz_print());
	free(fuzz_printed());
	map_free(&map);
}

static void ask(const struct view *view, const struct dump *dump, u64 ipa)
{
	struct why why;

	why_ask(&why, view, ipa, PAGE_SIZE);
	why_walked(&why, dump);
	why_print(&why, fuzz_print());
	fuzz_must_be_plain(fuzz_printed());
	fuzz_json(why_json(&why));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text = fuzz_text(data, size), *end = strstr(text, "\n\n"), error[128];
	struct view view = { .vm = { .name = "1-2" } };
	const struct memslots *m = &view.memslots;
	struct dump dump;

	if (end)
		end[1] = '\0';
	if (end && memslots_read(text, &view.memslots, error, sizeof(error)) &&
	    dump_read(end + 2, &dump, error, sizeof(error))) {
		draw(&view, &dump);
		ask(&view, &dump, ~0ULL);
		for (size_t i = 0; i < m->vma_count && i < MOST_ADDRESSES; i++)
			ask(&view, &dump, m->vmas[i].ipa + m->vmas[i].size - 1);
		for (size_t i = 0; i < dump.count && i < MOST_ADDRESSES; i++)
			ask(&view, &dump, dump.ranges[i].ipa);
		dump_free(&dump);
	}
	memslots_free(&view.memslots);
	free(text);
	return 0;
}
