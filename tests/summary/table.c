// SPDX-License-Identifier: GPL-2.0-only
/* The table test x line x machine x kernel variant of a test run, for people. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "summary.h"

static const char * const variants[] = { "stock", "cohmem", "cohmem-64k", "cohmem-debug", "other" };

#define NR_VARIANTS (sizeof(variants) / sizeof(*variants))

struct table_row {
	char *test;
	const char *line;
	const char *machine;
	int passed[NR_VARIANTS];
	int run[NR_VARIANTS];
	int skipped[NR_VARIANTS];
};

/* A release is like 6.12.117-rig-cohmem-64k-0123456789ab: the hash is behind the variant. */
static size_t variant_of(const char *release)
{
	const char *mark = "-rig-", *name = strstr(release, mark), *hash = strrchr(release, '-');
	size_t i;

	if (!name)
		return NR_VARIANTS - 1;
	name += strlen(mark);
	for (i = 0; i < NR_VARIANTS - 1; i++) {
		size_t len = strlen(variants[i]);

		if (hash == name + len && !strncmp(name, variants[i], len))
			break;
	}
	return i;
}

/* Without its arguments: "name:-a:b: what it shows" */
static char *test_of(const struct summary_step *s, const struct summary_result *r)
{
	return summary_must(strstr(r->name, ": ") ?
			    strndup(r->name, strcspn(r->name, ":")) : strdup(s->name));
}

static void count(struct table_row **rows, size_t *nr, const struct summary_step *s,
		  const struct summary_result *r)
{
	const char *line = r->on.line ? r->on.line : "-";
	char *test = test_of(s, r);
	struct table_row *row = NULL;
	size_t i;

	for (i = 0; i < *nr && !row; i++) {
		if (!strcmp((*rows)[i].test, test) && !strcmp((*rows)[i].line, line) &&
		    !strcmp((*rows)[i].machine, r->on.machine))
			row = &(*rows)[i];
	}
	if (row) {
		free(test);
	} else {
		*rows = summary_must(realloc(*rows, (*nr + 1) * sizeof(*row)));
		row = &(*rows)[(*nr)++];
		*row = (struct table_row){
			.test = test, .line = line, .machine = r->on.machine,
		};
	}
	i = variant_of(r->on.kernel);
	row->passed[i] += r->outcome == PASSED;
	row->run[i] += r->outcome != SKIPPED;
	row->skipped[i] += r->outcome == SKIPPED;
}

static int by_name(const void *a, const void *b)
{
	const struct table_row *x = a, *y = b;
	int test = strcmp(x->test, y->test), line = strcmp(x->line, y->line);

	return test ? test : line ? line : strcmp(x->machine, y->machine);
}

void table_print(const struct summary_step *steps, size_t nr)
{
	struct table_row *rows = NULL;
	size_t i, j, nr_rows = 0, used = 0;
	int wide = strlen("passed");
	char cell[32];

	for (i = 0; i < nr; i++)
		for (j = 0; j < steps[i].nr; j++) {
			const struct summary_result *r = &steps[i].results[j];

			if (!r->on.kernel || !r->on.machine)
				continue;
			count(&rows, &nr_rows, &steps[i], r);
			used |= 1ul << variant_of(r->on.kernel);
		}
	if (!nr_rows)
		return;

	qsort(rows, nr_rows, sizeof(*rows), by_name);
	for (i = 0; i < nr_rows; i++)
		if ((int)strlen(rows[i].test) > wide)
			wide = strlen(rows[i].test);
	printf("\n%-*s %-8s %-10s", wide, "passed", "line", "machine");
	for (j = 0; j < NR_VARIANTS; j++)
		if (used & 1ul << j)
			printf(" %12s", variants[j]);
	putchar('\n');
	for (i = 0; i < nr_rows; i++) {
		printf("%-*s %-8s %-10s", wide, rows[i].test, rows[i].line, rows[i].machine);
		for (j = 0; j < NR_VARIANTS; j++) {
			if (!(used & 1ul << j))
				continue;
			snprintf(cell, sizeof(cell), "%d/%d", rows[i].passed[j], rows[i].run[j]);
			printf(" %12s", rows[i].run[j] ? cell : rows[i].skipped[j] ? "skip" : "-");
		}
		putchar('\n');
		free(rows[i].test);
	}
	free(rows);
}
