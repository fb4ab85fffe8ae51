// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "lib_test.h"
#include "stage2_text.h"
#include "tap.h"

static bool read_line(struct keyval *kv, const struct keyval_line *line)
{
	char text[KEYVAL_BYTES + 2];

	snprintf(text, sizeof(text), "# %s", line->text);
	tap_note("%s", text);
	return keyval_read(kv, text);
}

static void test_round_trips(void)
{
	struct stage2_text_area area = { true, 0x8000000000, 0xc0000000 }, area2;
	struct stage2_text_total total = { 1030, 6, { 4096, 0, 1 << 21, ~0ULL } }, total2;
	struct s2_range range = {
		0x40000000, 0x8040000000, 1 << 22, 1 << 21, 0xf, 3, 2, S2_NORMAL_WB,
	}, range2;
	struct keyval_line line;
	struct keyval kv;
	bool same;

	stage2_text_area(&line, "region4", &area);
	same = read_line(&kv, &line) && stage2_text_read_area(&kv, &area2) &&
	       area2.by_pa && area2.start == area.start && area2.len == area.len;
	area.by_pa = false;
	stage2_text_area(&line, "ram", &area);
	same = same && read_line(&kv, &line) && stage2_text_read_area(&kv, &area2) &&
	       !area2.by_pa && area2.start == area.start;
	tap(same, "stage2_text: an area is read again, by IPA and by PA");

	same = true;
	for (int type = 0; type < STAGE2_TYPES; type++) {
		range.type = type;
		stage2_text_range(&line, "ram", &range);
		same = same && read_line(&kv, &line) &&
		       stage2_text_read_range(&kv, &range2) &&
		       range2.ipa == range.ipa && range2.pa == range.pa &&
		       range2.len == range.len && range2.block == range.block &&
		       range2.memattr == range.memattr && range2.s2ap == range.s2ap &&
		       range2.xn == range.xn && range2.type == range.type;
	}
	tap(same, "stage2_text: a range of each memory type is read again");

	stage2_text_total(&line, "ram", &total);
	tap(read_line(&kv, &line) && stage2_text_read_total(&kv, &total2) &&
	    !memcmp(&total, &total2, sizeof(total)), "stage2_text: totals are read again");
}

#define RANGE "# range area=ram "
#define TOTAL "# total area=ram "
#define DEVICE " memattr=0xf s2ap=3 xn=0 type=Device"

static const struct {
	const char *what;
	const char *text;
} ranges[] = {
	{ "a length that is not of whole blocks",
	  RANGE "ipa=0x0 pa=0x0 len=0x3000 block=0x2000" DEVICE },
	{ "a block that is no power of two",
	  RANGE "ipa=0x0 pa=0x0 len=0x1000 block=0x3000" DEVICE },
	{ "an address that is not of a block",
	  RANGE "ipa=0x1000 pa=0x0 len=0x2000 block=0x2000" DEVICE },
	{ "no length",
	  RANGE "ipa=0x0 pa=0x0 len=0x0 block=0x1000" DEVICE },
	{ "no block",
	  RANGE "ipa=0x0 pa=0x0 len=0x1000 block=0x0" DEVICE },
	{ "an end beyond the last address",
	  RANGE "ipa=0xfffffffffffff000 pa=0x0 len=0x2000 block=0x1000" DEVICE },
	{ "a memory type that nobody knows",
	  RANGE "ipa=0x0 pa=0x0 len=0x1000 block=0x1000 memattr=0xf s2ap=3 xn=0 type=Normal-XX" },
	{ "a missing key",
	  RANGE "ipa=0x0 pa=0x0 len=0x1000" DEVICE },
	{ "attributes that do not fit",
	  RANGE "ipa=0x0 pa=0x0 len=0x1000 block=0x1000 memattr=0x10 s2ap=3 xn=0 type=Device" },
};

static void test_refused(void)
{
	struct stage2_text_total total;
	struct stage2_text_area area;
	struct s2_range range;
	struct keyval kv;

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		tap(keyval_read(&kv, ranges[i].text) &&
		    !stage2_text_read_range(&kv, &range),
		    "stage2_text: refused is a range with %s", ranges[i].what);
	tap(keyval_read(&kv,
			TOTAL "ranges=1 left_out=2 Device=0 Normal-NC=0 Normal-WB=0 other=0") &&
	    !stage2_text_read_total(&kv, &total),
	    "stage2_text: refused are totals with more left out than there are");
	tap(keyval_read(&kv, TOTAL "ranges=1 left_out=0 Device=0 Normal-NC=0 other=0") &&
	    !stage2_text_read_total(&kv, &total),
	    "stage2_text: refused are totals without a memory type");
	tap(keyval_read(&kv, "# area name=ram len=0x1000") &&
	    !stage2_text_read_area(&kv, &area) &&
	    keyval_read(&kv, "# area name=ram ipa=0x1000 len=0x0") &&
	    !stage2_text_read_area(&kv, &area),
	    "stage2_text: refused is an area without an address, or without a length");
}

void test_stage2_text(void)
{
	test_round_trips();
	test_refused();
}
