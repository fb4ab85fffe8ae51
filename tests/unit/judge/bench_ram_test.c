// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the second table of make bench see a goal that is missed, a value that is missing, and
 * a run that is not repeated? Logs made up for it.
 *
 *   bench_ram_test PATH-OF-BENCH_RAM
 */
#include <stdlib.h>
#include <string.h>

#include "bench_ram.h"
#include "kernel.h"
#include "logs.h"
#include "tap.h"

static const char * const runs[] = { "1/results.log", "2/results.log" };

static void add_fact(const char *kind, const char *state, const char *what, unsigned int value)
{
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++)
		logs_add(runs[i], "# fact ram_%s_%s_%s=%u from=results.log:7\n", kind, state,
			 what, value);
}

static void kind(const char *name, unsigned int clean, unsigned int zero,
		 unsigned int tables, unsigned int faults, unsigned int struct_pages)
{
	static const char * const states[] = { "clean", "zero", "mapped" };
	const unsigned int all[] = { clean, zero, clean };

	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		if (!all[i])
			continue;
		add_fact(name, states[i], "start", all[i] / 2);
		add_fact(name, states[i], "all", all[i]);
		add_fact(name, states[i], "host_tables", tables);
		add_fact(name, states[i], "faults", faults);
	}
	add_fact(name, "mapped", "struct_pages", struct_pages);
}

/* Logs with which all goals are met, if only just. */
static void good(void)
{
	logs_begin();
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		logs_add(runs[i], "KTAP version 1\n# fact release=6.12.0 from=results.log:1\n");
		logs_add(runs[i], "# fact line=6.12 from=results.log:1\n");
	}
	logs_add("1/verdict", "outcome: pass\n");
	logs_add("2/verdict", "outcome: pass\n");
	kind("guestram", 1100000, 70000000, 2, 1, 0);
	kind("guestram_off", 15000000, 80000000, 515, 1, 0);
	kind("huge_1g", 1000000, 70000000, 0, 1, 16777216);
	kind("huge_2m", 3000000, 80000000, 1, 512, 16777216);
	kind("thp", 0, 80000000, 513, 512, 16777216);
	add_fact("thp", "mapped", "start", 100000);
	add_fact("thp", "mapped", "all", 3000000);
	add_fact("thp", "mapped", "host_tables", 513);
	add_fact("thp", "mapped", "faults", 512);
	add_fact("guestram", "256m", "start", 400000);
	add_fact("guestram", "1024m", "start", 580000);
	add_fact("guestram", "3072m", "start", 600000);
	add_fact("guestram", "1024m", "zeroing", 69000000);
	add_fact("huge_1g", "1024m", "zeroing", 69500000);
	add_fact("huge_2m", "1024m", "zeroing", 79000000);
}

static void expect(bool want, const char *name)
{
	char first[256], second[256];
	struct bench_ram t;

	snprintf(first, sizeof(first), "%s", logs_path("1"));
	snprintf(second, sizeof(second), "%s", logs_path("2"));
	bench_ram_read(&t, "bench-ram", first, second);
	tap_note("missing: %s; %s", t.missing, t.why);
	tap(bench_ram_good(&t) == want, "%s", name);
}

static void change(const char *old, const char *new)
{
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++)
		logs_change(runs[i], old, new);
}

static void test_goals(void)
{
	good();
	expect(true, "all goals are met");
	change("guestram_mapped_struct_pages=0 ", "guestram_mapped_struct_pages=64 ");
	expect(false, "one struct page misses the goal");
	good();
	change("guestram_zero_host_tables=2", "guestram_zero_host_tables=3");
	expect(false, "a third page of host tables misses the goal");
	good();
	change("guestram_off_clean_faults=1", "guestram_off_clean_faults=2");
	expect(false, "a second fault at an odd address misses the goal");
	good();
	change("guestram_clean_all=1100000", "guestram_clean_all=1100001");
	expect(false, "clean memory that costs more than 1.1 of hugetlbfs misses the goal");
	good();
	change("guestram_zero_all=70000000", "guestram_zero_all=70000001");
	expect(false, "memory to be zeroed that costs more than hugetlbfs misses the goal");
	good();
	change("guestram_3072m_start=600000", "guestram_3072m_start=600001");
	expect(false, "a start that grows by more than a half misses the goal");
	good();
	change("guestram_1024m_start=580000", "guestram_1024m_start=571428");
	expect(false, "a start that grows by more than 5 % beyond 1 GiB misses the goal");
}

static void test_runs(void)
{
	good();
	logs_change(runs[1], "guestram_clean_all=1100000", "guestram_clean_all=1088999");
	expect(false, "a second run that differs by more than 1 % is not repeatable");
	good();
	logs_change(runs[1], "guestram_clean_all=1100000", "guestram_clean_all=1089001");
	expect(true, "a second run that differs by less is repeatable");
	good();
	change("thp_zero_faults=512", "thp_zero_faults=x");
	expect(false, "a value that is no number is missing");
	good();
	change("guestram_1024m_zeroing=69000000", "guestram_1024m_zeroing=x");
	expect(false, "what zeroing costs is missing");
	good();
	logs_change(runs[1], "guestram_1024m_zeroing=69000000", "guestram_1024m_zeroing=69700000");
	expect(false, "zeroing that a second run finds to cost 1 % more is not repeatable");
	good();
	logs_change("1/verdict", "pass", "splat");
	expect(false, "values of a run that did not pass are missing");
	good();
	logs_change("2/verdict", "pass", "fail");
	expect(false, "a second run that did not pass repeats nothing");
}

static void test_program(const char *program)
{
	char command[1024], dirs[512], *out;
	int status;

	good();
	snprintf(dirs, sizeof(dirs), "%s", logs_path("1"));
	snprintf(command, sizeof(command), "%s bench-ram %s %s", program, dirs,
		 logs_path("2"));
	snprintf(dirs, sizeof(dirs), " %s", logs_path("json"));
	strcat(command, dirs);
	status = logs_run(command, &out);
	tap(!status && strstr(out, "hugetlbfs, 1 GiB, populated") && !strstr(out, "MISSED"),
	    "the program prints the table, and its exit status is 0");
	tap(!!strstr(out, "6.12.0, line 6.12, machine bench-ram"),
	    "the table says of which kernel, line and machine it is");
	tap(strstr(out, "zeroing alone: guest RAM") && strstr(out, " 69,000,000\n"),
	    "the table has what zeroing costs");
	free(out);
	out = logs_content(logs_path("json"));
	tap(!!strstr(out, "\"struct_pages\": 16777216"), "the program writes the JSON");
	tap(!!strstr(out, "\"line\": \"6.12\""), "the JSON has the kernel line");
	tap(!!strstr(out, "\"instructions\": 69000000"), "the JSON has what zeroing costs");
	free(out);
	change("guestram_clean_faults=1", "guestram_clean_faults=2");
	status = logs_run(command, &out);
	tap(status == 1 && strstr(out, "MISSED"), "its exit status is 1 if a goal is missed");
	free(out);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	test_goals();
	test_runs();
	test_program(argv[1]);
	logs_end();
	return tap_end();
}
