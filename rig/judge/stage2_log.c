// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stage2_log.h"

static const char * const names[STAGE2_TYPES] = {
	[S2_DEVICE] = "Device",
	[S2_NORMAL_NC] = "Normal-NC",
	[S2_NORMAL_WB] = "Normal-WB",
	[S2_OTHER] = "other",
};

static bool wrong(char *why, size_t size, size_t line, const char *what)
{
	snprintf(why, size, "line %zu: %s", line + 1, what);
	return false;
}

static bool add_range(struct stage2_area *area, const char *text)
{
	struct s2_range r = { .type = STAGE2_TYPES };
	char name[16];
	int end = 0;

	if (sscanf(text,
		   "# stage2: IPA %llx PA %llx len %llx block %llx MemAttr %x S2AP %u XN %u %15s%n",
		   &r.ipa, &r.pa, &r.len, &r.block, &r.memattr, &r.s2ap, &r.xn,
		   name, &end) != 8 || text[end])
		return false;
	for (int type = 0; type < STAGE2_TYPES; type++) {
		if (!strcmp(name, names[type]))
			r.type = type;
	}
	if (r.type == STAGE2_TYPES || !r.len || !r.block || r.block & (r.block - 1) ||
	    (r.ipa | r.pa | r.len) & (r.block - 1))
		return false;
	if (area->count && area->ranges[area->count - 1].ipa +
	    area->ranges[area->count - 1].len > r.ipa)
		return false;
	area->ranges = realloc(area->ranges,
			       (area->count + 1) * sizeof(r));
	if (!area->ranges)
		abort();
	area->ranges[area->count++] = r;
	return true;
}

/* Where the area is: by IPA in scene ram; by PA for regions of a device. */
static bool find_bounds(struct stage2_area *area, const struct text *log)
{
	u64 start, end, pa[4];
	unsigned int nr;

	for (size_t i = 0; i < log->count; i++) {
		const char *at = strstr(log->lines[i], "IPA in [");

		if (sscanf(log->lines[i],
			   "# gpu: PA of region 4 [%llx, %llx), of region 2 [%llx, %llx)",
			   &pa[0], &pa[1], &pa[2], &pa[3]) == 4 &&
		    sscanf(area->name, "region %u", &nr) == 1) {
			start = pa[nr == 2 ? 2 : 0];
			area->len = pa[nr == 2 ? 3 : 1] - start;
			area->known = area->count;
			if (area->known)
				area->start = area->ranges[0].ipa -
					       (area->ranges[0].pa - start);
			return area->len;
		}
		if (text_starts(log->lines[i], "# trace: ") && at &&
		    sscanf(at, "IPA in [%llx, %llx)", &start, &end) == 2 &&
		    !strcmp(area->name, "guest RAM")) {
			area->start = start;
			area->len = end - start;
			area->known = true;
			return end > start;
		}
	}
	return false;
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

/* Return: the area's name in "# stage2: N ranges of NAME, M not shown". */
static const char *area_end(const char *text, unsigned int *all)
{
	int at = 0;

	if (sscanf(text, "# stage2: %u ranges of %n", all, &at) != 1 || !at)
		return NULL;
	return text + at;
}

bool stage2_log_read(struct stage2_area *area, const struct text *results,
		     const char *name, char *why, size_t size)
{
	const char *end;
	unsigned int all;
	u64 kib[STAGE2_TYPES];

	memset(area, 0, sizeof(*area));
	area->name = name;
	for (size_t i = 0; i < results->count; i++) {
		const char *text = results->lines[i];

		if (text_starts(text, "# stage2: VTTBR_EL2 "))
			area->count = 0;
		if (text_starts(text, "# stage2: IPA ") && !add_range(area, text))
			return wrong(why, size, i, "not a range of stage 2, or not in order");
		end = area_end(text, &all);
		if (!end || !text_starts(end, name))
			continue;
		end += strlen(name);
		if (*end && (sscanf(end, ", %u not shown", &area->left_out) != 1))
			return wrong(why, size, i, "not understood");
		if (all != area->count + area->left_out)
			return wrong(why, size, i, "ranges are missing before it");
		if (i + 1 == results->count ||
		    sscanf(results->lines[i + 1],
			   "# stage2: KiB: Normal-WB %llu, Normal-NC %llu, Device %llu, other %llu",
			   &kib[S2_NORMAL_WB], &kib[S2_NORMAL_NC],
			   &kib[S2_DEVICE], &kib[S2_OTHER]) != 4)
			return wrong(why, size, i + 1, "the totals by memory type should be here");
		for (int type = 0; type < STAGE2_TYPES; type++)
			area->bytes[type] = kib[type] << 10;
		if (!find_bounds(area, results))
			return wrong(why, size, i, "where this area lies is nowhere in the log");
		if (!sums_agree(area))
			return wrong(why, size, i + 1, "not the totals of the ranges before it");
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
