// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stage2_log.h"

static const char * const names[TYPES] = {
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

static bool add_range(struct space *space, const char *text)
{
	struct s2_range r = { .type = TYPES };
	char name[16];
	int end = 0;

	if (sscanf(text,
		   "# stage2: IPA %llx PA %llx len %llx block %llx MemAttr %x S2AP %u XN %u %15s%n",
		   &r.ipa, &r.pa, &r.len, &r.block, &r.memattr, &r.s2ap, &r.xn,
		   name, &end) != 8 || text[end])
		return false;
	for (int type = 0; type < TYPES; type++) {
		if (!strcmp(name, names[type]))
			r.type = type;
	}
	if (r.type == TYPES || !r.len || !r.block || r.block & (r.block - 1) ||
	    (r.ipa | r.pa | r.len) & (r.block - 1))
		return false;
	if (space->count && space->ranges[space->count - 1].ipa +
	    space->ranges[space->count - 1].len > r.ipa)
		return false;
	space->ranges = realloc(space->ranges,
				(space->count + 1) * sizeof(r));
	if (!space->ranges)
		abort();
	space->ranges[space->count++] = r;
	return true;
}

/* Where the area is: by IPA in scene ram; by PA for regions of a device. */
static bool find_bounds(struct space *space, const struct text *log)
{
	u64 start, end, pa[4];
	unsigned int nr;

	for (size_t i = 0; i < log->count; i++) {
		const char *at = strstr(log->lines[i], "IPA in [");

		if (sscanf(log->lines[i],
			   "# gpu: PA of region 4 [%llx, %llx), of region 2 [%llx, %llx)",
			   &pa[0], &pa[1], &pa[2], &pa[3]) == 4 &&
		    sscanf(space->name, "region %u", &nr) == 1) {
			start = pa[nr == 2 ? 2 : 0];
			space->len = pa[nr == 2 ? 3 : 1] - start;
			space->known = space->count;
			if (space->known)
				space->start = space->ranges[0].ipa -
					       (space->ranges[0].pa - start);
			return space->len;
		}
		if (text_starts(log->lines[i], "# trace: ") && at &&
		    sscanf(at, "IPA in [%llx, %llx)", &start, &end) == 2 &&
		    !strcmp(space->name, "guest RAM")) {
			space->start = start;
			space->len = end - start;
			space->known = true;
			return end > start;
		}
	}
	return false;
}

/* The log's totals are of all ranges, and these of those that it has. */
static bool sums_agree(const struct space *space)
{
	u64 sums[TYPES] = { 0 };

	for (size_t i = 0; i < space->count; i++) {
		const struct s2_range *r = &space->ranges[i];

		if (r->ipa < space->start || r->ipa - space->start >= space->len)
			return false;
		sums[r->type] += r->len;
	}
	for (int type = 0; type < TYPES; type++) {
		if (space->left_out ? sums[type] > space->bytes[type] :
				      sums[type] != space->bytes[type])
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

bool space_read(struct space *space, const struct text *results,
		const char *name, char *why, size_t size)
{
	const char *area;
	unsigned int all;
	u64 kib[TYPES];

	memset(space, 0, sizeof(*space));
	space->name = name;
	for (size_t i = 0; i < results->count; i++) {
		const char *text = results->lines[i];

		if (text_starts(text, "# stage2: VTTBR_EL2 "))
			space->count = 0;
		if (text_starts(text, "# stage2: IPA ") && !add_range(space, text))
			return wrong(why, size, i, "not a range of stage 2, or not in order");
		area = area_end(text, &all);
		if (!area || !text_starts(area, name))
			continue;
		area += strlen(name);
		if (*area && (sscanf(area, ", %u not shown", &space->left_out) != 1))
			return wrong(why, size, i, "not understood");
		if (all != space->count + space->left_out)
			return wrong(why, size, i, "ranges are missing before it");
		if (i + 1 == results->count ||
		    sscanf(results->lines[i + 1],
			   "# stage2: KiB: Normal-WB %llu, Normal-NC %llu, Device %llu, other %llu",
			   &kib[S2_NORMAL_WB], &kib[S2_NORMAL_NC],
			   &kib[S2_DEVICE], &kib[S2_OTHER]) != 4)
			return wrong(why, size, i + 1, "the totals by memory type should be here");
		for (int type = 0; type < TYPES; type++)
			space->bytes[type] = kib[type] << 10;
		if (!find_bounds(space, results))
			return wrong(why, size, i, "where this area lies is nowhere in the log");
		if (!sums_agree(space))
			return wrong(why, size, i + 1, "not the totals of the ranges before it");
		return true;
	}
	snprintf(why, size, "there is no stage-2 dump of %s in it", name);
	return false;
}

void space_free(struct space *space)
{
	free(space->ranges);
	space->ranges = NULL;
	space->count = 0;
}
