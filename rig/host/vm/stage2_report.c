// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "ktap.h"
#include "stage2_report.h"
#include "stage2_text.h"
#include "text.h"

#define MAX_RANGES_SHOWN 1024

/**
 * struct tally - what is mapped of an area
 * @total: for the log
 * @mapped: bytes of all types
 * @largest: block
 * @sizes: a bit for each size of an entry: its number of bytes
 */
struct tally {
	struct stage2_text_total total;
	u64 mapped;
	u64 largest;
	u64 sizes;
};

static void count_range(struct tally *tally, const struct s2_range *r,
			const struct stage2_area *area)
{
	u64 at = area->by_pa ? r->pa : r->ipa;
	struct keyval_line line;

	if (at < area->start || at >= area->end)
		return;
	tally->total.bytes[r->type] += r->len;
	tally->mapped += r->len;
	tally->sizes |= r->block;
	tally->largest = r->block > tally->largest ? r->block : tally->largest;
	if (tally->total.ranges++ >= MAX_RANGES_SHOWN) {
		tally->total.left_out++;
		return;
	}
	stage2_text_range(&line, area->name, r);
	ktap_note("%s", line.text);
}

static const char *tally_type(const struct guest *guest,
			      const struct tally *tally)
{
	for (int type = 0; type <= S2_OTHER; type++) {
		if (tally->mapped && tally->total.bytes[type] == tally->mapped)
			return s2_type_name(type);
	}
	if (tally->mapped)
		return "several";
	return guest->ended == GUEST_NEVER_RAN ? FACT_NEVER_RAN : "none";
}

/* As "2 MiB, 4 KiB". */
static void sizes_in_words(char *words, size_t room, u64 sizes)
{
	size_t len = 0;

	words[0] = '\0';
	for (u64 size = 1ULL << 63; size; size >>= 1) {
		if (!(sizes & size) || len >= room)
			continue;
		if (len)
			len += snprintf(words + len, room - len, ", ");
		text_bytes(words + len, room - len, size);
		len += strlen(words + len);
	}
}

static bool read_or_note(const struct guest *guest, struct s2_dump *dump)
{
	char why[160];

	if (s2_read(guest->vmm.cpu, dump, why, sizeof(why)))
		return true;
	ktap_note("stage 2: %s", why);
	return false;
}

u64 stage2_entries(const struct guest *guest, u64 start, u64 end, u64 largest)
{
	struct s2_dump dump;
	u64 count = 0;

	if (!read_or_note(guest, &dump))
		return 0;
	for (size_t i = 0; i < dump.count; i++)
		if (dump.ranges[i].ipa >= start && dump.ranges[i].ipa < end &&
		    dump.ranges[i].block <= largest)
			count += dump.ranges[i].len / dump.ranges[i].block;
	s2_free(&dump);
	return count;
}

u64 stage2_largest(const struct guest *guest, u64 start, u64 end)
{
	struct s2_dump dump;
	u64 largest = 0;

	if (!read_or_note(guest, &dump))
		return 0;
	for (size_t i = 0; i < dump.count; i++) {
		const struct s2_range *r = &dump.ranges[i];

		if (r->ipa >= start && r->ipa < end && r->block > largest)
			largest = r->block;
	}
	s2_free(&dump);
	return largest;
}

void stage2_report_bounds(const struct stage2_area *area)
{
	struct stage2_text_area bounds = {
		.by_pa = area->by_pa,
		.start = area->start,
		.len = area->end - area->start,
	};
	struct keyval_line line;

	stage2_text_area(&line, area->name, &bounds);
	ktap_note("%s", line.text);
}

void stage2_report(const struct guest *guest, const struct stage2_area *area)
{
	struct tally tally = { 0 };
	struct keyval_line text;
	struct s2_dump dump;
	unsigned int line;
	char why[160], words[64];
	bool ok;

	if (!s2_read(guest->vmm.cpu, &dump, why, sizeof(why))) {
		ktap_fact(RESULTS_LOG, ktap_note("stage 2: %s", why),
			  area->memtype, "unknown");
		ktap_result(false, area->result, "%s", why);
		return;
	}
	stage2_text_dump(&text, area->name, &dump);
	ktap_note("%s", text.text);
	for (size_t i = 0; i < dump.count; i++)
		count_range(&tally, &dump.ranges[i], area);
	s2_free(&dump);

	stage2_text_total(&text, area->name, &tally.total);
	line = ktap_note("%s", text.text);
	ktap_fact(RESULTS_LOG, line, area->memtype, "%s",
		  tally_type(guest, &tally));
	if (area->block)
		ktap_fact(RESULTS_LOG, line, area->block, "%llu", tally.largest);
	if (area->sizes) {
		sizes_in_words(words, sizeof(words), tally.sizes);
		ktap_fact(RESULTS_LOG, line, area->sizes, "%s", words);
	}
	ok = tally.mapped && tally.total.bytes[area->want] == tally.mapped;
	ktap_result(ok, area->result, "%s", tally_type(guest, &tally));
}

void stage2_report_faults(const char *area, u64 ipa, u64 len, u64 count, u64 lost)
{
	struct keyval_line line;

	keyval_begin(&line, "faults");
	keyval_add(&line, "area", "%s", area);
	keyval_add(&line, "ipa", "%#llx", ipa);
	keyval_add(&line, "len", "%#llx", len);
	keyval_add(&line, "events", "%llu", count);
	keyval_add(&line, "lost", "%llu", lost);
	ktap_fact(RESULTS_LOG, ktap_note("%s", line.text), "stage2_faults", "%llu",
		  count);
	ktap_result(count && !lost, "stage2_faults", "%llu, %llu lost", count, lost);
}
