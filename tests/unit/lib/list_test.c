// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "lib_test.h"
#include "list.h"
#include "tap.h"

static char path[64];

/* Return: whether the text is a list with the columns "a" and "b". */
static bool read_text(struct list *list, const char *text, char *why, size_t size)
{
	FILE *f = fopen(path, "w");

	if (!f || fputs(text, f) < 0 || fclose(f))
		abort();
	return list_read(list, path, "a b", why, size);
}

static const struct {
	const char *what;
	const char *text;
	const char *why;
} refused[] = {
	{ "a file without rows", "# nothing\n\n", "without the names" },
	{ "a list without a column that is needed", "a | c\n1 | 2\n", "no column b" },
	{ "a row with a cell too few", "a | b\n# x\n1\n", ":3: a row of 1 cells" },
	{ "a row with a cell too many", "a | b\n1 | 2\n1 | 2 | 3\n", ":3: a row of 3 cells" },
};

void test_list(void)
{
	struct list list;
	char why[256];
	bool good;
	int fd;

	snprintf(path, sizeof(path), "/tmp/cohmem-list-XXXXXX");
	fd = mkstemp(path);
	if (fd < 0)
		abort();
	close(fd);
	good = read_text(&list,
			 "# a comment\n\n\tb |a| more\n\n  # one | more\n1 2 |  x  |\n||\r\n",
			 why, sizeof(why));
	tap(good && list.count == 2 && list.width == 3,
	    "list: the first row names the columns, comments and empty lines are none");
	tap(good && !strcmp(list_cell(&list, 0, "a"), "x") &&
	    !strcmp(list_cell(&list, 0, "b"), "1 2"),
	    "list: a cell is found by its column, without the blanks around it");
	tap(good && !*list_cell(&list, 0, "more") && !*list_cell(&list, 1, "a"),
	    "list: a cell may be empty");
	if (good)
		list_free(&list);
	good = read_text(&list, "a | b\n", why, sizeof(why));
	tap(good && !list.count, "list: a list may have no rows");
	if (good)
		list_free(&list);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		good = read_text(&list, refused[i].text, why, sizeof(why));
		if (good)
			list_free(&list);
		else
			tap_note("%s", why);
		tap(!good && strstr(why, refused[i].why) && strstr(why, path),
		    "list: refused is %s", refused[i].what);
	}
	unlink(path);
	tap(!list_read(&list, path, "a b", why, sizeof(why)) &&
	    strstr(why, "No such file"), "list: refused is a file that is not there");
}
