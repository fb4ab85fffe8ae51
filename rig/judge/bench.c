// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define REPEATABLE 0.1		/* percent */

#define STOCK 0
#define COHMEM 1
#define MAINLINE 2

static void run_dir(char *buf, size_t size, const char *dir,
		    const char *column, const char *run)
{
	snprintf(buf, size, "%s/%s-%s", dir, column, run);
}

static double number(const struct text *results, const char *name, bool *known)
{
	struct fact fact = log_fact(results, name);
	char *end;
	double value = strtod(fact.value, &end);

	*known = *fact.value && !*end;
	return value;
}

/* What a run that did not pass has found counts for nothing. */
static void read_cell(const struct bench_row *row, bool cohmem, const char *dir,
		      struct bench_cell *cell)
{
	struct text results = log_read(dir, "results.log");
	struct text verdict = log_read(dir, "verdict");
	const char *outcome = log_value(&verdict, "outcome: ");
	struct fact executes = log_fact(&results, "executes");
	double per = 1;

	if (row->cohmem_only && !cohmem) {
		snprintf(cell->text, sizeof(cell->text), "none");
		goto out;
	}
	if (strcmp(outcome, "pass")) {
		snprintf(cell->text, sizeof(cell->text), "%.63s",
			 !strcmp(executes.value, FACT_NEVER_RAN) ? FACT_NEVER_RAN :
			 *outcome ? outcome : "no run");
		goto out;
	}
	cell->value = number(&results, row->fact, &cell->known);
	if (cell->known && row->per)
		per = number(&results, row->per, &cell->known);
	cell->known = cell->known && per > 0;
	if (!cell->known) {
		snprintf(cell->text, sizeof(cell->text), "not found");
		goto out;
	}
	cell->value /= per;
	if (row->divisor)
		cell->value /= row->divisor;
	snprintf(cell->source, sizeof(cell->source), "%s/%s", dir,
		 log_fact(&results, row->fact).source);
out:
	text_free(&results);
	text_free(&verdict);
}

const struct bench_cell *bench_like(const struct bench_table *t, size_t row)
{
	size_t column = t->rows[row].goal == GOAL_LIKE ? COHMEM : STOCK;

	for (size_t r = 0; r < row; r++) {
		if (!strcmp(t->rows[r].key, t->rows[row].like) &&
		    t->cells[r][column].known)
			return &t->cells[r][column];
	}
	return NULL;
}

static enum bench_met judge(const struct bench_table *t, size_t i)
{
	const struct bench_row *row = &t->rows[i];
	const struct bench_cell *cell = t->cells[i];
	const struct bench_cell *peer = &cell[t->column_count - 1];

	if (row->goal != GOAL_NONE && !cell[COHMEM].known)
		return MET_NO;
	switch (row->goal) {
	case GOAL_NONE:
		return MET_NO_GOAL;
	case GOAL_AT_MOST:
		return cell[COHMEM].value <= row->limit ? MET_YES : MET_NO;
	case GOAL_FEWER:
		if (t->column_count == MAINLINE)
			peer = &cell[STOCK];
		return peer->known &&
		       peer->value >= row->limit * cell[COHMEM].value ?
		       MET_YES : MET_NO;
	case GOAL_WITHIN:
		return cell[STOCK].known &&
		       fabs(cell[COHMEM].value - cell[STOCK].value) <=
		       cell[STOCK].value * row->limit / 100 ? MET_YES : MET_NO;
	case GOAL_LIKE:
	case GOAL_LIKE_STOCK:
		peer = bench_like(t, i);
		return peer && cell[COHMEM].value <=
		       peer->value * (1 + row->limit / 100) ? MET_YES : MET_NO;
	}
	return MET_NO;
}

/*
 * The one cell that is to have no value: nothing executes from memory without
 * struct pages on the stock kernel.
 */
static bool complete(const struct bench_table *t, size_t row, size_t column)
{
	const struct bench_cell *cell = &t->cells[row][column];

	return cell->known ||
	       (column != COHMEM && t->rows[row].cohmem_only) ||
	       (column == STOCK && !strcmp(t->rows[row].fact, "stage2_faults") &&
		!strcmp(cell->text, FACT_NEVER_RAN));
}

static void read_cells(struct bench_table *t, const char *dir)
{
	struct text seconds;
	char path[512];

	for (size_t c = 0; c < t->column_count; c++) {
		struct text results;

		run_dir(path, sizeof(path), dir, t->columns[c], "1");
		results = log_read(path, "results.log");
		snprintf(t->releases[c], sizeof(t->releases[c]), "%.127s",
			 log_fact(&results, "release").value);
		snprintf(t->lines[c], sizeof(t->lines[c]), "%.15s",
			 log_fact(&results, "line").value);
		snprintf(t->page_sizes[c], sizeof(t->page_sizes[c]), "%.15s",
			 log_fact(&results, "page_size").value);
		text_free(&results);
		for (size_t r = 0; r < t->row_count; r++) {
			run_dir(path, sizeof(path), dir, t->columns[c],
				t->rows[r].run);
			read_cell(&t->rows[r], c == COHMEM, path,
				  &t->cells[r][c]);
		}
	}
	seconds = log_read(dir, "seconds");
	snprintf(t->cold, sizeof(t->cold), "%.15s", log_value(&seconds, "cold: "));
	snprintf(t->warm, sizeof(t->warm), "%.15s", log_value(&seconds, "warm: "));
	text_free(&seconds);
	for (size_t r = 0; r < t->row_count; r++)
		t->met[r] = judge(t, r);
}

/* A value of job bench, not divided by anything. */
static struct bench_cell raw(const struct bench_table *t, const char *dir, size_t row,
			     size_t column, const char *run)
{
	struct bench_row undivided = t->rows[row];
	struct bench_cell cell = { 0 };
	char path[512];

	undivided.per = NULL;
	undivided.divisor = 0;
	run_dir(path, sizeof(path), dir, t->columns[column], run);
	read_cell(&undivided, column == COHMEM, path, &cell);
	return cell;
}

/*
 * The instructions of job bench again, from its second run. That has all of them
 * for cohmem; to let another kernel map 1 GiB by pages again would take too long.
 */
static bool repeats(const struct bench_table *t, const char *dir, size_t column,
		    char *why, size_t size)
{
	double worst = -1;

	snprintf(why, size, "nothing to compare");
	for (size_t r = 0; r < t->row_count; r++) {
		struct bench_cell first, second;
		double off;

		if (strcmp(t->rows[r].unit, INSTRUCTIONS) ||
		    !t->cells[r][column].known)
			continue;
		first = raw(t, dir, r, column, "1");
		second = raw(t, dir, r, column, "2");
		if (!second.known && column != COHMEM)
			continue;
		off = fabs(second.value - first.value) / fmax(first.value, 1) *
		      100;
		if (!second.known || off > REPEATABLE) {
			snprintf(why, size, "%s: %.0f, then %.0f (%s)",
				 t->rows[r].key, first.value, second.value,
				 second.known ? "too different" : second.text);
			return false;
		}
		if (off <= worst)
			continue;
		worst = off;
		snprintf(why, size, "%.4f %%, %s", off, t->rows[r].key);
	}
	return worst >= 0;
}

void bench_read(struct bench_table *t, const char *machine, const char *dir,
		const char * const *columns, size_t count)
{
	memset(t, 0, sizeof(*t));
	t->machine = machine;
	t->rows = bench_rows;
	t->row_count = bench_row_count;
	t->column_count = count;
	for (size_t c = 0; c < count; c++)
		t->columns[c] = columns[c];
	read_cells(t, dir);
	for (size_t c = 0; c < count; c++) {
		t->repeats[c] = repeats(t, dir, c, t->why[c], sizeof(t->why[c]));
		for (size_t r = 0; r < t->row_count; r++) {
			if (!complete(t, r, c))
				t->missing[c] = t->rows[r].key;
		}
	}
}

bool bench_good(const struct bench_table *t)
{
	for (size_t r = 0; r < t->row_count; r++) {
		if (t->met[r] == MET_NO)
			return false;
	}
	for (size_t c = 0; c < t->column_count; c++) {
		if (!t->repeats[c] || t->missing[c])
			return false;
	}
	return true;
}
