// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does the demo succeed only if stock fails as it does for everybody, and cohmem passes?
 *
 *   demo_test PATH-OF-DEMO
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo.h"
#include "logs.h"
#include "tap.h"

/* The logs of logs/demo, which are as they have to be. */
static void good(void)
{
	char command[256], *out;

	snprintf(command, sizeof(command), "cp -r logs/demo/*-* %s", logs_begin());
	if (logs_run(command, &out))
		abort();
	free(out);
}

static void expect(bool want, const char *name)
{
	struct demo demo;

	demo_read(&demo, "grace", logs_path(""));
	tap(demo_as_expected(&demo) == want, "%s", name);
	demo_free(&demo);
}

static void test_expected(void)
{
	good();
	expect(true, "a demo in which stock fails as expected and cohmem passes succeeds");
	logs_change("ram-cohmem/verdict", "outcome: pass", "outcome: splat");
	expect(false, "a demo in which cohmem does not pass fails");
	good();
	logs_change("gpu-stock/verdict", "outcome: fail", "outcome: pass");
	expect(false, "a demo in which stock passes fails");
	good();
	logs_change("gpu-stock/verdict", "outcome: fail", "outcome: timeout");
	expect(false, "a demo in which stock is too slow fails");
	good();
	logs_change("ram-stock/results.log", "executes=\"never ran\"", "executes=unknown");
	expect(false, "a demo in which stock's guest is not seen to have never run fails");
	good();
	logs_change("gpu-stock/results.log", "fact memtype=Device", "fact memtype=Normal-NC");
	expect(false, "a demo in which stock's failure has another cause fails");
	good();
	logs_remove("gpu-cohmem");
	expect(false, "a demo without one of its runs fails");
}

static void test_program(const char *program)
{
	char command[512], *out, *want;
	int status;

	logs_begin();
	snprintf(command, sizeof(command), "%s grace logs/demo %s", program,
		 logs_path("json"));
	status = logs_run(command, &out);
	want = logs_content("logs/demo/table");
	tap(!status && !strcmp(out, want),
	    "the program prints the tables of logs/demo, and its exit status is 0");
	if (strcmp(out, want))
		fputs(out, stderr);
	free(out);
	free(want);
	out = logs_content(logs_path("json"));
	want = logs_content("logs/demo/demo.json");
	tap(*want && !strcmp(out, want), "the program writes the JSON of logs/demo");
	free(out);
	free(want);
	snprintf(command, sizeof(command), "%s --runs", program);
	status = logs_run(command, &out);
	want = "ram stock\nram cohmem\ngpu stock\ngpu cohmem\nmigrate cohmem\n";
	tap(!status && !strcmp(out, want), "the program lists the runs that its scenes take");
	free(out);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	test_expected();
	test_program(argv[1]);
	logs_end();
	return tap_end();
}
