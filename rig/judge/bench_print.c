// SPDX-License-Identifier: GPL-2.0-only
#include <math.h>

#include "bench.h"
#include "json.h"

#define TITLE 50
#define VALUE 15
#define GOAL 34

void bench_goal_text(const struct bench_table *t, size_t row, char *buf, size_t size)
{
	const struct bench_row *r = &t->rows[row];
	const struct bench_cell *cell = t->cells[row];
	const char *peer = t->column_count > 2 ? t->columns[2] : t->columns[0];
	const struct bench_cell *p = t->column_count > 2 ? &cell[2] : &cell[0];
	double c = cell[1].value;

	*buf = '\0';
	switch (r->goal) {
	case GOAL_NONE:
		break;
	case GOAL_AT_MOST:
		snprintf(buf, size, "at most %.0f", r->limit);
		break;
	case GOAL_FEWER:
		snprintf(buf, size, "%s / %.0f; is / %.0f", peer, r->limit,
			 c > 0 ? p->value / c : 0);
		break;
	case GOAL_WITHIN:
		snprintf(buf, size, "stock +- %.0f %%; is %+.2f %%", r->limit,
			 cell[0].value > 0 ?
			 (c / cell[0].value - 1) * 100 : 0);
		break;
	case GOAL_LIKE:
	case GOAL_LIKE_STOCK:
		p = bench_like(t, row);
		snprintf(buf, size, "%s%s + %.0f %%; is %+.2f %%",
			 r->goal == GOAL_LIKE ? "" : "stock's ", r->like, r->limit,
			 p && p->value > 0 ? (c / p->value - 1) * 100 : 0);
		break;
	}
}

void bench_print_table(const struct bench_table *t)
{
	static const char * const met[] = { "", "met", "MISSED" };
	char text[64], goal[128];

	printf("\n%-*s", TITLE + 14, "");
	for (size_t c = 0; c < t->column_count; c++)
		printf(" %*s", VALUE, t->columns[c]);
	printf("  goal for cohmem\n");
	for (size_t r = 0; r < t->row_count; r++) {
		printf("%-*s %-13s", TITLE, t->rows[r].title, t->rows[r].unit);
		for (size_t c = 0; c < t->column_count; c++) {
			const struct bench_cell *cell = &t->cells[r][c];

			if (cell->known)
				text_group(text, sizeof(text), rint(cell->value));
			else
				snprintf(text, sizeof(text), "%s", cell->text);
			printf(" %*s", VALUE, text);
		}
		bench_goal_text(t, r, goal, sizeof(goal));
		printf("  %s%s%s\n", goal, *goal ? ": " : "", met[t->met[r]]);
	}
	printf("%-*s %-13s %s cold, %s warm\n", TITLE,
	       "make demo, by this PC's clock", "seconds",
	       *t->cold ? t->cold : "unknown",
	       *t->warm ? t->warm : "unknown");
	printf("\n");
	for (size_t c = 0; c < t->column_count; c++)
		printf("%-9s %s, line %s, machine %s, pages of %s bytes\n",
		       t->columns[c], t->releases[c],
		       *t->lines[c] ? t->lines[c] : "unknown", t->machine,
		       t->page_sizes[c]);
	printf("\n");
	for (size_t c = 0; c < t->column_count; c++) {
		if (t->missing[c])
			printf("MISSING on %s: %s\n", t->columns[c], t->missing[c]);
		printf("%s, %s: %s%s\n",
		       t->repeats[c] ? "repeatable" : "NOT REPEATABLE", t->columns[c],
		       t->repeats[c] ? "a second run differs by at most " : "",
		       t->why[c]);
	}
}

static struct json_object *record(const struct bench_table *t, size_t r, size_t c)
{
	struct json_object *o = json_object_new_object();
	const struct bench_cell *cell = &t->cells[r][c];
	char goal[128];

	bench_goal_text(t, r, goal, sizeof(goal));
	json_set_string(o, "row", t->rows[r].key);
	json_set_string(o, "kernel", t->columns[c]);
	json_set_string(o, "release", t->releases[c]);
	json_set_text(o, "line", t->lines[c]);
	json_set_string(o, "machine", t->machine);
	json_set_number(o, "page_size", t->page_sizes[c]);
	if (cell->known) {
		json_set_double(o, "value", cell->value);
	} else {
		json_set_string(o, "value", NULL);
		json_set_string(o, "reason", cell->text);
	}
	json_set_string(o, "unit", t->rows[r].unit);
	/* Goals are cohmem's; the other columns are there to compare. */
	if (c == 1 && *goal) {
		json_set_string(o, "goal", goal);
		json_set(o, "met", t->met[r] == MET_NO_GOAL ? NULL :
			 json_object_new_boolean(t->met[r] == MET_YES));
	} else {
		json_set_string(o, "goal", NULL);
		json_set_string(o, "met", NULL);
	}
	json_set_string(o, "source", cell->source);
	return o;
}

bool bench_write_json(const struct bench_table *t, const char *path)
{
	struct json_object *all = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	struct json_object *seconds = json_object_new_object();

	for (size_t r = 0; r < t->row_count; r++) {
		for (size_t c = 0; c < t->column_count; c++)
			json_add(rows, record(t, r, c));
	}
	json_set_number(seconds, "cold", t->cold);
	json_set_number(seconds, "warm", t->warm);
	json_set(all, "rows", rows);
	json_set(all, "demo_seconds", seconds);
	return json_write(path, all);
}
