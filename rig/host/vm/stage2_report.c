// SPDX-License-Identifier: GPL-2.0-only
#include "ktap.h"
#include "stage2_report.h"

#define MAX_RANGES_SHOWN 1024

/**
 * struct tally - what is mapped of an area
 * @bytes: by memory type
 * @mapped: all of them
 * @largest: block
 * @ranges: how many
 */
struct tally {
	u64 bytes[S2_OTHER + 1];
	u64 mapped;
	u64 largest;
	unsigned int ranges;
};

static void count_range(struct tally *tally, const struct s2_range *r,
			const struct stage2_area *area)
{
	u64 at = area->by_pa ? r->pa : r->ipa;

	if (at < area->start || at >= area->end)
		return;
	tally->bytes[r->type] += r->len;
	tally->mapped += r->len;
	tally->largest = r->block > tally->largest ? r->block : tally->largest;
	if (tally->ranges++ >= MAX_RANGES_SHOWN)
		return;
	ktap_note("stage2: IPA %#llx PA %#llx len %#llx block %#llx MemAttr %#x S2AP %u XN %u %s",
		  r->ipa, r->pa, r->len, r->block, r->memattr, r->s2ap, r->xn,
		  s2_type_name(r->type));
}

static const char *tally_type(const struct guest *guest,
			      const struct tally *tally)
{
	for (int type = 0; type <= S2_OTHER; type++) {
		if (tally->mapped && tally->bytes[type] == tally->mapped)
			return s2_type_name(type);
	}
	if (tally->mapped)
		return "several";
	return guest->ended == GUEST_NEVER_RAN ? NEVER_RAN : "none";
}

void stage2_report(const struct guest *guest, const struct stage2_area *area)
{
	struct tally tally = { 0 };
	struct s2_dump dump;
	unsigned int line;
	char why[160];
	bool ok;

	if (!s2_read(guest->vmm.cpu, &dump, why, sizeof(why))) {
		ktap_fact(RESULTS_LOG, ktap_note("stage2: %s", why),
			  area->memtype, "unknown");
		ktap_result(false, area->result, "%s", why);
		return;
	}
	ktap_note("stage2: VTTBR_EL2 %#llx VTCR_EL2 %#llx FWB %u",
		  dump.vttbr, dump.vtcr, dump.fwb);
	for (size_t i = 0; i < dump.count; i++)
		count_range(&tally, &dump.ranges[i], area);
	s2_free(&dump);

	ktap_note("stage2: %u ranges of %s, %u not shown", tally.ranges, area->name,
		  tally.ranges > MAX_RANGES_SHOWN ?
		  tally.ranges - MAX_RANGES_SHOWN : 0);
	line = ktap_note("stage2: KiB: Normal-WB %llu, Normal-NC %llu, Device %llu, other %llu",
			 tally.bytes[S2_NORMAL_WB] >> 10,
			 tally.bytes[S2_NORMAL_NC] >> 10,
			 tally.bytes[S2_DEVICE] >> 10,
			 tally.bytes[S2_OTHER] >> 10);
	ktap_fact(RESULTS_LOG, line, area->memtype, "%s",
		  tally_type(guest, &tally));
	if (area->block)
		ktap_fact(RESULTS_LOG, line, area->block, "%llu", tally.largest);
	ok = tally.mapped && tally.bytes[area->want] == tally.mapped;
	ktap_result(ok, area->result, "%s", tally_type(guest, &tally));
}
