// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is the picture the one that the logs give, and is there none if they are damaged?
 *
 *   picture_test PATH-OF-PICTURE
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "logs.h"
#include "picture.h"
#include "stage2_text.h"
#include "tap.h"

#define KIB 1024ULL
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define BARS 0x8000000000ULL
#define GUEST_BARS (BARS + 4 * GIB)

static char svg[128];
static char why[1024];

/* So many blocks in one range. */
struct blocks {
	u64 count;
	u64 ipa;
	u64 pa;
	u64 block;
	enum s2_type type;
};

static void add_line(const char *file, const struct keyval_line *line)
{
	logs_add(file, "# %s\n", line->text);
}

static void add_area(const char *file, const char *name, bool by_pa, u64 start, u64 len)
{
	struct stage2_text_area area = { by_pa, start, len };
	struct keyval_line line;

	stage2_text_area(&line, name, &area);
	add_line(file, &line);
}

/* A dump of which some ranges, pages of Device memory, are not shown. */
static void add_dump(const char *file, const char *area, u64 left_out,
		     const struct blocks *blocks, size_t count)
{
	struct stage2_text_total total = {
		.ranges = count + left_out,
		.left_out = left_out,
		.bytes = { [S2_DEVICE] = left_out * 4 * KIB },
	};
	struct s2_dump dump = { .vttbr = 1, .vtcr = 2, .fwb = 1 };
	struct keyval_line line;

	stage2_text_dump(&line, area, &dump);
	add_line(file, &line);
	for (size_t i = 0; i < count; i++) {
		struct s2_range range = {
			.ipa = blocks[i].ipa,
			.pa = blocks[i].pa,
			.len = blocks[i].count * blocks[i].block,
			.block = blocks[i].block,
			.memattr = 6,
			.s2ap = 3,
			.type = blocks[i].type,
		};

		stage2_text_range(&line, area, &range);
		add_line(file, &line);
		total.bytes[range.type] += range.len;
	}
	stage2_text_total(&line, area, &total);
	add_line(file, &line);
}

#define RAM_STOCK "ram-stock/results.log"
#define RAM_COHMEM "ram-cohmem/results.log"
#define GPU_STOCK "gpu-stock/results.log"
#define GPU_COHMEM "gpu-cohmem/results.log"

/* What stands in the log of a run before its dumps. */
static void begin_run(const char *scene, const char *kernel, const char *outcome,
		      unsigned int faults, const char *reason)
{
	char file[64];

	snprintf(file, sizeof(file), "%s-%s/verdict", scene, kernel);
	logs_add(file, "outcome: %s\n", outcome);
	snprintf(file, sizeof(file), "%s-%s/results.log", scene, kernel);
	logs_add(file, "KTAP version 1\n");
	logs_add(file, "# fact release=6.12.0-%s from=results.log:1\n", kernel);
	logs_add(file, "# fact page_size=4096 from=results.log:1\n");
	logs_add(file, "# fact stage2_faults=%u from=results.log:1\n", faults);
	logs_add(file, "# fact reason=\"%s\" from=results.log:1\n", reason);
	if (!strcmp(scene, "ram")) {
		add_area(file, "ram", false, GIB, 128 * MIB);
		return;
	}
	add_area(file, "region4", true, BARS, GIB);
	add_area(file, "region2", true, BARS + GIB, GIB);
}

/* A picture's worth of logs, and a picture of an earlier run. */
static void good(void)
{
	static const struct blocks ram[] = {
		{ 64, GIB, GUEST_BARS, 2 * MIB, S2_NORMAL_WB },
	};
	static const struct blocks device[] = {
		{ 3, GUEST_BARS, BARS, 4 * KIB, S2_DEVICE },
		{ 1, GUEST_BARS + 512 * MIB, BARS + 512 * MIB, 4 * KIB, S2_DEVICE },
	};
	static const struct blocks whole[] = {
		{ 1, GUEST_BARS, BARS, GIB, S2_NORMAL_WB },
	};
	static const struct blocks uncached[] = {
		{ 5, BARS + 8 * GIB, BARS + GIB, 4 * KIB, S2_NORMAL_NC },
	};

	logs_begin();
	snprintf(svg, sizeof(svg), "%s", logs_path("demo.svg"));
	logs_add("demo.svg", "old\n");
	begin_run("ram", "stock", "fail", 1, "it <never> ran & so on");
	logs_add(RAM_STOCK, "# fact executes=\"never ran\" from=results.log:1\n");
	add_dump(RAM_STOCK, "ram", 0, NULL, 0);
	begin_run("ram", "cohmem", "pass", 1234, "every check passed");
	add_dump(RAM_COHMEM, "ram", 0, ram, ARRAY_SIZE(ram));
	begin_run("gpu", "stock", "fail", 7, "a check failed");
	add_dump(GPU_STOCK, "region4", 0, device, ARRAY_SIZE(device));
	add_dump(GPU_STOCK, "region2", 0, NULL, 0);
	begin_run("gpu", "cohmem", "pass", 1, "every check passed");
	add_dump(GPU_COHMEM, "region4", 0, whole, ARRAY_SIZE(whole));
	add_dump(GPU_COHMEM, "region2", 0, uncached, ARRAY_SIZE(uncached));
}

static bool draw(void)
{
	return picture_make(svg, "grace", logs_path(""), why, sizeof(why));
}

/*
 * Whether it is well-formed XML, of the plain kind that one program writes: tags nest,
 * in quotes stand no signs of tags, and & begins one of the entities.
 */
static bool is_well_formed(const char *text)
{
	static const char * const entities[] = { "&amp;", "&lt;", "&gt;", "&quot;" };
	char open[32][16], name[16];
	unsigned int depth = 0, tops = 0;
	bool in_tag = false, quoted = false;

	for (const char *c = text; *c; c++) {
		bool known = false;

		for (size_t i = 0; *c == '&' && i < ARRAY_SIZE(entities); i++)
			known |= text_starts(c, entities[i]);
		if (*c == '&' && !known)
			return false;
		if (*c == '"' && in_tag) {
			quoted = !quoted;
		} else if (*c == '<') {
			if (in_tag || sscanf(c, c[1] == '/' ? "</%15[a-z]" : "<%15[a-z]",
					     name) != 1)
				return false;
			in_tag = true;
			if (c[1] == '/' && (!depth || strcmp(open[--depth], name) ||
					    c[2 + strlen(name)] != '>'))
				return false;
			if (c[1] == '/')
				continue;
			if (depth == ARRAY_SIZE(open) || (!depth && tops++))
				return false;
			memcpy(open[depth++], name, sizeof(name));
		} else if (*c == '>') {
			if (!in_tag || quoted)
				return false;
			in_tag = false;
			depth -= c[-1] == '/';
		}
	}
	return !in_tag && !depth && tops == 1;
}

/* What is drawn of a run, "SCENE-KERNEL"; to be freed. */
static char *part_of(const char *run)
{
	char *all = logs_content(svg), start[64], *at, *part;

	snprintf(start, sizeof(start), "<g id=\"%s\">", run);
	at = strstr(all, start);
	part = at ? strndup(at, strstr(at, "</g>") - at) : strdup("");
	free(all);
	return part;
}

static unsigned int count(const char *run, const char *text)
{
	char *part = part_of(run);
	unsigned int found = 0;

	for (const char *at = part; (at = strstr(at, text)); at += strlen(text))
		found++;
	free(part);
	return found;
}

static bool says(const char *run, const char *text)
{
	char line[128];

	snprintf(line, sizeof(line), ">%s</text>", text);
	return count(run, line);
}

/* Whether there is a rectangle of the strip in that colour, there. */
static bool coloured(const char *run, const char *class, int x, int width)
{
	char rect[128], *part = part_of(run);
	int y, end = 0;
	bool found = false;

	snprintf(rect, sizeof(rect), "<rect class=\"%s\" x=\"%d\" y=\"", class, x);
	for (const char *at = part; (at = strstr(at, rect)); at++) {
		char rest[64];

		snprintf(rest, sizeof(rest), "%%d\" width=\"%d\" height=\"50\"/>%%n", width);
		end = 0;
		found |= sscanf(at + strlen(rect), rest, &y, &end) == 1 && end;
	}
	free(part);
	return found;
}

static bool svg_has(const char *text)
{
	char *all = logs_content(svg);
	bool found = strstr(all, text);

	free(all);
	return found;
}

static void test_well_formed(void)
{
	char *all = logs_content(svg), *bad;

	tap(is_well_formed(all), "the picture is well-formed XML");
	bad = logs_replace(all, "</g>", "");
	tap(!is_well_formed(bad), "XML with a tag that is left open is not well-formed");
	free(bad);
	bad = logs_replace(all, "&amp;", "&");
	tap(!is_well_formed(bad), "XML with a bare ampersand is not well-formed");
	free(bad);
	free(all);
}

static void test_picture(void)
{
	good();
	tap(draw() && !svg_has("old"), "a picture is drawn from good logs");
	test_well_formed();
	tap(svg_has(".wb{fill:#0072b2}"), "Normal-WB has its colour");
	tap(svg_has(".nc{fill:#f0c419}"), "Normal-NC has its colour");
	tap(svg_has(".dev{fill:#d55e00}"), "Device has its colour");
	tap(coloured("ram-stock", "never", 168, 768),
	    "nothing is coloured of a guest that never ran");
	tap(says("ram-stock", "never ran, nothing mapped"),
	    "a guest that never ran is said to have never run");
	tap(says("ram-stock", "it &lt;never&gt; ran &amp; so on"), "the reason is escaped");
	tap(coloured("ram-cohmem", "wb", 168, 768), "RAM is Normal-WB throughout on cohmem");
	tap(says("ram-cohmem", "Normal-WB: 64 blocks of 2 MiB"), "blocks are counted");
	tap(says("ram-cohmem", "Normal-WB, 2 MiB blocks"), "blocks are labelled");
	tap(count("ram-cohmem", "v50") == 63, "a line is drawn between each two blocks");
	tap(says("ram-cohmem", "1,234"), "faults are told");
	tap(coloured("gpu-stock", "dev", 168, 4), "a Device page colours the start of region 4");
	tap(coloured("gpu-stock", "dev", 168 + 256, 4),
	    "a Device page colours the middle of region 4");
	tap(!count("gpu-stock", "class=\"wb\""), "nothing of region 4 is Normal-WB on stock");
	tap(says("gpu-stock", "Device: 4 pages of 4 KiB"), "pages are counted");
	tap(says("gpu-stock", "not mapped"), "what is not mapped is labelled");
	tap(says("gpu-cohmem", "Normal-WB, 1 GiB block"), "region 4 is one block on cohmem");
	tap(says("gpu-cohmem", "0x8100000000"), "region 4 has the address of the guest");
	tap(coloured("gpu-cohmem", "nc", 744, 3), "pages of region 2 are Normal-NC");
	tap(says("gpu-stock", "address not known"),
	    "a region of which nothing is mapped has no address");
	tap(svg_has("stock: Linux 6.12.0-stock<"), "the kernels are named");
}

/* Pages of two types in turn, thousands of them, with holes. */
static void test_many_ranges(void)
{
	static struct blocks ranges[4000];
	char *all;

	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		ranges[i] = (struct blocks){
			1, GIB + i * 32 * KIB, BARS + i * 4 * KIB, 4 * KIB,
			i % 2 ? S2_NORMAL_WB : S2_DEVICE,
		};
	good();
	logs_remove("ram-cohmem");
	begin_run("ram", "cohmem", "fail", 4000, "many");
	add_dump(RAM_COHMEM, "ram", 12, ranges, ARRAY_SIZE(ranges));
	tap(draw(), "a picture is drawn of thousands of ranges");
	all = logs_content(svg);
	tap(is_well_formed(all), "a picture of thousands of ranges is well-formed XML");
	free(all);
	tap(count("ram-cohmem", "<rect") < 600 && count("ram-cohmem", "<rect"),
	    "a picture of thousands of ranges has few rectangles");
	tap(count("ram-cohmem", "height=\"25\"") >= 2,
	    "a column with two memory types shows both");
	tap(svg_has("Incomplete: scene ram, cohmem, guest RAM: 12 ranges"),
	    "ranges that are not in the log are told");
}

/* No picture, not even an old one, and a reason that has the text in it. */
static void refused(const char *name, const char *text)
{
	const char *last = strrchr(svg, '/') + 1;
	bool drawn = draw(), left;
	char begun[160];
	glob_t found;

	snprintf(begun, sizeof(begun), "%.*s.%s.*", (int)(last - svg), svg, last);
	left = !glob(begun, 0, NULL, &found);
	globfree(&found);
	tap_note("%s", drawn ? "drawn" : why);
	tap(!drawn && access(svg, F_OK) && !left && strstr(why, text),
	    "no picture is drawn of %s", name);
}

static void test_refused(void)
{
	good();
	logs_change(RAM_COHMEM, "Normal-WB=134217728", "Normal-WB=134213632");
	refused("totals that are not those of the ranges", "not the totals");
	good();
	logs_cut(RAM_COHMEM, "# range");
	refused("a log without its ranges", "ranges are missing");
	good();
	logs_change(GPU_COHMEM, "type=Normal-NC", "type=Normal-XX");
	refused("a memory type that nobody knows", "not a range");
	good();
	logs_change(GPU_COHMEM, "block=0x40000000", "block=0x40000001");
	refused("a block whose size is none", "not a range");
	good();
	logs_change(GPU_COHMEM, "# range area=region4 ipa", "# range area=\"region4 ipa");
	refused("a range that cannot be read", "not a range");
	good();
	logs_cut_from(GPU_COHMEM, "# total area=region2");
	refused("a log that ends too early",
		"gpu-cohmem/results.log: there is no stage-2 dump of region2");
	good();
	logs_cut(GPU_STOCK, "fact release");
	refused("a kernel without a name", "which kernel");
	good();
	logs_change(GPU_STOCK, "release=6.12.0", "release=6.12.1");
	refused("runs of different kernels", "different kernels");
	good();
	logs_remove("gpu-stock");
	begin_run("gpu", "stock", "fail", 7, "ended");
	add_dump(GPU_STOCK, "region4", 0, NULL, 0);
	add_dump(GPU_STOCK, "region2", 0, NULL, 0);
	refused("tables that were read too late", "VM was gone");
	good();
	logs_remove(GPU_STOCK);
	refused("a log that is missing", "gpu-stock/results.log is missing");
	good();
	logs_cut(RAM_STOCK, "# area");
	refused("an area that lies nowhere", "nowhere in the log");
	good();
	snprintf(svg, sizeof(svg), "%s", logs_path("none/demo.svg"));
	refused("logs whose picture cannot be written", "cannot write");
}

static void test_program(const char *program)
{
	char command[512], *out, *want;
	int status;

	logs_begin();
	snprintf(command, sizeof(command), "%s grace logs/demo %s", program,
		 logs_path("demo.svg"));
	status = logs_run(command, &out);
	tap(!status && !*out, "the program draws the picture of logs/demo, and exits with 0");
	free(out);
	out = logs_content(logs_path("demo.svg"));
	want = logs_content("logs/demo/demo.svg");
	tap(*want && !strcmp(out, want), "the picture of logs/demo is logs/demo/demo.svg");
	free(out);
	free(want);
	snprintf(command, sizeof(command), "%s grace logs/none %s", program,
		 logs_path("demo.svg"));
	status = logs_run(command, &out);
	tap(status == 2 && strstr(out, "logs/none/ram-stock/results.log is missing"),
	    "without logs the program exits with 2, and says which one is missing");
	free(out);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	test_picture();
	test_many_ranges();
	test_refused();
	test_program(argv[1]);
	logs_end();
	return tap_end();
}
