// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "demo.h"

#define COLUMN 42

void demo_read(struct demo *demo, const char *machine, const char *dir)
{
	demo->machine = machine;
	demo->count = demo_scenes_count();
	demo->runs = calloc(demo->count, sizeof(*demo->runs));
	if (!demo->runs)
		abort();
	for (size_t s = 0; s < demo->count; s++) {
		for (int k = 0; k < KERNELS; k++)
			demo->runs[s][k] = demo_run_read(dir, demo_scenes[s], k);
	}
}

void demo_free(struct demo *demo)
{
	for (size_t s = 0; s < demo->count; s++) {
		for (int k = 0; k < KERNELS; k++)
			demo_run_free(&demo->runs[s][k]);
	}
	free(demo->runs);
}

bool demo_as_expected(const struct demo *demo)
{
	bool good = true;

	for (size_t s = 0; s < demo->count; s++) {
		for (int k = 0; k < KERNELS; k++)
			good &= demo_run_as_expected(&demo->runs[s][k]);
	}
	return good;
}

void demo_print_runs(FILE *f)
{
	for (size_t s = 0; demo_scenes[s]; s++)
		for (int k = 0; k < KERNELS; k++)
			if (!demo_run_is_of(demo_scenes[s], k))
				fprintf(f, "%s %s\n", demo_scenes[s]->name, demo_run_kernel(k));
}

static void print_cell(FILE *f, const struct demo_run *run, const char *name,
		       int width)
{
	struct fact fact = demo_run_row(run, name);
	char value[300], text[400];

	snprintf(value, sizeof(value), "%s", *fact.value ? fact.value : "?");
	if (!strcmp(name, "largest_block") && *fact.value) {
		if (strcmp(fact.value, "0") && strcmp(fact.value, FACT_NEVER_RAN))
			text_bytes(value, sizeof(value),
				   strtoull(fact.value, NULL, 10));
		else
			snprintf(value, sizeof(value), "%s",
				 demo_run_never_ran(run) ? FACT_NEVER_RAN : "none");
	}
	if (!strcmp(name, "workload") && !strcmp(fact.value, "yes")) {
		fact = demo_run_fact(run, "bytes_verified");
		snprintf(value, sizeof(value), "%s bytes verified", fact.value);
	}
	snprintf(text, sizeof(text), "%s  [%s]", value,
		 *fact.source ? fact.source : "no line");
	fprintf(f, "  %-*s", width, text);
}

/* Which line the kernel is of, where its log says so. */
static struct fact line_of(const struct demo_run *run)
{
	struct fact line = demo_run_fact(run, "line");

	if (!*line.value)
		snprintf(line.value, sizeof(line.value), "unknown");
	return line;
}

static void print_scene(FILE *f, const struct demo_run *runs)
{
	static const int width[KERNELS] = { COLUMN, 0 };
	const struct demo_scene *scene = runs->scene;

	fprintf(f, "\nscene %-16s", scene->name);
	for (int k = 0; k < KERNELS; k++)
		fprintf(f, "  %-*s", width[k], runs[k].kernel);
	fprintf(f, "\n%-22s", "line");
	for (int k = 0; k < KERNELS; k++)
		fprintf(f, "  %-*s", width[k], line_of(&runs[k]).value);
	fprintf(f, "\n%-22s", "kernel");
	for (int k = 0; k < KERNELS; k++)
		fprintf(f, "  %-*s", width[k], demo_run_fact(&runs[k], "release").value);
	fprintf(f, "\n");
	for (const struct demo_row *row = scene->rows; row->fact; row++) {
		if (!row->title)
			continue;
		fprintf(f, "%-22s", row->title);
		for (int k = 0; k < KERNELS; k++)
			print_cell(f, &runs[k], row->fact, width[k]);
		fprintf(f, "\n");
	}
	fprintf(f, "%-22s", "outcome");
	for (int k = 0; k < KERNELS; k++)
		fprintf(f, "  %-*s", width[k], runs[k].outcome);
	fprintf(f, "\n\n");
	for (int k = 0; k < KERNELS; k++) {
		const char *is_of = demo_run_is_of(scene, k);

		fprintf(f, "%s: %s", runs[k].kernel, runs[k].reason);
		if (is_of)
			fprintf(f, ", in scene %s", is_of);
		fprintf(f, "; logs in %s\n", runs[k].dir);
	}
	if (!demo_run_as_expected(&runs[STOCK]))
		fprintf(f, "UNEXPECTED: the stock kernel's run does not show that %s\n",
			scene->on_stock);
	if (!demo_run_as_expected(&runs[COHMEM]))
		fprintf(f, "UNEXPECTED: on cohmem's kernel the guest does not pass\n");
}

void demo_print(FILE *f, const struct demo *demo)
{
	for (size_t s = 0; s < demo->count; s++)
		print_scene(f, demo->runs[s]);
}

static void print_result(struct tap *tap, const char *machine,
			 const struct demo_run *run)
{
	tap_comment(tap, "kernel: %s", demo_run_fact(run, "release").value);
	if (*demo_run_fact(run, "line").value)
		tap_comment(tap, "line: %s", demo_run_fact(run, "line").value);
	tap_comment(tap, "machine: %s", machine);
	tap_comment(tap, "page_size: %s", demo_run_fact(run, "page_size").value);
	tap_result(tap, demo_run_as_expected(run), "%s: %s %s # %s: %s",
		   run->scene->name,
		   run->is_stock ? "on the stock kernel" : "on cohmem's kernel",
		   run->is_stock ? run->scene->on_stock : "the guest passes",
		   run->outcome, run->reason);
}

void demo_print_tap(struct tap *tap, const struct demo *demo)
{
	unsigned int count = 0;

	for (size_t s = 0; s < demo->count; s++)
		for (int k = 0; k < KERNELS; k++)
			count += !demo_run_is_of(demo->runs[s][k].scene, k);
	tap_plan(tap, count);
	for (size_t s = 0; s < demo->count; s++)
		for (int k = 0; k < KERNELS; k++)
			if (!demo_run_is_of(demo->runs[s][k].scene, k))
				print_result(tap, demo->machine, &demo->runs[s][k]);
}
