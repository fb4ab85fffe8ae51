// SPDX-License-Identifier: GPL-2.0-only
/*
 * The demo's report: what the guest could do on the stock kernel and on
 * cohmem's, as a table for people and as JSON, from the logs of two runs.
 * Every value names the line of the log that it was read from.
 *
 *   report [--tap] MACHINE STOCK-DIR COHMEM-DIR JSON-FILE
 *
 * Exit status 0 means: the stock kernel's guest never ran, and cohmem's
 * passed. Anything else, a stock run that failed otherwise too, is a failure.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "log.h"

#define SCENE "ram"
#define NEVER_RAN "never ran"
#define COLUMN 42

/**
 * struct run - one run of the scene
 * @kernel: "stock" or "cohmem"
 * @dir: where its logs are
 * @results: its results.log
 * @verdict: what became of it
 * @reason: why, from the verdict if that is neither pass nor fail
 */
struct run {
	const char *kernel;
	const char *dir;
	struct log results;
	char verdict[16];
	char reason[512];
};

/* Rows of the table, keys of the JSON; numbers go into JSON as such. */
static const struct {
	const char *fact;
	const char *title;
	bool number;
} rows[] = {
	{ .fact = "executes", .title = "executes" },
	{ .fact = "unaligned", .title = "unaligned access" },
	{ .fact = "atomics", .title = "atomics" },
	{ .fact = "exec_written_code", .title = "runs code it wrote" },
	{ .fact = "workload", .title = "workload" },
	{ .fact = "memtype", .title = "stage-2 memory type" },
	{ .fact = "stage2_faults", .title = "stage-2 faults on RAM", .number = true },
	{ .fact = "largest_block", .title = "largest block", .number = true },
};

static struct run run_read(const char *kernel, const char *dir)
{
	struct run run = { .kernel = kernel, .dir = dir };
	struct log verdict = log_read(dir, "verdict");
	struct fact reason;

	run.results = log_read(dir, "results.log");
	snprintf(run.verdict, sizeof(run.verdict), "lost");
	for (size_t i = 0; i < verdict.count; i++) {
		const char *line = verdict.lines[i];

		if (starts(line, "outcome: "))
			snprintf(run.verdict, sizeof(run.verdict), "%s",
				 line + strlen("outcome: "));
		else if (starts(line, "reason: "))
			snprintf(run.reason, sizeof(run.reason), "%s",
				 line + strlen("reason: "));
	}
	log_free(&verdict);

	reason = log_fact(&run.results, "reason");
	if (*reason.value &&
	    (!strcmp(run.verdict, "pass") || !strcmp(run.verdict, "fail")))
		snprintf(run.reason, sizeof(run.reason), "%s", reason.value);
	return run;
}

static bool passed(const struct run *run)
{
	return !strcmp(run->verdict, "pass");
}

/* The failure that is expected: seen in the traces, not just a time-out. */
static bool never_ran(const struct run *run)
{
	return !strcmp(run->verdict, "fail") &&
	       !strcmp(log_fact(&run->results, "executes").value, NEVER_RAN);
}

static void human_size(char *buf, size_t size, unsigned long long bytes)
{
	static const char * const units[] = { "bytes", "KiB", "MiB", "GiB" };
	size_t unit = 0;

	while (unit + 1 < ARRAY_SIZE(units) && bytes >= 1024 &&
	       bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	snprintf(buf, size, "%llu %s", bytes, units[unit]);
}

static void cell(const struct run *run, const char *name, int width)
{
	struct fact fact = log_fact(&run->results, name);
	char value[300], text[400];

	snprintf(value, sizeof(value), "%s", *fact.value ? fact.value : "?");
	if (!strcmp(name, "largest_block") && *fact.value) {
		if (!strcmp(fact.value, "0"))
			snprintf(value, sizeof(value), "%s",
				 never_ran(run) ? NEVER_RAN : "none");
		else
			human_size(value, sizeof(value),
				   strtoull(fact.value, NULL, 10));
	}
	if (!strcmp(name, "workload") && !strcmp(fact.value, "yes")) {
		fact = log_fact(&run->results, "bytes_verified");
		snprintf(value, sizeof(value), "%s bytes verified", fact.value);
	}
	snprintf(text, sizeof(text), "%s  [%s]", value,
		 *fact.source ? fact.source : "no line");
	printf("  %-*s", width, text);
}

static void print_table(const struct run *runs)
{
	static const int width[] = { COLUMN, 0 };

	printf("\n%-22s", "scene " SCENE);
	for (int i = 0; i < 2; i++)
		printf("  %-*s", width[i], runs[i].kernel);
	printf("\n%-22s", "kernel");
	for (int i = 0; i < 2; i++)
		printf("  %-*s", width[i],
		       log_fact(&runs[i].results, "release").value);
	printf("\n");
	for (size_t row = 0; row < ARRAY_SIZE(rows); row++) {
		printf("%-22s", rows[row].title);
		for (int i = 0; i < 2; i++)
			cell(&runs[i], rows[row].fact, width[i]);
		printf("\n");
	}
	printf("%-22s", "outcome");
	for (int i = 0; i < 2; i++)
		printf("  %-*s", width[i], runs[i].verdict);
	printf("\n\n");
	for (int i = 0; i < 2; i++)
		printf("%s: %s; logs in %s\n", runs[i].kernel, runs[i].reason,
		       runs[i].dir);
}

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

static void json_fact(FILE *f, const struct run *run, size_t row)
{
	struct fact fact = log_fact(&run->results, rows[row].fact);

	if (rows[row].number)
		json_number(f, rows[row].fact, fact.value);
	else
		json_pair(f, rows[row].fact,
			  *fact.value ? fact.value : "unknown");
}

static void json_run(FILE *f, const char *machine, const struct run *run)
{
	char log[4200];

	fputs("    {\"scene\": \"" SCENE "\"", f);
	json_pair(f, "kernel", run->kernel);
	json_pair(f, "release", log_fact(&run->results, "release").value);
	json_pair(f, "machine", machine);
	json_number(f, "page_size", log_fact(&run->results, "page_size").value);
	json_pair(f, "outcome", passed(run) ? "pass" : "fail");
	json_pair(f, "verdict", run->verdict);
	json_pair(f, "reason", run->reason);
	for (size_t row = 0; row < ARRAY_SIZE(rows); row++)
		json_fact(f, run, row);
	json_number(f, "bytes_verified",
		    log_fact(&run->results, "bytes_verified").value);
	snprintf(log, sizeof(log), "%s/results.log", run->dir);
	json_pair(f, "log", log);

	fputs(",\n     \"sources\": {\"outcome\": ", f);
	snprintf(log, sizeof(log), "%s/verdict:1", run->dir);
	json_string(f, log);
	for (size_t row = 0; row < ARRAY_SIZE(rows); row++) {
		struct fact fact = log_fact(&run->results, rows[row].fact);

		snprintf(log, sizeof(log), "%s/%s", run->dir, fact.source);
		if (*fact.source)
			json_pair(f, rows[row].fact, log);
	}
	fputs("}}", f);
}

/* Under another name first: a file that is there is a whole one. */
static bool write_json(const char *path, const char *machine,
		       const struct run *runs)
{
	char new[4096];
	FILE *f;

	snprintf(new, sizeof(new), "%s.new", path);
	f = fopen(new, "w");
	if (!f)
		return false;
	fputs("{\"scenes\": [\n", f);
	json_run(f, machine, &runs[0]);
	fputs(",\n", f);
	json_run(f, machine, &runs[1]);
	fputs("\n]}\n", f);
	return !fclose(f) && !rename(new, path);
}

static void print_context(const char *machine, const struct run *run)
{
	printf("# kernel: %s\n# machine: %s\n# page_size: %s\n",
	       log_fact(&run->results, "release").value, machine,
	       log_fact(&run->results, "page_size").value);
}

static void print_tap(const char *machine, const struct run *runs)
{
	printf("TAP version 13\n1..2\n");
	print_context(machine, &runs[0]);
	printf("%sok 1 ram: on the stock kernel the guest never runs # %s: %s\n",
	       never_ran(&runs[0]) ? "" : "not ", runs[0].verdict,
	       runs[0].reason);
	print_context(machine, &runs[1]);
	printf("%sok 2 ram: on cohmem's kernel the guest passes # %s: %s\n",
	       passed(&runs[1]) ? "" : "not ", runs[1].verdict,
	       runs[1].reason);
}

int main(int argc, char **argv)
{
	bool tap = argc > 1 && !strcmp(argv[1], "--tap");
	struct run runs[2];
	bool good;

	argv += tap;
	argc -= tap;
	if (argc != 5) {
		fprintf(stderr, "usage: report [--tap] MACHINE STOCK-DIR COHMEM-DIR JSON-FILE\n");
		return 2;
	}
	runs[0] = run_read("stock", argv[2]);
	runs[1] = run_read("cohmem", argv[3]);
	good = never_ran(&runs[0]) && passed(&runs[1]);
	if (tap)
		print_tap(argv[1], runs);
	else
		print_table(runs);
	if (!write_json(argv[4], argv[1], runs)) {
		fprintf(stderr, "report: cannot write %s: %m\n", argv[4]);
		return 2;
	}
	if (!tap && !never_ran(&runs[0]))
		printf("UNEXPECTED: on the stock kernel the guest should never run\n");
	if (!tap && !passed(&runs[1]))
		printf("UNEXPECTED: on cohmem's kernel the guest should pass\n");
	log_free(&runs[0].results);
	log_free(&runs[1].results);
	return good ? 0 : 1;
}
