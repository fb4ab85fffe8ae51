/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Markdown tables that are meant to be read by programs. Such a table follows
 * a line "<!-- table: NAME -->".
 */
#ifndef TESTS_RULE_TABLE_H
#define TESTS_RULE_TABLE_H

#define TABLE_MAX_ROWS	32
#define TABLE_MAX_COLS	8
#define TABLE_MAX_CELL	512

/**
 * struct table - The body of a table, without its heading
 * @rows: number of rows
 * @cols: number of columns, the same in each row
 * @line: line number of each row in its file
 * @cell: the texts, without the blanks and backquotes around them
 */
struct table {
	int rows;
	int cols;
	int line[TABLE_MAX_ROWS];
	char cell[TABLE_MAX_ROWS][TABLE_MAX_COLS][TABLE_MAX_CELL];
};

/**
 * table_read() - Read a marked table
 * @t: to be filled
 * @path: the Markdown file
 * @name: the table's name in the marker
 * @cols: how many columns it must have
 *
 * Return: 0, or -1 after a message on stderr.
 */
int table_read(struct table *t, const char *path, const char *name, int cols);

#endif /* TESTS_RULE_TABLE_H */
