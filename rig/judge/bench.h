/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of make bench: its rows, goals and cells. */
#ifndef RIG_BENCH_H
#define RIG_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "log.h"
#include "tap.h"

/**
 * enum goal - what is asked of cohmem's column
 * @GOAL_NONE: nothing, the row is for information
 * @GOAL_AT_MOST: no more than @limit
 * @GOAL_FEWER: by a factor of @limit less than mainline's; than stock's, which
 *		maps pages too, where mainline was not asked for
 * @GOAL_WITHIN: not further than @limit percent from stock's
 */
enum goal { GOAL_NONE, GOAL_AT_MOST, GOAL_FEWER, GOAL_WITHIN };

/* Units */
#define FAULTS "faults"
#define INSTRUCTIONS "instructions"
#define TABLES "tables"

/**
 * struct row - one row
 * @key: its name for programs
 * @title: its name for people
 * @unit: of the values
 * @run: the run that the values are from
 * @fact: the fact, of that run
 * @per: the fact to divide by, or NULL
 * @divisor: a number to divide by, if not 0
 * @cohmem_only: what it tells of does not exist in other kernels
 * @goal: what is asked of cohmem
 * @limit: see @goal
 */
struct row {
	const char *key;
	const char *title;
	const char *unit;
	const char *run;
	const char *fact;
	const char *per;
	unsigned int divisor;
	bool cohmem_only;
	enum goal goal;
	double limit;
};

/**
 * struct cell - one value
 * @known: there is one
 * @value: it
 * @text: why there is none, if there is none
 * @source: FILE:LINE
 */
struct cell {
	bool known;
	double value;
	char text[64];
	char source[512];
};

/* bench-rows.c */
extern const struct row rows[];
extern const size_t row_count;

#define MAX_COLUMNS 3
#define MAX_ROWS 32

/** enum met - whether a goal was met */
enum met { MET_NO_GOAL, MET_YES, MET_NO };

/**
 * struct table - all of it
 * @machine: the emulated machine
 * @columns: "stock", "cohmem" and perhaps "mainline"
 * @releases: their kernels
 * @page_sizes: theirs
 * @column_count: how many
 * @rows: the rows
 * @row_count: how many
 * @cells: by row and column
 * @met: by row
 * @cold: wall-clock seconds of a make demo that had to build kernels, or ""
 * @warm: of one that had not
 */
struct table {
	const char *machine;
	const char *columns[MAX_COLUMNS];
	char releases[MAX_COLUMNS][128];
	char page_sizes[MAX_COLUMNS][16];
	size_t column_count;
	const struct row *rows;
	size_t row_count;
	struct cell cells[MAX_ROWS][MAX_COLUMNS];
	enum met met[MAX_ROWS];
	char cold[16];
	char warm[16];
};

/* bench-print.c */

/** goal_text() - the goal for people, "" if there is none */
void goal_text(const struct table *t, size_t row, char *buf, size_t size);

/** print_table() - for people */
void print_table(const struct table *t);

/** print_tap() - one result for each goal */
void print_tap(const struct table *t, struct tap *tap);

/** write_json() - for programs; false with errno */
bool write_json(const struct table *t, const char *path);

#endif /* RIG_BENCH_H */
