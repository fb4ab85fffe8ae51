// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "text.h"

static void add(char ***array, size_t *count, char *cell)
{
	*array = realloc(*array, (*count + 1) * sizeof(**array));
	cell = strdup(text_trim(cell));
	if (!*array || !cell)
		abort();
	(*array)[(*count)++] = cell;
}

/* Return: the number of cells in the line. */
static size_t split(char ***array, size_t *count, char *line)
{
	size_t before = *count;
	char *cell;

	while ((cell = strsep(&line, "|")))
		add(array, count, cell);
	return *count - before;
}

/* Return: the column's number, or the number of columns. */
static size_t find(const struct list *list, const char *column)
{
	size_t i;

	for (i = 0; i < list->width; i++) {
		if (!strcmp(list->columns[i], column))
			break;
	}
	return i;
}

static void need_columns(const struct list *list, const char *columns,
			 const char *path, char *why, size_t size)
{
	char column[64];
	int len;

	for (; sscanf(columns, "%63s%n", column, &len) == 1; columns += len) {
		if (find(list, column) == list->width)
			snprintf(why, size, "%s: there is no column %s", path,
				 column);
	}
}

bool list_read(struct list *list, const char *path, const char *columns,
	       char *why, size_t size)
{
	size_t cells = 0, width;
	struct text text;

	*list = (struct list){ 0 };
	if (!text_read(&text, path)) {
		snprintf(why, size, "%s: %s", path, strerror(errno));
		return false;
	}
	*why = '\0';
	for (size_t i = 0; i < text.count && !*why; i++) {
		char *line = text_trim(text.lines[i]);

		if (!*line || *line == '#')
			continue;
		if (!list->width) {
			split(&list->columns, &list->width, line);
			need_columns(list, columns, path, why, size);
			continue;
		}
		width = split(&list->cells, &cells, line);
		if (width == list->width)
			list->count++;
		else
			snprintf(why, size, "%s:%zu: a row of %zu cells in a list of %zu columns",
				 path, i + 1, width, list->width);
	}
	text_free(&text);
	if (!list->width)
		snprintf(why, size, "%s: an empty list, without the names of its columns",
			 path);
	if (!*why)
		return true;
	/* list_free() counts whole rows. */
	while (cells > list->count * list->width)
		free(list->cells[--cells]);
	list_free(list);
	return false;
}

void list_free(struct list *list)
{
	for (size_t i = 0; i < list->width; i++)
		free(list->columns[i]);
	for (size_t i = 0; i < list->count * list->width; i++)
		free(list->cells[i]);
	free(list->columns);
	free(list->cells);
	*list = (struct list){ 0 };
}

const char *list_cell(const struct list *list, size_t row, const char *column)
{
	size_t at = find(list, column);

	if (row >= list->count || at == list->width)
		abort();
	return list->cells[row * list->width + at];
}
