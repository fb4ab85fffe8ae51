/* SPDX-License-Identifier: GPL-2.0-only */
/* The demo's runs: what was found, and what was to be expected. */
#ifndef RIG_RUN_H
#define RIG_RUN_H

#include <stdbool.h>
#include <stdio.h>

#include "log.h"

enum { RAM, GPU, SCENES };
enum { STOCK, COHMEM, KERNELS };

/**
 * struct demo_run - one run of a scene
 * @kernel: "stock" or "cohmem"
 * @dir: where its logs are
 * @results: its results.log
 * @verdict: what became of it
 * @reason: why, from the verdict if that is neither pass nor fail
 */
struct demo_run {
	const char *kernel;
	char dir[256];
	struct text results;
	char verdict[16];
	char reason[512];
};

/**
 * struct demo_scene - a scene, and the failure that is expected on stock
 * @name: its name
 * @fails_as_expected: found in the results, not just any failure
 * @on_stock: the same in words, "on the stock kernel ..."
 */
struct demo_scene {
	const char *name;
	bool (*fails_as_expected)(const struct demo_run *run);
	const char *on_stock;
};

extern const struct demo_scene demo_scenes[SCENES];

/**
 * struct demo_row - a row of the tables, and a key of the JSON
 * @fact: name of the fact
 * @title: in the table of each scene; NULL: not there
 * @number: goes into JSON as such
 * @gpu_only: there is no such fact in scene ram
 */
struct demo_row {
	const char *fact;
	const char *title[SCENES];
	bool number;
	bool gpu_only;
};

#define ROWS 12
extern const struct demo_row demo_rows[ROWS];

/** demo_run_read() - the run of which DIR/SCENE-KERNEL has the logs */
struct demo_run demo_run_read(const char *dir, int scene, int kernel);

/** demo_run_fact() - what was found, and where */
struct fact demo_run_fact(const struct demo_run *run, const char *name);

/** demo_run_passed() - whether the verdict is "pass" */
bool demo_run_passed(const struct demo_run *run);

/** demo_run_as_expected() - stock fails as it does for everybody, cohmem passes */
bool demo_run_as_expected(const struct demo_run *run, int scene, int kernel);

/** demo_json_write() - all of it to a file; false with errno */
bool demo_json_write(const char *path, const char *machine,
		     struct demo_run runs[SCENES][KERNELS]);

#endif /* RIG_RUN_H */
