// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stage2_log.h"

static bool wrong(char *why, size_t size, size_t line, const char *what)
{
	snprintf(why, size, "line %zu: %s", line + 1, what);
	return false;
}

/* In order of IPA. */
static bool add_range(struct stage2_area *area, const struct keyval *kv)
{
	struct s2_range r, *last;

	if (!stage2_text_read_range(kv, &r))
		return false;
	last = area->count ? &area->ranges[area->count - 1] : NULL;
	if (last && last->ipa + last->len > r.ipa)
		return false;
	area->ranges = realloc(area->ranges, (area->count + 1) * sizeof(r));
	if (!area->ranges)
		abort();
	area->ranges[area->count++] = r;
	return true;
}

/* Whether the line is of that kind, and of that area, by its key of that name. */
static bool is_of(struct keyval *kv, const char *text, const char *kind,
		  const char *key, const char *name)
{
	return keyval_is(text, kind) && keyval_read(kv, text) &&
	       keyval_get(kv, key) && !strcmp(keyval_get(kv, key), name);
}

/* Where the guest has put host memory is seen from what is mapped. */
static bool find_bounds(struct stage2_area *area, const struct text *log)
{
	struct stage2_text_area bounds;
	struct keyval kv;
	size_t i;

	for (i = 0; i < log->count; i++) {
		if (is_of(&kv, log->lines[i], "area", "name", area->name))
			break;
	}
	if (i == log->count || !stage2_text_read_area(&kv, &bounds))
		return false;
	area->len = bounds.len;
	area->known = !bounds.by_pa || area->count;
	if (!bounds.by_pa)
		area->start = bounds.start;
	else if (area->count)
		area->start = area->ranges[0].ipa -
			      (area->ranges[0].pa - bounds.start);
	return true;
}

/* The log's totals are of all ranges, and these of those that it has. */
static bool sums_agree(const struct stage2_area *area)
{
	u64 sums[STAGE2_TYPES] = { 0 };

	for (size_t i = 0; i < area->count; i++) {
		const struct s2_range *r = &area->ranges[i];

		if (r->ipa < area->start || r->ipa - area->start >= area->len)
			return false;
		sums[r->type] += r->len;
	}
	for (int type = 0; type < STAGE2_TYPES; type++) {
		if (area->left_out ? sums[type] > area->bytes[type] :
				     sums[type] != area->bytes[type])
			return false;
	}
	return true;
}

bool stage2_log_read(struct stage2_area *area, const struct text *results,
		     const char *name, char *why, size_t size)
{
	struct stage2_text_total total;
	struct keyval kv;

	memset(area, 0, sizeof(*area));
	area->name = name;
	for (size_t i = 0; i < results->count; i++) {
		const char *text = results->lines[i];

		if (is_of(&kv, text, "dump", "area", name))
			area->count = 0;
		if (keyval_is(text, "range") && !keyval_read(&kv, text))
			return wrong(why, size, i, "not a range of stage 2");
		if (is_of(&kv, text, "range", "area", name) && !add_range(area, &kv))
			return wrong(why, size, i, "not a range of stage 2, or not in order");
		if (!is_of(&kv, text, "total", "area", name))
			continue;
		if (!stage2_text_read_total(&kv, &total))
			return wrong(why, size, i, "not the totals by memory type");
		area->left_out = total.left_out;
		memcpy(area->bytes, total.bytes, sizeof(area->bytes));
		if (total.ranges != area->count + total.left_out)
			return wrong(why, size, i, "ranges are missing before it");
		if (!find_bounds(area, results))
			return wrong(why, size, i, "where this area lies is nowhere in the log");
		if (!sums_agree(area))
			return wrong(why, size, i, "not the totals of the ranges before it");
		return true;
	}
	snprintf(why, size, "there is no stage-2 dump of %s in it", name);
	return false;
}

void stage2_log_free(struct stage2_area *area)
{
	free(area->ranges);
	area->ranges = NULL;
	area->count = 0;
}
