// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the verdict tell the outcomes apart? Logs made up for each of them.
 *
 *   verdict_test PATH-OF-VERDICT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "logs.h"
#include "tap.h"
#include "verdict.h"

#define GOOD "KTAP version 1\n1..2\nok 1 a\n    not ok 1 nested\nok 2 b # text\n# done\n"
#define TIMEOUT_STATUS 124
#define KILLED_STATUS 137

/**
 * struct verdict_case - one run
 * @name: what is shown
 * @outcome: what it has to be
 * @status: exit status that says so
 * @qemu: exit status of QEMU
 * @from: a part of GOOD that is replaced, if @results is not there
 * @to: by this
 * @results: results.log
 * @console: console.log
 * @says: what the reason has to say, if not NULL
 */
static const struct verdict_case {
	const char *name;
	enum verdict_outcome outcome;
	int status;
	int qemu;
	const char *from;
	const char *to;
	const char *results;
	const char *console;
	const char *says;
} cases[] = {
	{ "a run without failures passes", PASS, 0, .console = "booted\n" },
	{ "a failed result fails the run", FAIL, 2, .from = "ok 1 a", .to = "not ok 1 a" },
	{ "a missing result fails the run", FAIL, 2, .from = "ok 1 a", .to = "# nothing" },
	{ "a result too many fails the run", FAIL, 2, .from = "ok 1 a", .to = "ok 1 a\nok 2 c" },
	{ "a result that comes twice fails the run", FAIL, 2, .from = "ok 2 b", .to = "ok 1 a" },
	{
		"a plan that comes after the results fails the run", FAIL, 2,
		.results = "ok 1 a\n1..1\n# done\n",
	},
	{
		"a run without a plan fails", FAIL, 2,
		.results = "KTAP version 1\nok 1 a\n# done\n",
	},
	{ "a job that bails out fails", FAIL, 2, .results = "KTAP version 1\nBail out! no\n" },
	{ "a skip does not fail the run", PASS, 0, .from = "b # text", .to = "b # SKIP why" },
	{ "a run whose job has not ended is lost", LOST, 6, .from = "# done\n", .to = "" },
	{ "a run without any result is lost", LOST, 6, .results = "" },
	{ "a run whose QEMU has failed is lost", LOST, 6, .qemu = 1 },
	{
		"a run whose QEMU was killed is lost", LOST, 6, .qemu = KILLED_STATUS,
		.from = "# done\n", .to = "",
	},
	{
		"a run that was stopped by its time limit is a timeout", TIMEOUT, 3,
		.qemu = TIMEOUT_STATUS, .from = "# done\n", .to = "",
	},
	{
		"a timeout says how far the run came", TIMEOUT, 3, .qemu = TIMEOUT_STATUS,
		.results = "1..2\nok 1 a\n    # progress: 7 of 9\n",
		.console = "booted\n[ 1.0] b runs\n",
		.says = "its results end with: progress: 7 of 9; its console with: [ 1.0] b runs",
	},
	{
		"a panic is a panic", PANIC, 4, .results = "",
		.console = "Kernel panic - not syncing: x\n",
	},
	{
		"a panic goes before a timeout and before a splat", PANIC, 4,
		.qemu = TIMEOUT_STATUS, .results = "",
		.console = "WARNING: x\nKernel panic - not syncing: x\n",
	},
	{
		"a kernel warning in a run that passed is a splat", SPLAT, 5,
		.console = "[ 1.0] WARNING: CPU: 0 PID: 1 at x\n",
	},
	{
		"memory that the kernel has lost is a splat", SPLAT, 5,
		.console = "[ 9.0] kmemleak: 2 new suspected memory leaks (see kmemleak)\n",
	},
	{
		"a scan for lost memory is no splat", PASS, 0,
		.console = "[ 9.0] kmemleak: Automatic memory scanning thread started\n",
	},
	{
		"a splat in splats.allow does not fail the run", PASS, 0,
		.console = "[ 1.0] WARNING: harmless thing\n",
	},
	{
		"a splat in splats.allow without a reason does", SPLAT, 5,
		.console = "[ 1.0] WARNING: thing without a reason\n",
	},
	{
		"what a test says is no splat", PASS, 0,
		.console = "rig: | WARNING: x\n",
	},
	{
		"a splat on the same line behind what a test says is one", SPLAT, 5,
		.console = "rig: | ok[   3.649281] WARNING: x\n",
	},
};

static struct list read_allowed(void)
{
	struct list allow;
	char why[256];

	logs_begin();
	logs_add("splats.allow", "text | reason\nharmless thing | a reason\n");
	logs_add("splats.allow", "thing without a reason |\n");
	if (!list_read(&allow, logs_path("splats.allow"), "text reason", why, sizeof(why)))
		abort();
	return allow;
}

static void test_case(const struct verdict_case *c, const struct list *allow)
{
	struct text console = logs_lines(c->console ? c->console : "");
	char *text = c->from ? logs_replace(GOOD, c->from, c->to) :
			       strdup(c->results ? c->results : GOOD);
	struct text results = logs_lines(text);
	struct verdict v;

	verdict_judge(&v, &console, &results, c->qemu, allow);
	tap_note("%s: %s %s", verdict_name(v.outcome), v.reason, v.source);
	tap(v.outcome == c->outcome && verdict_status(v.outcome) == c->status &&
	    (!c->says || strstr(v.reason, c->says)),
	    "%s", c->name);
	free(text);
	text_free(&console);
	text_free(&results);
}

/* TAP must show a failure, or it would count as none. */
static void test_tap(const struct list *allow)
{
	struct text results = logs_lines("KTAP version 1\n"), console = { 0 };
	struct tap tap_out = { 0 };
	struct verdict v;
	size_t size;
	char *out;

	tap_out.out = open_memstream(&out, &size);
	verdict_judge(&v, &console, &results, 0, allow);
	verdict_print_tap(&tap_out, &v, &results);
	fclose(tap_out.out);
	tap(tap_out.failed && strstr(out, "not ok "),
	    "the TAP of a run without a plan shows a failure");
	free(out);
	text_free(&results);
}

/* The whole program, on a run that was not made up for one of the cases. */
static void test_program(const char *program)
{
	char command[512], *out, *want;
	int status;

	logs_begin();
	snprintf(command, sizeof(command),
		 "cp logs/verdict/*.log %s && %s --tap %s 0 ../../../rig",
		 logs_path(""), program, logs_path(""));
	status = logs_run(command, &out);
	want = logs_content("logs/verdict/tap");
	tap(status == 2 && !strcmp(out, want),
	    "the program prints the TAP of logs/verdict, and its exit status is 2");
	if (strcmp(out, want))
		fprintf(stderr, "%s", out);
	free(out);
	free(want);
	out = logs_content(logs_path("verdict"));
	want = logs_content("logs/verdict/verdict");
	tap(*want && !strcmp(out, want), "the program writes the verdict of logs/verdict");
	free(out);
	free(want);
}

int main(int argc, char **argv)
{
	struct list allow;

	if (argc != 2)
		return 2;
	allow = read_allowed();
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		test_case(&cases[i], &allow);
	test_tap(&allow);
	list_free(&allow);
	test_program(argv[1]);
	logs_end();
	return tap_end();
}
