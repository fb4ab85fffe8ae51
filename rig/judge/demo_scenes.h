/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The demo's scenes: each is a file of its own, scene_NAME.c. Those that rig/jobs.list
 * has a job for are in scenes.inc, which the Makefile writes: SCENE(NAME), a line each.
 */
#ifndef RIG_DEMO_SCENES_H
#define RIG_DEMO_SCENES_H

#include <stdbool.h>
#include <stddef.h>

struct demo_run;

/**
 * struct demo_row - a row of a scene's table, and a key of its JSON
 * @fact: name of the fact, or NULL behind the last row
 * @title: in the table; NULL: in the JSON only
 * @number: goes into JSON as such
 */
struct demo_row {
	const char *fact;
	const char *title;
	bool number;
};

#define DEMO_MAX_AREAS 4
#define DEMO_STRIP_WIDTH 768	/* a power of two of columns of 3 pixels */

/**
 * struct demo_area - an area of the guest's memory, drawn as a strip
 * @name: in the log, or NULL behind the last area
 * @label: in sentences
 * @title: over the strip
 * @x: pixels, from the first strip's left end
 * @width: pixels, of DEMO_STRIP_WIDTH for all strips and what is between them
 * @columns: how many the strip is divided into
 */
struct demo_area {
	const char *name;
	const char *label;
	const char *title;
	int x;
	int width;
	unsigned int columns;
};

/**
 * struct demo_scene - one scene: a job that runs on cohmem's kernel, and on the stock one
 * @name: of the job
 * @what: what it shows, over its picture
 * @rows: of its table
 * @fails_as_expected: the failure on stock; found in the results, not just any failure
 * @on_stock: the same in words, "on the stock kernel ..."
 * @stock_is_of: NULL, or the scene whose run on stock is this one's, too
 * @areas: what is drawn; NULL if nothing is
 * @faults_on: what the stage-2 faults are counted on, "on ..."
 */
struct demo_scene {
	const char *name;
	const char *what;
	const struct demo_row *rows;
	bool (*fails_as_expected)(const struct demo_run *run);
	const char *on_stock;
	const char *stock_is_of;
	const struct demo_area *areas;
	const char *faults_on;
};

#define SCENE(_name) extern const struct demo_scene scene_##_name;
#include "scenes.inc"
#undef SCENE

/* In the order of their jobs, in which they are run and shown; NULL is behind the last. */
extern const struct demo_scene * const demo_scenes[];

/** demo_scenes_count() - how many scenes there are */
static inline size_t demo_scenes_count(void)
{
	size_t count = 0;

	while (demo_scenes[count])
		count++;
	return count;
}

#endif /* RIG_DEMO_SCENES_H */
