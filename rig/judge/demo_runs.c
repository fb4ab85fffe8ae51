// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "demo_runs.h"

const char *demo_run_kernel(int kernel)
{
	return kernel == STOCK ? "stock" : "cohmem";
}

const char *demo_run_is_of(const struct demo_scene *scene, int kernel)
{
	return kernel == STOCK ? scene->stock_is_of : NULL;
}

struct demo_run demo_run_read(const char *dir, const struct demo_scene *scene,
			      int kernel)
{
	struct demo_run run = {
		.scene = scene,
		.is_stock = kernel == STOCK,
		.kernel = demo_run_kernel(kernel),
	};
	const char *is_of = demo_run_is_of(scene, kernel);
	struct text verdict;
	const char *outcome;
	struct fact reason;

	snprintf(run.dir, sizeof(run.dir), "%s/%s-%s", dir,
		 is_of ? is_of : scene->name, run.kernel);
	run.results = log_read(run.dir, "results.log");
	verdict = log_read(run.dir, "verdict");
	outcome = log_value(&verdict, "outcome: ");
	snprintf(run.outcome, sizeof(run.outcome), "%s", *outcome ? outcome : "lost");
	snprintf(run.reason, sizeof(run.reason), "%s", log_value(&verdict, "reason: "));
	text_free(&verdict);

	reason = demo_run_fact(&run, "reason");
	if (*reason.value &&
	    (!strcmp(run.outcome, "pass") || !strcmp(run.outcome, "fail")))
		snprintf(run.reason, sizeof(run.reason), "%s", reason.value);
	return run;
}

void demo_run_free(struct demo_run *run)
{
	text_free(&run->results);
}

struct fact demo_run_fact(const struct demo_run *run, const char *name)
{
	return log_fact(&run->results, name);
}

struct fact demo_run_row(const struct demo_run *run, const char *name)
{
	struct fact fact = demo_run_fact(run, name);

	if (!*fact.value && demo_run_never_ran(run))
		fact = demo_run_fact(run, "executes");
	return fact;
}

bool demo_run_fact_is(const struct demo_run *run, const char *name, const char *value)
{
	return !strcmp(demo_run_fact(run, name).value, value);
}

bool demo_run_never_ran(const struct demo_run *run)
{
	return demo_run_fact_is(run, "executes", FACT_NEVER_RAN);
}

bool demo_run_passed(const struct demo_run *run)
{
	return !strcmp(run->outcome, "pass");
}

bool demo_run_as_expected(const struct demo_run *run)
{
	if (!run->is_stock)
		return demo_run_passed(run);
	return !strcmp(run->outcome, "fail") && run->scene->fails_as_expected(run);
}
