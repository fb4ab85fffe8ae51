/* SPDX-License-Identifier: GPL-2.0-only */
/* The demo's runs: what was found, and what was to be expected. */
#ifndef RIG_RUN_H
#define RIG_RUN_H

#include <stdbool.h>
#include <stdio.h>

#include "log.h"

#define NEVER_RAN "never ran"

enum { RAM, GPU, SCENES };
enum { STOCK, COHMEM, KERNELS };

/**
 * struct run - one run of a scene
 * @kernel: "stock" or "cohmem"
 * @dir: where its logs are
 * @results: its results.log
 * @verdict: what became of it
 * @reason: why, from the verdict if that is neither pass nor fail
 */
struct run {
	const char *kernel;
	char dir[256];
	struct text results;
	char verdict[16];
	char reason[512];
};

/**
 * struct scene - a scene, and the failure that is expected on stock
 * @name: its name
 * @fails_as_expected: found in the results, not just any failure
 * @on_stock: the same in words, "on the stock kernel ..."
 */
struct scene {
	const char *name;
	bool (*fails_as_expected)(const struct run *run);
	const char *on_stock;
};

extern const struct scene scenes[SCENES];

/**
 * struct row - a row of the tables, and a key of the JSON
 * @fact: name of the fact
 * @title: in the table of each scene; NULL: not there
 * @number: goes into JSON as such
 * @gpu_only: there is no such fact in scene ram
 */
struct row {
	const char *fact;
	const char *title[SCENES];
	bool number;
	bool gpu_only;
};

#define ROWS 12
extern const struct row rows[ROWS];

/** run_read() - the run of which DIR/SCENE-KERNEL has the logs */
struct run run_read(const char *dir, int scene, int kernel);

/** run_fact() - what was found, and where */
struct fact run_fact(const struct run *run, const char *name);

/** run_passed() - whether the verdict is "pass" */
bool run_passed(const struct run *run);

/** run_as_expected() - stock fails as it does for everybody, cohmem passes */
bool run_as_expected(const struct run *run, int scene, int kernel);

/** json_write() - all of it to a file; false with errno */
bool json_write(const char *path, const char *machine,
		struct run runs[SCENES][KERNELS]);

#endif /* RIG_RUN_H */
