/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of make bench: its rows, goals and cells. */
#ifndef RIG_BENCH_H
#define RIG_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "log.h"

/**
 * enum bench_goal - what is asked of cohmem's column
 * @GOAL_NONE: nothing, the row is for information
 * @GOAL_AT_MOST: no more than @limit
 * @GOAL_FEWER: by a factor of @limit less than mainline's; than stock's, which
 *		maps pages too, where mainline was not asked for
 * @GOAL_WITHIN: not further than @limit percent from stock's
 * @GOAL_LIKE: at most @limit percent more than cohmem's value of the row @like, above
 * @GOAL_LIKE_STOCK: at most @limit percent more than stock's value of that row
 */
enum bench_goal {
	GOAL_NONE, GOAL_AT_MOST, GOAL_FEWER, GOAL_WITHIN, GOAL_LIKE, GOAL_LIKE_STOCK
};

/* Units */
#define FAULTS "faults"
#define INSTRUCTIONS "instructions"
#define TABLES "tables"
#define HOST_TABLES "host tables"

/**
 * struct bench_row - one row
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
 * @like: see @goal
 */
struct bench_row {
	const char *key;
	const char *title;
	const char *unit;
	const char *run;
	const char *fact;
	const char *per;
	unsigned int divisor;
	bool cohmem_only;
	enum bench_goal goal;
	double limit;
	const char *like;
};

/**
 * struct bench_cell - one value
 * @known: there is one
 * @value: it
 * @text: why there is none, if there is none
 * @source: FILE:LINE
 */
struct bench_cell {
	bool known;
	double value;
	char text[64];
	char source[512];
};

/* bench_rows.c */
extern const struct bench_row bench_rows[];
extern const size_t bench_row_count;

#define MAX_COLUMNS 3
#define MAX_ROWS 32

/** enum bench_met - whether a goal was met */
enum bench_met { MET_NO_GOAL, MET_YES, MET_NO };

/**
 * struct bench_table - all of it
 * @machine: the emulated machine
 * @columns: "stock", "cohmem" and perhaps "mainline"
 * @releases: their kernels
 * @lines: of which line these are, or ""
 * @page_sizes: theirs
 * @column_count: how many
 * @rows: the rows
 * @row_count: how many
 * @cells: by row and column
 * @met: by row
 * @missing: by column: a row that has no value and is to have one, or NULL
 * @repeats: by column: whether a second run has given the same
 * @why: by column: how much it differed, and where
 * @cold: wall-clock seconds of a make demo that had to build kernels, or ""
 * @warm: of one that had not
 */
struct bench_table {
	const char *machine;
	const char *columns[MAX_COLUMNS];
	char releases[MAX_COLUMNS][128];
	char lines[MAX_COLUMNS][16];
	char page_sizes[MAX_COLUMNS][16];
	size_t column_count;
	const struct bench_row *rows;
	size_t row_count;
	struct bench_cell cells[MAX_ROWS][MAX_COLUMNS];
	enum bench_met met[MAX_ROWS];
	const char *missing[MAX_COLUMNS];
	bool repeats[MAX_COLUMNS];
	char why[MAX_COLUMNS][256];
	char cold[16];
	char warm[16];
};

/**
 * bench_read() - read and judge all runs
 * @t: is filled
 * @machine: the emulated machine
 * @dir: where the logs are
 * @columns: "stock", "cohmem" and perhaps "mainline"
 * @count: how many
 */
void bench_read(struct bench_table *t, const char *machine, const char *dir,
		const char * const *columns, size_t count);

/** bench_good() - all goals met, all values there, and repeatable */
bool bench_good(const struct bench_table *t);

/** bench_like() - the cell that GOAL_LIKE, or GOAL_LIKE_STOCK, is about; NULL if there is none */
const struct bench_cell *bench_like(const struct bench_table *t, size_t row);

/* bench_print.c */

/** bench_goal_text() - the goal for people, "" if there is none */
void bench_goal_text(const struct bench_table *t, size_t row, char *buf, size_t size);

/** bench_print_table() - for people */
void bench_print_table(const struct bench_table *t);

/** bench_write_json() - for programs; false with errno */
bool bench_write_json(const struct bench_table *t, const char *path);

#endif /* RIG_BENCH_H */
