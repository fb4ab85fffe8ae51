// SPDX-License-Identifier: GPL-2.0-only
/*
 * However many ranges there are, a strip has a fixed number of columns: equal
 * neighbours become one rectangle. A column shows every memory type in it.
 */
#include <stdlib.h>
#include <string.h>

#include "demo_runs.h"
#include "picture_strip.h"
#include "svg.h"

#define MAX_KINDS 16
#define MAX_COLUMNS 256
#define SEVERAL MAX_KINDS	/* a column with more than one kind of block */
#define MIN_BLOCK 5		/* pixels: smaller blocks are not drawn one by one */
#define LINE_HEIGHT 22

/* What is mapped by blocks of one size and one type. */
struct kind {
	enum s2_type type;
	u64 block;
	u64 bytes;
};

struct column {
	unsigned int types;	/* BIT(enum s2_type) */
	unsigned int kind;
};

/* Columns that are alike: [first, end) */
struct part {
	struct column as;
	unsigned int first, end;
};

static const struct {
	const char *class;
	const char *name;
} types[TYPES] = {
	[S2_NORMAL_WB] = { "wb", "Normal-WB" },
	[S2_NORMAL_NC] = { "nc", "Normal-NC" },
	[S2_DEVICE] = { "dev", "Device" },
	[S2_OTHER] = { "oth", "other" },
};

const char *type_class(enum s2_type type)
{
	return types[type].class;
}

const char *type_name(enum s2_type type)
{
	return types[type].name;
}

static int by_bytes(const void *a, const void *b)
{
	const struct kind *ka = a, *kb = b;

	return (ka->bytes < kb->bytes) - (ka->bytes > kb->bytes);
}

static unsigned int kind_of(const struct kind *kinds, unsigned int count,
			    const struct s2_range *r)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (kinds[i].type == r->type && kinds[i].block == r->block)
			break;
	}
	return i;
}

/* Four types in at most four sizes of block: there are no more kinds. */
static unsigned int find_kinds(const struct space *space, struct kind *kinds)
{
	unsigned int kind, count = 0;

	for (size_t i = 0; i < space->count; i++) {
		const struct s2_range *r = &space->ranges[i];

		kind = kind_of(kinds, count, r);
		if (kind == MAX_KINDS)
			continue;
		if (kind == count)
			kinds[count++] = (struct kind){ r->type, r->block, 0 };
		kinds[kind].bytes += r->len;
	}
	qsort(kinds, count, sizeof(*kinds), by_bytes);
	return count;
}

static void kind_text(char *text, size_t size, const struct kind *kind,
		      u64 page_size, bool at_least)
{
	u64 count = kind->bytes / kind->block;
	char block[32];

	text_bytes(block, sizeof(block), kind->block);
	snprintf(text, size, "%s: %s%s %s%s of %s", types[kind->type].name,
		 at_least ? "at least " : "", svg_count(count),
		 kind->block == page_size ? "page" : "block",
		 count == 1 ? "" : "s", block);
}

static void fill_columns(const struct strip *strip, struct column *columns,
			 const struct kind *kinds, unsigned int count)
{
	const struct space *space = strip->space;

	memset(columns, 0, MAX_COLUMNS * sizeof(*columns));
	for (size_t i = 0; i < space->count; i++) {
		const struct s2_range *r = &space->ranges[i];
		u64 at = r->ipa - space->start, end = at + r->len;
		unsigned int kind = kind_of(kinds, count, r);
		unsigned int last;

		end = end > space->len ? space->len : end;
		last = (end - 1) * strip->columns / space->len;
		for (unsigned int c = at * strip->columns / space->len; c <= last; c++) {
			if (columns[c].types && columns[c].kind != kind)
				kind = SEVERAL;
			columns[c].kind = kind;
			columns[c].types |= 1 << r->type;
			kind = kind_of(kinds, count, r);
		}
	}
}

static int column_x(const struct strip *strip, unsigned int column)
{
	return strip->x + column * strip->width / strip->columns;
}

/* White lines between blocks, or a pattern where they would touch. */
static void draw_blocks(FILE *f, const struct strip *strip, u64 block,
			int left, int right)
{
	double pixels = (double)block * strip->width / strip->space->len;
	u64 start = strip->space->start;

	if (pixels < MIN_BLOCK) {
		svg_rect(f, "fine", left, strip->y, right - left, STRIP_HEIGHT);
		return;
	}
	fputs("<path class=\"cut\" d=\"", f);
	for (u64 ipa = (start + block - 1) & ~(block - 1);
	     ipa < start + strip->space->len; ipa += block) {
		double x = strip->x + (ipa - start) / (double)block * pixels;

		if (x > left && x < right)
			fprintf(f, "M%.2f %dv%d", x, strip->y, STRIP_HEIGHT);
	}
	fputs("\"/>\n", f);
}

static void draw_part(FILE *f, const struct strip *strip,
		      const struct part *part, const struct kind *kinds)
{
	int left = column_x(strip, part->first), top = strip->y;
	int right = column_x(strip, part->end);
	int shares = __builtin_popcount(part->as.types);

	for (int type = 0; type < TYPES; type++) {
		if (!(part->as.types & 1 << type))
			continue;
		svg_rect(f, types[type].class, left, top, right - left,
			 STRIP_HEIGHT / shares);
		top += STRIP_HEIGHT / shares;
	}
	if (part->as.types)
		draw_blocks(f, strip, part->as.kind == SEVERAL ? 1 :
			    kinds[part->as.kind].block, left, right);
}

/* In the middle of it, if it fits there: so labels never overlap. */
static void label_part(FILE *f, const struct strip *strip,
		       const struct part *part, const struct kind *kinds)
{
	int left = column_x(strip, part->first), right = column_x(strip, part->end);
	const struct kind *kind = &kinds[part->as.kind];
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
	text_bytes(block, sizeof(block), kind->block);
	snprintf(text, sizeof(text), "%s, %s %s%s", types[kind->type].name, block,
		 kind->block == strip->page_size ? "page" : "block",
		 kind->bytes == kind->block ? "" : "s");
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

/* Each kind, and what is not mapped, is labelled once: where it is widest. */
static void draw_parts(FILE *f, const struct strip *strip,
		       const struct kind *kinds, unsigned int count)
{
	struct part widest[MAX_KINDS + 1] = { 0 };
	struct column columns[MAX_COLUMNS];

	fill_columns(strip, columns, kinds, count);
	for (unsigned int c = 0; c < strip->columns;) {
		struct part part = { columns[c], c, c };
		struct part *best = &widest[part.as.types ? part.as.kind : count];

		while (c < strip->columns &&
		       !memcmp(&columns[c], &part.as, sizeof(part.as)))
			part.end = ++c;
		draw_part(f, strip, &part, kinds);
		if (part.as.kind != SEVERAL &&
		    part.end - part.first > best->end - best->first)
			*best = part;
	}
	for (unsigned int i = 0; i <= count; i++)
		label_part(f, strip, &widest[i], kinds);
}

static void draw_axis(FILE *f, const struct strip *strip)
{
	const struct space *space = strip->space;
	int y = strip->y + STRIP_HEIGHT, right = strip->x + strip->width;

	if (!space->known) {
		svg_text(f, "ax", strip->x, y + 16, strip->width,
			 "address not known");
		return;
	}
	fprintf(f, "<path class=\"tick\" d=\"M%d.5 %dv5M%d.5 %dv5\"/>\n",
		strip->x, y, right - 1, y);
	svg_text(f, "ax", strip->x, y + 17, strip->width / 2, "%#llx",
		 space->start);
	svg_text(f, "ax end", right, y + 17, strip->width / 2, "%#llx",
		 space->start + space->len);
}

static void draw_sum(FILE *f, const struct strip *strip,
		     const struct kind *kinds, unsigned int count)
{
	int y = strip->y + STRIP_HEIGHT + 17 + LINE_HEIGHT;
	int x = strip->x, end = strip->x + strip->room;
	char text[80];

	for (unsigned int i = 0; i < count; i++) {
		int more = i + 1 < count ? 36 : 0;

		kind_text(text, sizeof(text), &kinds[i], strip->page_size,
			  strip->space->left_out);
		if (i && x + 18 + svg_width("s", text) + more > end) {
			svg_text(f, "s", x, y, 36, "+%u", count - i);
			return;
		}
		svg_rect(f, types[kinds[i].type].class, x, y - 11, 12, 12);
		svg_text(f, "s", x + 18, y, end - x - 18 - more, "%s", text);
		x += 18 + svg_width("s", text) + 12;
	}
	if (!count)
		svg_text(f, "s mute", x, y, strip->room, "nothing mapped");
}

void strip_draw(FILE *f, const struct strip *strip)
{
	struct kind kinds[MAX_KINDS];
	unsigned int count = find_kinds(strip->space, kinds);

	svg_rect(f, strip->never_ran ? "never" : "none", strip->x, strip->y,
		 strip->width, STRIP_HEIGHT);
	draw_parts(f, strip, kinds, count);
	svg_rect(f, "edge", strip->x, strip->y, strip->width, STRIP_HEIGHT);
	draw_axis(f, strip);
	draw_sum(f, strip, kinds, count);
}

void strip_describe(FILE *f, const struct space *space, u64 page_size)
{
	struct kind kinds[MAX_KINDS];
	unsigned int count = find_kinds(space, kinds);
	char text[80];

	text_bytes(text, sizeof(text), space->len);
	fprintf(f, " %s, %s: %s", space->name, text, count ? "" : "nothing mapped");
	for (unsigned int i = 0; i < count; i++) {
		kind_text(text, sizeof(text), &kinds[i], page_size, space->left_out);
		fprintf(f, "%s%s", i ? "; " : "", text);
	}
	fputs(".", f);
}
