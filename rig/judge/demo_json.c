// SPDX-License-Identifier: GPL-2.0-only
/* The demo's results for programs; docs/formats.md describes the keys. */
#include <stdlib.h>
#include <string.h>

#include "atomic_file.h"
#include "demo.h"

static void json_string(FILE *f, const char *text)
{
	fputc('"', f);
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\')
			fprintf(f, "\\%c", *c);
		else if (*c < 0x20 || *c > 0x7e)
			fprintf(f, "\\u%04x", *c);
		else
			fputc(*c, f);
	}
	fputc('"', f);
}

static void json_pair(FILE *f, const char *key, const char *value)
{
	fprintf(f, ", \"%s\": ", key);
	json_string(f, value);
}

static void json_number(FILE *f, const char *key, const char *value)
{
	fprintf(f, ", \"%s\": ", key);
	if (*value)
		fprintf(f, "%llu", strtoull(value, NULL, 10));
	else
		fputs("null", f);
}

static void json_sources(FILE *f, const struct demo_run *run)
{
	char where[400];

	fputs(",\n     \"sources\": {\"outcome\": ", f);
	snprintf(where, sizeof(where), "%s/verdict:1", run->dir);
	json_string(f, where);
	for (const struct demo_row *row = run->scene->rows; row->fact; row++) {
		struct fact fact = demo_run_fact(run, row->fact);

		snprintf(where, sizeof(where), "%s/%s", run->dir, fact.source);
		if (*fact.source)
			json_pair(f, row->fact, where);
	}
	fputs("}}", f);
}

static void json_run(FILE *f, const char *machine, const struct demo_run *run)
{
	char log[300];

	fprintf(f, "    {\"scene\": \"%s\"", run->scene->name);
	json_pair(f, "kernel", run->kernel);
	json_pair(f, "release", demo_run_fact(run, "release").value);
	json_pair(f, "machine", machine);
	json_number(f, "page_size", demo_run_fact(run, "page_size").value);
	json_pair(f, "outcome", demo_run_passed(run) ? "pass" : "fail");
	json_pair(f, "verdict", run->verdict);
	json_pair(f, "reason", run->reason);
	for (const struct demo_row *row = run->scene->rows; row->fact; row++) {
		struct fact fact = demo_run_fact(run, row->fact);

		if (row->number)
			json_number(f, row->fact, fact.value);
		else
			json_pair(f, row->fact, *fact.value ? fact.value : "unknown");
	}
	json_number(f, "bytes_verified", demo_run_fact(run, "bytes_verified").value);
	snprintf(log, sizeof(log), "%s/results.log", run->dir);
	json_pair(f, "log", log);
	json_sources(f, run);
}

bool demo_json_write(const char *path, const struct demo *demo)
{
	FILE *f = atomic_file_open(path);

	if (!f)
		return false;
	fputs("{\"scenes\": [\n", f);
	for (size_t i = 0; i < demo->count * KERNELS; i++) {
		if (i)
			fputs(",\n", f);
		json_run(f, demo->machine, &demo->runs[i / KERNELS][i % KERNELS]);
	}
	fputs("\n]}\n", f);
	return atomic_file_close(f, path);
}
