// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "demo_runs.h"

const struct demo_row demo_rows[ROWS] = {
	{ .fact = "hot_add", .title = { NULL, "hot-adds region 4" }, .gpu_only = true },
	{ .fact = "executes", .title = { "executes", NULL } },
	{ .fact = "unaligned", .title = { "unaligned access", "unaligned access" } },
	{ .fact = "atomics", .title = { "atomics", "atomics" } },
	{ .fact = "zva", .title = { "DC ZVA", "DC ZVA" } },
	{ .fact = "exec_written_code", .title = { "runs code it wrote", "runs code it wrote" } },
	{ .fact = "workload", .title = { "workload", "workload" } },
	{ .fact = "memtype", .title = { "stage-2 memory type", "stage 2, region 4" } },
	{ .fact = "stage2_faults", .title = { "stage-2 faults on RAM", "faults on region 4" },
	  .number = true },
	{ .fact = "largest_block", .title = { "largest block", "largest block" },
	  .number = true },
	{ .fact = "region2_memtype", .title = { NULL, "stage 2, region 2" }, .gpu_only = true },
	{ .fact = "region2_refuses_exec", .title = { NULL, "region 2: no exec" },
	  .gpu_only = true },
};

static bool fact_is(const struct demo_run *run, const char *name, const char *value)
{
	return !strcmp(demo_run_fact(run, name).value, value);
}

/* Seen in the traces, not just a time-out. */
static bool never_ran(const struct demo_run *run)
{
	return fact_is(run, "executes", FACT_NEVER_RAN);
}

/* The guest said that it cannot, and stage 2 says why. */
static bool runs_no_code(const struct demo_run *run)
{
	return fact_is(run, "hot_add", "yes") &&
	       fact_is(run, "executes", "no") &&
	       fact_is(run, "memtype", "Device");
}

const struct demo_scene demo_scenes[SCENES] = {
	[RAM] = { "ram", never_ran, "the guest never runs" },
	[GPU] = { "gpu", runs_no_code, "no code runs in the GPU's memory" },
};

struct demo_run demo_run_read(const char *dir, int scene, int kernel)
{
	static const char * const kernels[] = { "stock", "cohmem" };
	struct demo_run run = { .kernel = kernels[kernel] };
	struct text verdict;
	struct fact reason;

	snprintf(run.dir, sizeof(run.dir), "%s/%s-%s", dir, demo_scenes[scene].name,
		 run.kernel);
	verdict = log_read(run.dir, "verdict");
	run.results = log_read(run.dir, "results.log");
	snprintf(run.verdict, sizeof(run.verdict), "lost");
	for (size_t i = 0; i < verdict.count; i++) {
		const char *line = verdict.lines[i];

		if (text_starts(line, "outcome: "))
			snprintf(run.verdict, sizeof(run.verdict), "%s",
				 line + strlen("outcome: "));
		else if (text_starts(line, "reason: "))
			snprintf(run.reason, sizeof(run.reason), "%s",
				 line + strlen("reason: "));
	}
	text_free(&verdict);

	reason = demo_run_fact(&run, "reason");
	if (*reason.value &&
	    (!strcmp(run.verdict, "pass") || !strcmp(run.verdict, "fail")))
		snprintf(run.reason, sizeof(run.reason), "%s", reason.value);
	return run;
}

struct fact demo_run_fact(const struct demo_run *run, const char *name)
{
	return log_fact(&run->results, name);
}

bool demo_run_passed(const struct demo_run *run)
{
	return !strcmp(run->verdict, "pass");
}

bool demo_run_as_expected(const struct demo_run *run, int scene, int kernel)
{
	if (kernel == COHMEM)
		return demo_run_passed(run);
	return !strcmp(run->verdict, "fail") &&
	       demo_scenes[scene].fails_as_expected(run);
}
