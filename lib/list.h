/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one reader of lists in C; scripts/lib/list.sh is the one in shell. A list is a
 * text file of rows "a | b | c". Its first row names the columns. Empty lines, and
 * lines that begin with #, are comments. A cell holds no |.
 */
#ifndef LIB_LIST_H
#define LIB_LIST_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct list - a list in memory
 * @columns: names of the columns
 * @width: how many
 * @cells: @width for each row, without the blanks around them
 * @count: how many rows
 */
struct list {
	char **columns;
	size_t width;
	char **cells;
	size_t count;
};

/**
 * list_read() - read a list
 * @list: is filled
 * @path: the file
 * @columns: names of columns that it must have, with blanks between them
 * @why: on failure, what is wrong, with the file and the line
 * @size: size of @why
 *
 * Return: whether it worked. If not, there is nothing to free.
 */
bool list_read(struct list *list, const char *path, const char *columns,
	       char *why, size_t size);

/** list_free() - free what list_read() has allocated */
void list_free(struct list *list);

/**
 * list_cell() - one cell
 * @list: the list
 * @row: from 0
 * @column: name of one that it has
 *
 * Return: its text, which may be "".
 */
const char *list_cell(const struct list *list, size_t row, const char *column);

#endif /* LIB_LIST_H */
