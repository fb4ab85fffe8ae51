// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's dump of a stage 2. */
#include <string.h>

#include "dump.h"
#include "tap.h"
#include "tool_test.h"

#define HEAD	"---[ Guest IPA ]---\n"
#define BLANKS	"     "
#define FREE	"0x0000000000000000-0x0000000040000000           1G 1\n"
#define RAM	"0x0000000040000000-0x0000000080000000           1G 1   R W   AF BLK NORMAL\n"
#define NC	"0x0000000080000000-0x0000000080200000           2M 2   R   X AF BLK NORMAL_NC\n"
#define BAR	"0x0000000080200000-0x0000000080201000           4K 3   R W X AF     DEVICE\n"
#define OWNED	"0x0000000080201000-0x0000000080202000           4K 3 F     X" BLANKS "\n"
#define STOCK	"0x0000000080202000-0x0000000080203000           4K 3   R W NX AF" BLANKS "\n"

static const struct {
	const char *what;
	const char *text;
	const char *why;
} refused[] = {
	{ "a line that is no range", HEAD "nonsense\n", "line 2: not a range" },
	{ "a range without 0x", "0-1000 4K 3\n", "not a range" },
	{ "a range that ends where it begins", "0x1000-0x1000 4K 3\n", "not a range" },
	{ "a range without a level", "0x0-0x1000 4K\n", "no level" },
	{ "a level that no page table has", "0x0-0x1000 4K 4\n", "no level" },
	{ "a range twice", RAM RAM, "line 2: a range that is not behind" },
};

void test_dump(void)
{
	const struct dump_range *r;
	struct dump dump;
	char why[128];

	tap(dump_read(HEAD FREE RAM NC BAR OWNED STOCK, &dump, why, sizeof(why)) &&
	    dump.count == 4 && dump.has_types, "dump: what is not mapped is left out");
	r = dump.ranges;
	tap(r->ipa == 0x40000000 && r->len == 0x40000000 && r->level == 1 &&
	    r->type == S2_NORMAL_WB && r->reads && r->writes && r->executes,
	    "dump: a range has its place, its type and its permissions");
	tap(r[1].type == S2_NORMAL_NC && r[1].reads && !r[1].writes && !r[1].executes &&
	    r[2].type == S2_DEVICE && r[2].level == 3, "dump: types are told apart");
	tap(r[3].type == S2_OTHER && !r[3].executes,
	    "dump: NX is what X is on 6.12: not executable");
	dump_free(&dump);
	tap(dump_read(HEAD STOCK, &dump, why, sizeof(why)) && dump.count == 1 && !dump.has_types,
	    "dump: a stock kernel's tells no types");
	dump_free(&dump);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		bool good = !dump_read(refused[i].text, &dump, why, sizeof(why));

		tap(good && strstr(why, refused[i].why), "dump: refused is %s", refused[i].what);
		if (!good)
			dump_free(&dump);
	}
}
