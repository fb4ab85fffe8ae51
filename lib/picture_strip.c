// SPDX-License-Identifier: GPL-2.0-only
/*
 * However many ranges there are, a strip has a fixed number of columns: equal
 * neighbours become one rectangle. A column shows every memory type in it.
 */
#include <stdlib.h>
#include <string.h>

#include "picture_strip.h"
#include "svg.h"
#include "text.h"

#define MAX_GROUPS 16
#define MAX_COLUMNS 256
#define SEVERAL MAX_GROUPS	/* a column with more than one group of block */
#define MIN_BLOCK 5		/* pixels: smaller blocks are not drawn one by one */
#define LINE_HEIGHT 22

/* What is mapped by blocks of one size and one type. */
struct group {
	enum s2_type type;
	u64 block;
	u64 bytes;
};

struct column {
	unsigned int types;	/* BIT(enum s2_type) */
	unsigned int group;
};

/* Columns that are alike: [first, end) */
struct part {
	struct column as;
	unsigned int first, end;
};

/* Of the style sheet. */
static const char * const classes[STAGE2_TYPES] = {
	[S2_NORMAL_WB] = "wb",
	[S2_NORMAL_NC] = "nc",
	[S2_DEVICE] = "dev",
	[S2_OTHER] = "oth",
};

const char *picture_strip_class(enum s2_type type)
{
	return classes[type];
}

static int by_bytes(const void *a, const void *b)
{
	const struct group *ga = a, *gb = b;

	return (ga->bytes < gb->bytes) - (ga->bytes > gb->bytes);
}

static unsigned int group_of(const struct group *groups, unsigned int count,
			     const struct s2_range *r)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (groups[i].type == r->type && groups[i].block == r->block)
			break;
	}
	return i;
}

/* Four types in at most four sizes of block: there are no more groups. */
static unsigned int find_groups(const struct stage2_area *area, struct group *groups)
{
	unsigned int group, count = 0;

	for (size_t i = 0; i < area->count; i++) {
		const struct s2_range *r = &area->ranges[i];

		group = group_of(groups, count, r);
		if (group == MAX_GROUPS)
			continue;
		if (group == count)
			groups[count++] = (struct group){ r->type, r->block, 0 };
		groups[group].bytes += r->len;
	}
	qsort(groups, count, sizeof(*groups), by_bytes);
	return count;
}

static void group_text(char *text, size_t size, const struct group *group,
		       u64 page_size, bool at_least)
{
	u64 count = group->bytes / group->block;
	char block[32];

	text_bytes(block, sizeof(block), group->block);
	snprintf(text, size, "%s: %s%s %s%s of %s", s2_type_name(group->type),
		 at_least ? "at least " : "", svg_count(count),
		 group->block == page_size ? "page" : "block",
		 count == 1 ? "" : "s", block);
}

static void fill_columns(const struct picture_strip *strip, struct column *columns,
			 const struct group *groups, unsigned int count)
{
	const struct stage2_area *area = strip->area;

	memset(columns, 0, MAX_COLUMNS * sizeof(*columns));
	for (size_t i = 0; i < area->count; i++) {
		const struct s2_range *r = &area->ranges[i];
		u64 at = r->ipa - area->start, end = at + r->len;
		unsigned int group = group_of(groups, count, r);
		unsigned int last;

		end = end > area->len ? area->len : end;
		last = (end - 1) * strip->columns / area->len;
		for (unsigned int c = at * strip->columns / area->len; c <= last; c++) {
			if (columns[c].types && columns[c].group != group)
				group = SEVERAL;
			columns[c].group = group;
			columns[c].types |= 1 << r->type;
			group = group_of(groups, count, r);
		}
	}
}

static int column_x(const struct picture_strip *strip, unsigned int column)
{
	return strip->x + column * strip->width / strip->columns;
}

/* White lines between blocks, or a pattern where they would touch. */
static void draw_blocks(FILE *f, const struct picture_strip *strip, u64 block,
			int left, int right)
{
	double pixels = (double)block * strip->width / strip->area->len;
	u64 start = strip->area->start;

	if (pixels < MIN_BLOCK) {
		svg_rect(f, "fine", left, strip->y, right - left, STRIP_HEIGHT);
		return;
	}
	fputs("<path class=\"cut\" d=\"", f);
	for (u64 ipa = (start + block - 1) & ~(block - 1);
	     ipa < start + strip->area->len; ipa += block) {
		double x = strip->x + (ipa - start) / (double)block * pixels;

		if (x > left && x < right)
			fprintf(f, "M%.2f %dv%d", x, strip->y, STRIP_HEIGHT);
	}
	fputs("\"/>\n", f);
}

static void draw_part(FILE *f, const struct picture_strip *strip,
		      const struct part *part, const struct group *groups)
{
	int left = column_x(strip, part->first), top = strip->y;
	int right = column_x(strip, part->end);
	int shares = __builtin_popcount(part->as.types);

	for (int type = 0; type < STAGE2_TYPES; type++) {
		if (!(part->as.types & 1 << type))
			continue;
		svg_rect(f, classes[type], left, top, right - left,
			 STRIP_HEIGHT / shares);
		top += STRIP_HEIGHT / shares;
	}
	if (part->as.types)
		draw_blocks(f, strip, part->as.group == SEVERAL ? 1 :
			    groups[part->as.group].block, left, right);
}

/* In the middle of it, if it fits there: so labels never overlap. */
static void label_part(FILE *f, const struct picture_strip *strip,
		       const struct part *part, const struct group *groups)
{
	int left = column_x(strip, part->first), right = column_x(strip, part->end);
	const struct group *group = &groups[part->as.group];
	int middle = (left + right) / 2, width;
	char text[64], block[32];

	if (!part->as.types) {
		snprintf(text, sizeof(text), "%s", strip->never_ran ?
			 "never ran, nothing mapped" : "not mapped");
		if (svg_width("s", text) + 12 < right - left)
			svg_text(f, "s mid mute", middle,
				 strip->y + STRIP_HEIGHT / 2 + 5, right - left,
				 "%s", text);
		return;
	}
	text_bytes(block, sizeof(block), group->block);
	snprintf(text, sizeof(text), "%s, %s %s%s", s2_type_name(group->type), block,
		 group->block == strip->page_size ? "page" : "block",
		 group->bytes == group->block ? "" : "s");
	if (svg_width("s", text) + 36 > right - left)
		snprintf(text, sizeof(text), "%s", block);
	width = svg_width("s", text) + 20;
	if (width + 8 > right - left)
		return;
	svg_rect(f, "pill", middle - width / 2,
		 strip->y + STRIP_HEIGHT / 2 - 12, width, 24);
	svg_text(f, "s mid b", middle, strip->y + STRIP_HEIGHT / 2 + 5, width,
		 "%s", text);
}

/* Each group, and what is not mapped, is labelled once: where it is widest. */
static void draw_parts(FILE *f, const struct picture_strip *strip,
		       const struct group *groups, unsigned int count)
{
	struct part widest[MAX_GROUPS + 1] = { 0 };
	struct column columns[MAX_COLUMNS];

	fill_columns(strip, columns, groups, count);
	for (unsigned int c = 0; c < strip->columns;) {
		struct part part = { columns[c], c, c };
		struct part *best = &widest[part.as.types ? part.as.group : count];

		while (c < strip->columns &&
		       !memcmp(&columns[c], &part.as, sizeof(part.as)))
			part.end = ++c;
		draw_part(f, strip, &part, groups);
		if (part.as.group != SEVERAL &&
		    part.end - part.first > best->end - best->first)
			*best = part;
	}
	for (unsigned int i = 0; i <= count; i++)
		label_part(f, strip, &widest[i], groups);
}

static void draw_axis(FILE *f, const struct picture_strip *strip)
{
	const struct stage2_area *area = strip->area;
	int y = strip->y + STRIP_HEIGHT, right = strip->x + strip->width;

	if (!area->known) {
		svg_text(f, "ax", strip->x, y + 16, strip->width,
			 "address not known");
		return;
	}
	fprintf(f, "<path class=\"tick\" d=\"M%d.5 %dv5M%d.5 %dv5\"/>\n",
		strip->x, y, right - 1, y);
	svg_text(f, "ax", strip->x, y + 17, strip->width / 2, "%#llx",
		 area->start);
	svg_text(f, "ax end", right, y + 17, strip->width / 2, "%#llx",
		 area->start + area->len);
}

static void draw_sum(FILE *f, const struct picture_strip *strip,
		     const struct group *groups, unsigned int count)
{
	int y = strip->y + STRIP_HEIGHT + 17 + LINE_HEIGHT;
	int x = strip->x, end = strip->x + strip->room;
	char text[80];

	for (unsigned int i = 0; i < count; i++) {
		int more = i + 1 < count ? 36 : 0;

		group_text(text, sizeof(text), &groups[i], strip->page_size,
			   strip->area->left_out);
		if (i && x + 18 + svg_width("s", text) + more > end) {
			svg_text(f, "s", x, y, 36, "+%u", count - i);
			return;
		}
		svg_rect(f, classes[groups[i].type], x, y - 11, 12, 12);
		svg_text(f, "s", x + 18, y, end - x - 18 - more, "%s", text);
		x += 18 + svg_width("s", text) + 12;
	}
	if (!count)
		svg_text(f, "s mute", x, y, strip->room, "nothing mapped");
}

void picture_strip_draw(FILE *f, const struct picture_strip *strip)
{
	struct group groups[MAX_GROUPS];
	unsigned int count = find_groups(strip->area, groups);

	svg_rect(f, strip->never_ran ? "never" : "none", strip->x, strip->y,
		 strip->width, STRIP_HEIGHT);
	draw_parts(f, strip, groups, count);
	svg_rect(f, "edge", strip->x, strip->y, strip->width, STRIP_HEIGHT);
	draw_axis(f, strip);
	draw_sum(f, strip, groups, count);
}

void picture_strip_describe(FILE *f, const char *label,
			    const struct stage2_area *area, u64 page_size)
{
	struct group groups[MAX_GROUPS];
	unsigned int count = find_groups(area, groups);
	char text[80];

	text_bytes(text, sizeof(text), area->len);
	fprintf(f, " %s, %s: %s", label, text, count ? "" : "nothing mapped");
	for (unsigned int i = 0; i < count; i++) {
		group_text(text, sizeof(text), &groups[i], page_size, area->left_out);
		fprintf(f, "%s%s", i ? "; " : "", text);
	}
	fputs(".", f);
}
