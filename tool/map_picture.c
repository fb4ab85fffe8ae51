// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "map_picture.h"
#include "picture_legend.h"
#include "picture_strip.h"
#include "svg.h"
#include "text.h"

#define WIDTH 1200
#define MARGIN 24
#define TEXT_X (MARGIN + 16)
#define TEXT_WIDTH (WIDTH - 2 * TEXT_X)
#define PANEL_Y 150
#define STRIP_X 200
#define STRIP_WIDTH 896
#define COLUMNS 128	/* a power of two: blocks end where columns do */
#define ROW_HEIGHT 142
#define ROW_TITLE 28
#define ROW_STRIP 40

/* The memslots that are drawn. */
struct choice {
	const struct map_part *parts[MAP_PICTURE_SLOTS];
	size_t count;
};

static int by_size(const void *a, const void *b)
{
	const struct memslots_slot *sa = (*(const struct map_part * const *)a)->slot;
	const struct memslots_slot *sb = (*(const struct map_part * const *)b)->slot;

	if (sa->size != sb->size)
		return sa->size < sb->size ? 1 : -1;
	return (sa->ipa > sb->ipa) - (sa->ipa < sb->ipa);
}

static int by_ipa(const void *a, const void *b)
{
	const struct memslots_slot *sa = (*(const struct map_part * const *)a)->slot;
	const struct memslots_slot *sb = (*(const struct map_part * const *)b)->slot;

	return (sa->ipa > sb->ipa) - (sa->ipa < sb->ipa);
}

static void choose(struct choice *choice, const struct map *map)
{
	const struct map_part **all = calloc(map->count + 1, sizeof(*all));

	if (!all)
		abort();
	for (size_t i = 0; i < map->count; i++)
		all[i] = &map->parts[i];
	qsort(all, map->count, sizeof(*all), by_size);
	choice->count = map->count < MAP_PICTURE_SLOTS ? map->count : MAP_PICTURE_SLOTS;
	for (size_t i = 0; i < choice->count; i++)
		choice->parts[i] = all[i];
	qsort(choice->parts, choice->count, sizeof(*choice->parts), by_ipa);
	free(all);
}

/* What draws a strip takes descriptors, of which a dump tells no physical addresses. */
static struct stage2_area area_of(const struct map *map, const struct map_part *part)
{
	struct stage2_area area = {
		.start = part->slot->ipa,
		.len = part->slot->size,
		.known = true,
		.count = part->count,
	};

	area.ranges = calloc(part->count + 1, sizeof(*area.ranges));
	if (!area.ranges)
		abort();
	for (size_t i = 0; i < part->count; i++) {
		const struct dump_range *range = &part->ranges[i];

		area.ranges[i] = (struct s2_range){
			.ipa = range->ipa,
			.len = range->len,
			.block = statistics_block(range->level, map->page_size),
			.type = range->type,
		};
	}
	return area;
}

static void describe(const struct map *map, const struct choice *choice, FILE *f)
{
	char name[32];

	fputs("<desc id=\"desc\">", f);
	for (size_t i = 0; i < choice->count; i++) {
		struct stage2_area area = area_of(map, choice->parts[i]);

		snprintf(name, sizeof(name), "memslot %u", choice->parts[i]->slot->id);
		picture_strip_describe(f, name, &area, map->page_size);
		fputc('\n', f);
		free(area.ranges);
	}
	fputs("</desc>\n", f);
}

static void draw_row(const struct map *map, const struct map_part *part, int y, FILE *f)
{
	const struct memslots_slot *slot = part->slot;
	struct stage2_area area = area_of(map, part);
	struct picture_strip strip = {
		.area = &area,
		.page_size = map->page_size,
		.x = STRIP_X,
		.y = y + ROW_STRIP,
		.width = STRIP_WIDTH,
		.room = STRIP_WIDTH,
		.columns = COLUMNS,
	};
	char size[32];

	text_bytes(size, sizeof(size), slot->size);
	fprintf(f, "<g id=\"memslot-%u\">\n", slot->id);
	svg_text(f, "h3", TEXT_X, y + ROW_STRIP + 21, STRIP_X - TEXT_X - 8, "memslot %u", slot->id);
	svg_text(f, "s", TEXT_X, y + ROW_STRIP + 43, STRIP_X - TEXT_X - 8, "%.1f %% mapped",
		 map_share(part));
	svg_text(f, "s b", STRIP_X, y + ROW_TITLE, STRIP_WIDTH, "%s at 0x%llx%s%s", size, slot->ipa,
		 slot->logs ? ", logged" : "", slot->is_readonly ? ", read-only" : "");
	picture_strip_draw(f, &strip);
	fputs("</g>\n", f);
	free(area.ranges);
}

/* A picture that looks whole must be whole. Return: the next line's y. */
static int draw_left_out(const struct map *map, const struct choice *choice, int y, FILE *f)
{
	size_t lacks = map->count - choice->count;

	if (!lacks)
		return y;
	svg_text(f, "s warn", TEXT_X, y, TEXT_WIDTH,
		 "Incomplete: the %s smallest memslots are not drawn.", svg_count(lacks));
	return y + 18;
}

static void draw_head(const struct map *map, const struct choice *choice, const char *release,
		      int height, FILE *f)
{
	const struct vms_vm *vm = &map->view->vm;
	unsigned int options = 0;
	char title[96];

	for (size_t i = 0; i < choice->count; i++) {
		const u64 *others = choice->parts[i]->sums[S2_OTHER];

		for (int level = 0; level < STATISTICS_LEVELS; level++)
			options |= others[level] ? PICTURE_LEGEND_OTHER : 0;
	}
	snprintf(title, sizeof(title), "How stage 2 maps the memory of VM %s", vm->name);
	svg_begin(f, title, WIDTH, height);
	describe(map, choice, f);
	svg_text(f, "h1", TEXT_X, 50, TEXT_WIDTH, "%s", title);
	svg_text(f, "s mute", TEXT_X, 77, TEXT_WIDTH,
		 "Guest physical address space by memslot, by stage-2 memory type%s%s%s%s",
		 *vm->process_name ? "; process " : "", vm->process_name,
		 release ? ", Linux " : "", release ?: "");
	picture_legend_draw(f, TEXT_X, options);
}

void map_picture_draw(const struct map *map, const char *release, FILE *f)
{
	struct choice choice;
	int panel, y;

	choose(&choice, map);
	panel = choice.count * ROW_HEIGHT + 20;
	y = PANEL_Y + panel + 28;
	draw_head(map, &choice, release, y + 2 * 18, f);
	svg_rect(f, "panel", MARGIN, PANEL_Y, WIDTH - 2 * MARGIN, panel);
	for (size_t i = 0; i < choice.count; i++)
		draw_row(map, choice.parts[i], PANEL_Y + i * ROW_HEIGHT, f);
	if (!choice.count)
		svg_text(f, "s mute", TEXT_X, PANEL_Y + 15, TEXT_WIDTH, "no memslots");
	y = draw_left_out(map, &choice, y, f);
	svg_text(f, "ax", TEXT_X, y, TEXT_WIDTH,
		 "A column is coloured if as little as one page in it is mapped.");
	fputs("</svg>\n", f);
}
