// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the table of make bench see a goal that is missed? Logs made up for it.
 *
 *   bench_test PATH-OF-BENCH
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "kernel.h"
#include "logs.h"
#include "tap.h"

static const char *file(const char *column, const char *run, const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s-%s/%s", column, run, name);
	return path;
}

/* The logs of one run, without facts but those that each has. */
static void begin(const char *column, const char *run, const char *outcome)
{
	const char *results;

	if (!access(logs_path(file(column, run, "")), F_OK))
		logs_remove(file(column, run, ""));
	logs_add(file(column, run, "verdict"), "outcome: %s\n", outcome);
	results = file(column, run, "results.log");
	logs_add(results, "KTAP version 1\n");
	logs_add(results, "# fact release=6.12.0 from=results.log:1\n");
	logs_add(results, "# fact page_size=4096 from=results.log:1\n");
}

static void fact(const char *column, const char *run, const char *prefix,
		 const char *name, unsigned long long value)
{
	logs_add(file(column, run, "results.log"), "# fact %s%s=%llu from=results.log:1\n",
		 prefix, name, value);
}

/* What only cohmem can do, and what logging costs with ordinary memory. */
static void logs_and_ahead(const char *column, const char *run)
{
	fact(column, run, "ahead_pte_", "instructions", 5000);
	fact(column, run, "ahead_pte_", "faults", 0);
	fact(column, run, "ahead_pmd_", "instructions", 4000);
	fact(column, run, "log_", "first_faults", 1);
	fact(column, run, "log_", "rest_faults", 0);
	fact(column, run, "log_", "all_instructions", 1200000000);
	fact(column, run, "log_", "stop_faults", 1);
	fact(column, run, "log_anon_", "all_instructions", 600000);
	fact(column, run, "log_anon_", "all_pages", 100);
	fact(column, run, "unlog_thp_", "instructions", 300000);
	fact(column, run, "unlog_thp_", "blocks", 64);
	fact(column, run, "unlog_thp_", "faults", 0);
}

/* Both runs of job bench. */
static void touches(const char *column, unsigned long long faults,
		    unsigned long long instructions, unsigned long long tables)
{
	static const char * const maps[] = { "pte_", "pmd_", "nvgrace_" };
	static const char * const worst[] = { "contiguous_", "last_page_", "each_2m_" };
	static const char * const anon[] = { "anon_4k_", "anon_thp_" };
	static const char * const runs[] = { "1", "2" };

	for (size_t r = 0; r < ARRAY_SIZE(runs); r++) {
		begin(column, runs[r], "pass");
		for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
			fact(column, runs[r], maps[i], "faults", faults);
			fact(column, runs[r], maps[i], "instructions", instructions);
			fact(column, runs[r], maps[i], "tables", tables);
		}
		fact(column, runs[r], "nvgrace_", "host_tables", 2);
		for (size_t i = 0; i < ARRAY_SIZE(worst); i++)
			fact(column, runs[r], worst[i], "worst", 5000);
		for (size_t i = 0; i < ARRAY_SIZE(anon); i++) {
			fact(column, runs[r], anon[i], "faults", 100);
			fact(column, runs[r], anon[i], "instructions", 500000);
		}
		logs_and_ahead(column, runs[r]);
	}
}

/* Scene ram, with both sizes. */
static void boots(const char *column, const char *outcome, unsigned int faults_512,
		  unsigned int faults_1024)
{
	begin(column, "512", outcome);
	fact(column, "512", "", "stage2_faults", faults_512);
	begin(column, "1024", outcome);
	fact(column, "1024", "", "stage2_faults", faults_1024);
}

static void never_ran(const char *column)
{
	boots(column, "fail", 1, 1);
	logs_add(file(column, "512", "results.log"),
		 "# fact executes=\"never ran\" from=results.log:9\n");
	logs_add(file(column, "1024", "results.log"),
		 "# fact executes=\"never ran\" from=results.log:9\n");
}

/* Logs with which all goals are met. */
static void good(void)
{
	logs_begin();
	touches("stock", 262144, 1200000000, 513);
	touches("cohmem", 1, 3000000, 0);
	touches("mainline", 262144, 900000000, 513);
	never_ran("stock");
	boots("cohmem", "pass", 18, 2);
	boots("mainline", "pass", 6000, 6000);
}

static void change(const char *column, const char *run, const char *old, const char *new)
{
	logs_change(file(column, run, "results.log"), old, new);
}

static void change_both(const char *column, const char *old, const char *new)
{
	change(column, "1", old, new);
	change(column, "2", old, new);
}

/* @count: of the columns */
static void expect(bool want, size_t count, const char *name)
{
	static const char * const columns[] = { "stock", "cohmem", "mainline" };
	static struct bench_table t;

	bench_read(&t, "bench", logs_path(""), columns, count);
	for (size_t r = 0; r < t.row_count; r++) {
		if (t.met[r] == MET_NO)
			tap_note("missed: %s", t.rows[r].key);
	}
	for (size_t c = 0; c < count; c++) {
		if (t.missing[c])
			tap_note("missing on %s: %s", columns[c], t.missing[c]);
		if (!t.repeats[c])
			tap_note("not repeatable on %s: %s", columns[c], t.why[c]);
	}
	tap(bench_good(&t) == want, "%s", name);
}

static void test_goals(void)
{
	good();
	expect(true, 2, "all goals are met");
	expect(true, 3, "all goals are met against mainline, too");
	change("cohmem", "512", "faults=18", "faults=19");
	expect(false, 2, "a fault too many misses the goal");
	good();
	change_both("cohmem", "pte_tables=0", "pte_tables=1");
	expect(false, 2, "a table too many misses the goal");
	good();
	touches("mainline", 262144, 590000000, 513);
	expect(true, 2, "mainline counts for nothing where it was not asked for");
	expect(false, 3, "instructions not 200 times fewer than mainline's miss the goal");
	good();
	touches("stock", 262144, 590000000, 513);
	expect(false, 2, "instructions not 200 times fewer than stock's miss the goal");
	good();
	change_both("cohmem", "anon_4k_instructions=500000", "anon_4k_instructions=505001");
	expect(false, 2, "ordinary memory that pays more than 1 % misses the goal");
	good();
	change_both("cohmem", "anon_4k_instructions=500000", "anon_4k_instructions=504999");
	expect(true, 2, "ordinary memory may pay less than 1 %");
	good();
	change_both("cohmem", "nvgrace_host_tables=2", "nvgrace_host_tables=3");
	expect(false, 2, "a third page of host tables for a GPU's memory misses the goal");
	good();
	change_both("cohmem", "nvgrace_instructions=3000000", "nvgrace_instructions=3150001");
	expect(false, 2, "a GPU's memory that costs 5 % more than 2 MiB entries misses the goal");
	good();
	change_both("cohmem", "nvgrace_instructions=3000000", "nvgrace_instructions=3149999");
	expect(true, 2, "a GPU's memory may cost less than 5 % more than 2 MiB entries");
	good();
	change("cohmem", "1", "pmd_instructions=3000000", "pmd_instructions=x");
	change("cohmem", "2", "pmd_instructions=3000000", "pmd_instructions=x");
	expect(false, 2, "a GPU's memory meets no goal without the value to compare with");
}

static void test_log_goals(void)
{
	good();
	change_both("cohmem", "ahead_pte_instructions=5000", "ahead_pte_instructions=5251");
	expect(false, 2, "pre-faulting that costs 5 % more than the worst fault misses the goal");
	good();
	change_both("cohmem", "ahead_pte_faults=0", "ahead_pte_faults=1");
	expect(false, 2, "a fault on what is mapped in advance misses the goal");
	good();
	change_both("cohmem", "log_first_faults=1", "log_first_faults=2");
	expect(false, 2, "a second fault for the first write misses the goal");
	good();
	change_both("cohmem", "log_rest_faults=0", "log_rest_faults=1");
	expect(false, 2, "a fault on the rest of a block misses the goal");
	good();
	change_both("cohmem", "log_all_instructions=1200000000",
		    "log_all_instructions=1200000001");
	expect(false, 2, "logged writes that cost more than stock's mapping miss the goal");
	good();
	change_both("cohmem", "unlog_thp_instructions=300000",
		    "unlog_thp_instructions=309001");
	expect(false, 2, "a block after logging that costs 3 % more misses the goal");
	good();
	change_both("cohmem", "unlog_thp_faults=0", "unlog_thp_faults=1");
	expect(false, 2, "memory that logging leaves mapped by pages misses the goal");
	good();
	change_both("stock", "log_all_instructions=1200000000", "log_all_instructions=x");
	expect(true, 2, "a kernel that cannot log such memory need not");
}

static void test_runs(void)
{
	good();
	change("stock", "2", "last_page_worst=5000", "last_page_worst=5006");
	expect(false, 2, "a second run that differs by more than 0.1 % is not repeatable");
	good();
	change("stock", "2", "last_page_worst=5000", "last_page_worst=5005");
	expect(true, 2, "a second run that differs by 0.1 % is repeatable");
	good();
	change("stock", "1", "each_2m_worst=5000", "each_2m_worst=x");
	expect(false, 2, "a value that is no number is missing");
	good();
	logs_change(file("stock", "1", "verdict"), "pass", "splat");
	expect(false, 2, "values of a run that did not pass are missing");
	good();
	logs_remove("cohmem-1024");
	expect(false, 2, "values of a run that was not made are missing");
	good();
	boots("stock", "pass", 6000, 6000);
	never_ran("cohmem");
	expect(false, 2, "a guest that never ran on cohmem is no value");
}

static void test_program(const char *program)
{
	char command[512], *out, *want;
	int status;

	logs_begin();
	snprintf(command, sizeof(command), "%s bench logs/bench %s stock cohmem",
		 program, logs_path("json"));
	status = logs_run(command, &out);
	want = logs_content("logs/bench/table");
	tap(!status && !strcmp(out, want),
	    "the program prints the table of logs/bench, and its exit status is 0");
	if (strcmp(out, want))
		fputs(out, stderr);
	free(out);
	free(want);
	out = logs_content(logs_path("json"));
	want = logs_content("logs/bench/bench.json");
	tap(*want && !strcmp(out, want), "the program writes the JSON of logs/bench");
	free(out);
	free(want);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	test_goals();
	test_log_goals();
	test_runs();
	test_program(argv[1]);
	logs_end();
	return tap_end();
}
