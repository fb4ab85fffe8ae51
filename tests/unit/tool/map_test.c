// SPDX-License-Identifier: GPL-2.0-only
/* The map of a VM's stage 2, and its picture. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "commands.h"
#include "fixture.h"
#include "map.h"
#include "map_picture.h"
#include "tap.h"
#include "text.h"
#include "tool_test.h"

#define PAGE		4096ULL
#define MANY		10000
#define MOST_BYTES	BIT_ULL(20)
#define LARGE		((256 << 20) + 1)
#define VM_DIR		"/sys/kernel/debug/kvm/4207-12/"
/* The files of a VM that are opened before the dump: statistics, memslots, the directory. */
#define OPENS		19

static struct view view = { .vm = { .name = "1-2", .process_name = "<a&b>" } };
static struct dump dump;
static struct map map;

static void begin(const char *slots, const char *ranges)
{
	char why[128];

	if (!memslots_read(slots, &view.memslots, why, sizeof(why)) ||
	    !dump_read(ranges, &dump, why, sizeof(why)))
		abort();
	map_make(&map, &view, &dump, PAGE);
}

static void end(void)
{
	map_free(&map);
	dump_free(&dump);
	memslots_free(&view.memslots);
}

static bool is_range(const struct map_part *part, size_t i, u64 ipa, u64 len)
{
	return i < part->count && part->ranges[i].ipa == ipa && part->ranges[i].len == len;
}

#define SLOT_1	"slot as=0 id=1 ipa=0x1000 size=0x2000 hva=0x10000 flags=none\n"
#define SLOT_2	"slot as=0 id=2 ipa=0x3000 size=0x2000 hva=0x20000 flags=none\n"
#define SLOT_3	"slot as=1 id=3 ipa=0x3000 size=0x2000 hva=0x30000 flags=none\n"

static void test_cut(void)
{
	begin(SLOT_1 SLOT_2, "0x0-0x6000 24K 3 R W NORMAL\n");
	tap(map.count == 2 && is_range(&map.parts[0], 0, 0x1000, 0x2000) &&
	    is_range(&map.parts[1], 0, 0x3000, 0x2000),
	    "map: a range that several memslots have is cut");
	tap(map.parts[2].count == 2 && is_range(&map.parts[2], 0, 0, 0x1000) &&
	    is_range(&map.parts[2], 1, 0x5000, 0x1000) && !map.parts[2].slot,
	    "map: what no memslot has is told behind them");
	tap(map.parts[0].mapped == 0x2000 && map.parts[0].sums[S2_NORMAL_WB][3] == 0x2000 &&
	    map_share(&map.parts[0]) == 100, "map: a memslot has its sums");
	end();
	begin(SLOT_1 SLOT_2 SLOT_3, "0x4000-0x5000 4K 3 R W NORMAL\n");
	tap(map.count == 2 && !map.parts[0].count && map.parts[1].mapped == 0x1000,
	    "map: another address space than the first has no stage 2");
	end();
	begin(SLOT_1, "");
	tap(map.count == 1 && !map.parts[0].count && !map_share(&map.parts[0]),
	    "map: a VM may have nothing mapped");
	end();
}

static void test_alike(void)
{
	begin("slot as=0 id=1 ipa=0x0 size=0x10000 hva=0x10000 flags=none\n",
	      "0x0-0x1000 4K 3 R W AF NORMAL\n0x1000-0x2000 4K 3 R W NORMAL\n"
	      "0x2000-0x3000 4K 3 R NORMAL\n0x3000-0x4000 4K 3 R X NORMAL\n"
	      "0x4000-0x5000 4K 3 X NORMAL\n0x5000-0x6000 4K 2 X NORMAL\n"
	      "0x6000-0x7000 4K 2 X DEVICE\n0x8000-0x9000 4K 2 X DEVICE\n");
	tap(is_range(&map.parts[0], 0, 0, 0x2000),
	    "map: ranges that continue each other and are alike are one");
	tap(map.parts[0].count == 7 && is_range(&map.parts[0], 6, 0x8000, 0x1000),
	    "map: one with another permission, level or type, or behind a hole, is another");
	end();
}

static char *draw(void)
{
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	map_picture_draw(&map, "6.12.0-<x>", f);
	fclose(f);
	return text;
}

/* As many memslots of as many pages, of which each four are unlike the next. */
static void begin_many(unsigned int slots, unsigned int pages)
{
	static const char * const types[] = { "NORMAL", "NORMAL_NC", "DEVICE", "AF" };
	char *slot_text, *dump_text;
	size_t size;
	FILE *s = open_memstream(&slot_text, &size), *d = open_memstream(&dump_text, &size);

	if (!s || !d)
		abort();
	for (unsigned int i = 0; i < slots; i++) {
		u64 bytes = (pages + i) * PAGE, ipa = i * BIT_ULL(40);

		fprintf(s, "slot as=0 id=%u ipa=%#llx size=%#llx hva=%#llx flags=none\n", i, ipa,
			bytes, BIT_ULL(50));
		for (unsigned int page = 0; page < pages; page++) {
			u64 at = ipa + page * PAGE;

			fprintf(d, "0x%llx-0x%llx 4K 3 R W %s\n", at, at + PAGE,
				types[page % (page / 4 % 2 ? 3 : 4)]);
		}
	}
	fclose(s);
	fclose(d);
	begin(slot_text, dump_text);
	free(slot_text);
	free(dump_text);
}

static void test_picture(void)
{
	clock_t start;
	char *text;

	begin(SLOT_1 SLOT_2, "0x1000-0x2000 4K 3 R W NORMAL\n0x3000-0x5000 8K 3 R W NC\n");
	text = draw();
	tap(strstr(text, "<title id=\"title\">How stage 2 maps the memory of VM 1-2</title>") &&
	    strstr(text, "process &lt;a&amp;b&gt;, Linux 6.12.0-&lt;x&gt;<") &&
	    !strstr(text, "Incomplete") && strstr(text, "<g id=\"memslot-2\">"),
	    "picture: it names the VM, its process, the kernel and the memslots");
	tap(strstr(text, ">Normal-WB: 1 page of 4 KiB<") && strstr(text, ">50.0 % mapped<") &&
	    strstr(text, ">8 KiB at 0x1000<") && strstr(text, ">not mapped<"),
	    "picture: a memslot is drawn with its sums");
	tap(!strstr(text, "never ran") && strstr(text, ">other<"),
	    "picture: its legend has what it needs, and nothing else");
	free(text);
	end();
	begin_many(1, MANY);
	start = clock();
	text = draw();
	tap(clock() - start < CLOCKS_PER_SEC && strlen(text) < MOST_BYTES,
	    "picture: 10,000 ranges take less than 1 s and 1 MiB");
	free(text);
	end();
	begin_many(MAP_PICTURE_SLOTS + 3, MANY / 20);
	text = draw();
	tap(strlen(text) < MOST_BYTES,
	    "picture: many memslots of many ranges take less than 1 MiB");
	tap_note("%zu bytes", strlen(text));
	tap(strstr(text, "Incomplete: the 3 smallest memslots are not drawn.") &&
	    !strstr(text, "<g id=\"memslot-2\">") && strstr(text, "<g id=\"memslot-3\">"),
	    "picture: memslots that are too many are told");
	free(text);
	end();
}

static int run(const char *dir, const char *name)
{
	char root_option[64], *argv[] = { "cohmem map", root_option, (char *)name, NULL };

	snprintf(root_option, sizeof(root_option), "--root=%s", dir);
	return map_command(3, argv);
}

/* A VM that ends at each of its files: nothing is printed, and the exit status says so. */
static void test_ended(void)
{
	unsigned int good = 0;

	for (unsigned int opens = 0; opens <= OPENS + 1; opens++) {
		const char *dir = fixture_begin("vms.root");

		fixture_vanish(VM_DIR, opens);
		good += run(dir, "4207-12") == COMMANDS_NO_VM;
	}
	tap(good == OPENS + 2, "map: a VM that ends meanwhile is told, whenever it does");
	fixture_begin("vms.root");
	fixture_put(VM_DIR "stage2_page_tables", "-> nothing");
	tap(run(fixture_dir(), "4207-12") == COMMANDS_NO_VM,
	    "map: a VM has ended if its dump is there and cannot be opened");
}

static bool lacks(const char *what, const char *remedy)
{
	struct view_lack lack;
	struct root root;
	struct vms_vm vm;
	bool good;

	vms_read_name("4207-12", &vm);
	if (!root_open(&root, fixture_dir()))
		abort();
	good = !view_walk(&root, &vm, &dump, &lack) && strstr(lack.what, what) &&
	       strstr(lack.remedy, remedy);
	root_close(&root);
	return good;
}

static void test_no_dump(void)
{
	char path[128];

	fixture_begin("vms.root");
	fixture_put(VM_DIR "stage2_page_tables", NULL);
	tap(lacks("this kernel has no " VM_DIR "stage2_page_tables",
		  "CONFIG_PTDUMP_STAGE2_DEBUGFS"),
	    "map: a kernel without the dump is told which option it lacks");
	fixture_put(VM_DIR "stage2_page_tables", "nonsense\n");
	tap(lacks("stage2_page_tables, line 1: not a range", "came with the kernel"),
	    "map: a dump that cannot be read is told");
	fixture_put(VM_DIR "stage2_page_tables", "0x1000-0x2000 4K 3 R W\n");
	tap(lacks("stage2_page_tables tells no memory types", "cohmem's series"),
	    "map: a dump without memory types is told");
	fixture_put(VM_DIR "stage2_page_tables", "");
	snprintf(path, sizeof(path), "%s" VM_DIR "stage2_page_tables", fixture_dir());
	tap(!truncate(path, LARGE) && lacks("stage2_page_tables is larger than 256 MiB", "logged"),
	    "map: a dump that is too large is told");
	fixture_put(VM_DIR "stage2_page_tables", FIXTURE_DENIED);
	tap(lacks("stage2_page_tables", geteuid() ? "root" : "lockdown"),
	    "map: a dump that nobody may open is told");
	fixture_end();
}

void test_map(void)
{
	test_cut();
	test_alike();
	test_picture();
	test_ended();
	test_no_dump();
}
