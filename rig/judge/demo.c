// SPDX-License-Identifier: GPL-2.0-only
/*
 * The demo's report: what the guest could do on the stock kernel and on
 * cohmem's, as a table of each scene for people and as JSON, from the logs of
 * the runs. Every value names the line of the log that it was read from.
 *
 *   demo [--tap] MACHINE DIR JSON-FILE
 *
 * The logs are in DIR/SCENE-KERNEL. Exit status 0 means: in each scene the
 * stock kernel failed as it was expected to, and cohmem's passed. Anything
 * else, a stock run that failed otherwise too, is a failure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "demo_runs.h"
#include "tap.h"

#define COLUMN 42

static void cell(const struct demo_run *run, const char *name, int width)
{
	struct fact fact = demo_run_fact(run, name);
	char value[300], text[400];

	snprintf(value, sizeof(value), "%s", *fact.value ? fact.value : "?");
	if (!strcmp(name, "largest_block") && *fact.value) {
		if (!strcmp(fact.value, "0"))
			snprintf(value, sizeof(value), "%s",
				 !strcmp(demo_run_fact(run, "executes").value,
					 FACT_NEVER_RAN) ? FACT_NEVER_RAN : "none");
		else
			text_bytes(value, sizeof(value),
				   strtoull(fact.value, NULL, 10));
	}
	if (!strcmp(name, "workload") && !strcmp(fact.value, "yes")) {
		fact = demo_run_fact(run, "bytes_verified");
		snprintf(value, sizeof(value), "%s bytes verified", fact.value);
	}
	snprintf(text, sizeof(text), "%s  [%s]", value,
		 *fact.source ? fact.source : "no line");
	printf("  %-*s", width, text);
}

static void print_table(int scene, const struct demo_run *runs)
{
	static const int width[KERNELS] = { COLUMN, 0 };
	const struct demo_row *row;

	printf("\nscene %-16s", demo_scenes[scene].name);
	for (int i = 0; i < KERNELS; i++)
		printf("  %-*s", width[i], runs[i].kernel);
	printf("\n%-22s", "kernel");
	for (int i = 0; i < KERNELS; i++)
		printf("  %-*s", width[i], demo_run_fact(&runs[i], "release").value);
	printf("\n");
	for (row = demo_rows; row < demo_rows + ROWS; row++) {
		if (!row->title[scene])
			continue;
		printf("%-22s", row->title[scene]);
		for (int i = 0; i < KERNELS; i++)
			cell(&runs[i], row->fact, width[i]);
		printf("\n");
	}
	printf("%-22s", "outcome");
	for (int i = 0; i < KERNELS; i++)
		printf("  %-*s", width[i], runs[i].verdict);
	printf("\n\n");
	for (int i = 0; i < KERNELS; i++)
		printf("%s: %s; logs in %s\n", runs[i].kernel, runs[i].reason,
		       runs[i].dir);
	if (!demo_run_as_expected(&runs[STOCK], scene, STOCK))
		printf("UNEXPECTED: the stock kernel's run does not show that %s\n",
		       demo_scenes[scene].on_stock);
	if (!demo_run_as_expected(&runs[COHMEM], scene, COHMEM))
		printf("UNEXPECTED: on cohmem's kernel the guest does not pass\n");
}

static void print_tap(struct tap *tap, const char *machine, int scene,
		      int kernel, const struct demo_run *run)
{
	tap_comment(tap, "kernel: %s", demo_run_fact(run, "release").value);
	tap_comment(tap, "machine: %s", machine);
	tap_comment(tap, "page_size: %s", demo_run_fact(run, "page_size").value);
	tap_result(tap, demo_run_as_expected(run, scene, kernel), "%s: %s %s # %s: %s",
		   demo_scenes[scene].name,
		   kernel == STOCK ? "on the stock kernel" : "on cohmem's kernel",
		   kernel == STOCK ? demo_scenes[scene].on_stock : "the guest passes",
		   run->verdict, run->reason);
}

int main(int argc, char **argv)
{
	bool as_tap = argc > 1 && !strcmp(argv[1], "--tap");
	struct tap tap = { .out = stdout };
	struct demo_run runs[SCENES][KERNELS];
	bool good = true;

	argv += as_tap;
	argc -= as_tap;
	if (argc != 4) {
		fprintf(stderr, "usage: demo [--tap] MACHINE DIR JSON-FILE\n");
		return 2;
	}
	if (as_tap)
		tap_plan(&tap, SCENES * KERNELS);
	for (int scene = 0; scene < SCENES; scene++) {
		for (int i = 0; i < KERNELS; i++) {
			runs[scene][i] = demo_run_read(argv[2], scene, i);
			good &= demo_run_as_expected(&runs[scene][i], scene, i);
			if (as_tap)
				print_tap(&tap, argv[1], scene, i, &runs[scene][i]);
		}
		if (!as_tap)
			print_table(scene, runs[scene]);
	}
	if (!demo_json_write(argv[3], argv[1], runs)) {
		fprintf(stderr, "demo: cannot write %s: %m\n", argv[3]);
		return 2;
	}
	for (int i = 0; i < SCENES * KERNELS; i++)
		text_free(&runs[i / KERNELS][i % KERNELS].results);
	return good ? 0 : 1;
}
