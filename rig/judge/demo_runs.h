/* SPDX-License-Identifier: GPL-2.0-only */
/* The demo's runs: what was found, and what was to be expected. */
#ifndef RIG_DEMO_RUNS_H
#define RIG_DEMO_RUNS_H

#include "demo_scenes.h"
#include "log.h"

enum { STOCK, COHMEM, KERNELS };

/**
 * struct demo_run - one run of a scene
 * @scene: the scene
 * @is_stock: on the stock kernel; else on cohmem's
 * @kernel: "stock" or "cohmem"
 * @dir: where its logs are
 * @results: its results.log
 * @outcome: what became of it
 * @reason: why, from the verdict if that is neither pass nor fail
 */
struct demo_run {
	const struct demo_scene *scene;
	bool is_stock;
	const char *kernel;
	char dir[256];
	struct text results;
	char outcome[16];
	char reason[512];
};

/** demo_run_read() - the run of which DIR/SCENE-KERNEL has the logs */
struct demo_run demo_run_read(const char *dir, const struct demo_scene *scene,
			      int kernel);

/** demo_run_kernel() - the kernel's name: "stock" or "cohmem" */
const char *demo_run_kernel(int kernel);

/** demo_run_is_of() - the scene that is run to have it, if that is another one; or NULL */
const char *demo_run_is_of(const struct demo_scene *scene, int kernel);

/** demo_run_free() - free it */
void demo_run_free(struct demo_run *run);

/** demo_run_fact() - what was found, and where */
struct fact demo_run_fact(const struct demo_run *run, const char *name);

/** demo_run_row() - the same, for a table: nothing is found of a guest that never ran */
struct fact demo_run_row(const struct demo_run *run, const char *name);

/** demo_run_fact_is() - whether that was found */
bool demo_run_fact_is(const struct demo_run *run, const char *name, const char *value);

/** demo_run_never_ran() - whether the guest executed nothing at all */
bool demo_run_never_ran(const struct demo_run *run);

/** demo_run_passed() - whether the outcome is "pass" */
bool demo_run_passed(const struct demo_run *run);

/** demo_run_as_expected() - stock fails as it does for everybody, cohmem passes */
bool demo_run_as_expected(const struct demo_run *run);

#endif /* RIG_DEMO_RUNS_H */
