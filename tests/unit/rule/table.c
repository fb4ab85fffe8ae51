// SPDX-License-Identifier: GPL-2.0-only
/*
 * Markdown tables that are meant to be read by programs: see table.h.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "table.h"

/* Rows above the body: the heading, and the rule below it. */
#define HEADING_ROWS 2

static bool is_margin(char c)
{
	return c == ' ' || c == '\t' || c == '`';
}

static int copy_cell(char *to, const char *from, size_t len)
{
	while (len && is_margin(*from)) {
		from++;
		len--;
	}
	while (len && is_margin(from[len - 1]))
		len--;
	if (len >= TABLE_MAX_CELL)
		return -1;

	memcpy(to, from, len);
	to[len] = '\0';
	return 0;
}

/* The number of cells in a line "| a | b |", or -1 if it is none. */
static int split_row(char cells[][TABLE_MAX_CELL], const char *line)
{
	const char *end;
	int n = 0;

	for (line++; (end = strchr(line, '|')); line = end + 1) {
		if (n == TABLE_MAX_COLS ||
		    copy_cell(cells[n++], line, end - line))
			return -1;
	}
	return n;
}

static int read_body(struct table *t, FILE *in, const char *path, int lineno)
{
	char line[2048];
	int skip = HEADING_ROWS;

	while (fgets(line, sizeof(line), in) && line[0] == '|') {
		lineno++;
		if (skip) {
			skip--;
			continue;
		}
		if (t->rows == TABLE_MAX_ROWS) {
			fprintf(stderr, "%s:%d: more than %d rows\n", path,
				lineno, TABLE_MAX_ROWS);
			return -1;
		}
		t->line[t->rows] = lineno;
		if (split_row(t->cell[t->rows], line) != t->cols) {
			fprintf(stderr, "%s:%d: not a row of %d cells\n", path,
				lineno, t->cols);
			return -1;
		}
		t->rows++;
	}
	return 0;
}

int table_read(struct table *t, const char *path, const char *name, int cols)
{
	char marker[64], line[2048];
	int lineno = 0, ret = -1;
	FILE *in;

	memset(t, 0, sizeof(*t));
	t->cols = cols;
	snprintf(marker, sizeof(marker), "<!-- table: %s -->\n", name);

	in = fopen(path, "r");
	if (!in) {
		perror(path);
		return -1;
	}

	while (fgets(line, sizeof(line), in)) {
		lineno++;
		if (!strcmp(line, marker)) {
			ret = read_body(t, in, path, lineno);
			break;
		}
	}
	fclose(in);

	if (!ret && !t->rows)
		ret = -1;
	if (ret)
		fprintf(stderr, "%s: cannot read the table \"%s\"\n", path,
			name);
	return ret;
}
