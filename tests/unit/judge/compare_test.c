// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a difference between two kernels seen? Logs made up for each kind of it.
 *
 *   compare_test PATH-OF-COMPARE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "kernel.h"
#include "logs.h"
#include "tap.h"

#define BOTH "1..2\n    ok 1 x\n    # 12 us\nok 1 one\nok 2 two\n"
#define FAILURE "1..1\n    #   arm64/two.c:12: x == y\nnot ok 1 two # exit status 254\n"
#define SKIP "1..1\nok 1 two # SKIP why\n"

/**
 * struct compare_case - two runs
 * @name: what is shown
 * @same: whether all tests are the same, and as listed
 * @passed: how many passed on the first kernel
 * @tests: what was run, and what it is to do, by pairs
 * @log: results.log of both runs
 * @first: a part of it that the first run has in another way, and that way
 * @second: the same of the second run
 */
static const struct compare_case {
	const char *name;
	bool same;
	unsigned int passed;
	const char *tests[4];
	const char *log;
	const char *first[2];
	const char *second[2];
} cases[] = {
	{
		"runs that differ in their times are the same", true, 2,
		{ "one", "pass", "two:-x", "pass" }, BOTH, { }, { "12 us", "99 us" },
	},
	{
		"a test that fails on the second kernel differs", false, 2,
		{ "one", "pass", "two:-x", "pass" }, BOTH, { }, { "ok 2", "not ok 2" },
	},
	{
		"a test that fails on the first kernel differs", false, 1,
		{ "one", "pass", "two:-x", "pass" }, BOTH, { "ok 2", "not ok 2" }, { },
	},
	{
		"a test that fails on both, and is listed to pass, is not as listed", false, 1,
		{ "one", "pass", "two:-x", "pass" }, BOTH, { "ok 2", "not ok 2" },
		{ "ok 2", "not ok 2" },
	},
	{
		"a test that is skipped on the second kernel differs", false, 2,
		{ "one", "pass", "two:-x", "pass" }, BOTH, { }, { "two", "two # SKIP why" },
	},
	{
		"a test that is skipped on both is not as listed", false, 1,
		{ "one", "pass", "two:-x", "pass" }, BOTH, { "two", "two # SKIP why" },
		{ "two", "two # SKIP why" },
	},
	{
		"a test that is missing on the second kernel differs", false, 2,
		{ "one", "pass", "two:-x", "pass" }, BOTH, { }, { "ok 2 two\n", "" },
	},
	{
		"runs without results are not as listed", false, 0,
		{ "one", "pass", "two:-x", "pass" }, BOTH, { BOTH, "" }, { BOTH, "" },
	},
	{
		"another result within a test differs", false, 2,
		{ "one", "pass", "two:-x", "pass" }, BOTH, { }, { "ok 1 x", "ok 1 x # SKIP" },
	},
	{
		"a test with another name than the listed one is not as listed", false, 2,
		{ "one", "pass", "three", "pass" }, BOTH, { }, { },
	},
	{
		"a test whose name goes on behind the listed one is not as listed", false, 2,
		{ "one", "pass", "tw", "pass" }, BOTH, { }, { },
	},
	{
		"a listed failure on both kernels is the same", true, 0,
		{ "two", "fail two.c:12" }, FAILURE, { }, { },
	},
	{
		"a failure elsewhere on the second kernel differs", false, 0,
		{ "two", "fail two.c:12" }, FAILURE, { }, { ":12", ":13" },
	},
	{
		"a failure elsewhere than listed is not as listed", false, 0,
		{ "two", "fail two.c:12" }, FAILURE, { ":12", ":13" }, { ":12", ":13" },
	},
	{
		"a listed failure that passes is not as listed", false, 1,
		{ "two", "fail two.c:12" }, "1..1\nok 1 two\n", { }, { },
	},
	{
		"nothing but a pass and a failure can be listed", false, 0,
		{ "two", "skip" }, SKIP, { }, { },
	},
};

static struct text run(const char *log, const char * const *change)
{
	char *text = change[0] ? logs_replace(log, change[0], change[1]) : strdup(log);
	struct text lines = logs_lines(text);

	free(text);
	return lines;
}

static void test_case(const struct compare_case *c)
{
	static const char * const kernels[] = { "a", "b" };
	struct text results[2] = { run(c->log, c->first), run(c->log, c->second) };
	struct tap out = { .is_part = true };
	unsigned int passed = 0;
	bool same = true;
	size_t size;
	char *text;

	out.out = open_memstream(&text, &size);
	for (unsigned int i = 0; i < 4 && c->tests[i]; i += 2)
		same &= compare_test(&out, kernels, results, 2, i / 2 + 1, c->tests[i],
				     c->tests[i + 1], &passed);
	fclose(out.out);
	/* A difference without a failed line, or the other way round, would be lost. */
	if (same != c->same || passed != c->passed)
		fputs(text, stderr);
	tap(same == c->same && passed == c->passed && !strstr(text, "not ok ") == same,
	    "%s", c->name);
	free(text);
	text_free(&results[0]);
	text_free(&results[1]);
}

static void test_program(const char *program)
{
	char command[512], *out, *want;
	int status;

	snprintf(command, sizeof(command),
		 "%s logs/compare/rows stock=logs/compare/stock cohmem=logs/compare/cohmem",
		 program);
	status = logs_run(command, &out);
	want = logs_content("logs/compare/tap");
	tap(status == 2 && !strcmp(out, want),
	    "the program prints the TAP of logs/compare, and its exit status is 2");
	if (strcmp(out, want))
		fputs(out, stderr);
	free(out);
	free(want);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		test_case(&cases[i]);
	test_program(argv[1]);
	return tap_end();
}
