/* SPDX-License-Identifier: GPL-2.0-only */
/* The demo's report: a table of each scene, TAP and JSON. */
#ifndef RIG_DEMO_H
#define RIG_DEMO_H

#include <stdio.h>

#include "demo_runs.h"
#include "tap.h"

/**
 * struct demo - all runs
 * @machine: the emulated machine
 * @count: how many scenes
 * @runs: two runs of each, on the stock kernel and on cohmem's
 */
struct demo {
	const char *machine;
	size_t count;
	struct demo_run (*runs)[KERNELS];
};

/** demo_read() - read all logs: those in DIR/SCENE-KERNEL */
void demo_read(struct demo *demo, const char *machine, const char *dir);

/** demo_free() - free it */
void demo_free(struct demo *demo);

/** demo_as_expected() - whether stock has failed as expected, and cohmem passed */
bool demo_as_expected(const struct demo *demo);

/** demo_print_runs() - the runs that the scenes take: SCENE KERNEL, one a line */
void demo_print_runs(FILE *f);

/** demo_print() - a table of each scene, for people */
void demo_print(FILE *f, const struct demo *demo);

/** demo_print_tap() - a result for each run */
void demo_print_tap(struct tap *tap, const struct demo *demo);

/** demo_json_write() - all of it to a file; false with errno */
bool demo_json_write(const char *path, const struct demo *demo);

#endif /* RIG_DEMO_H */
