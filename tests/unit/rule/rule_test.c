// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory-type rule of the kernel against the tables of docs/rule.md, for
 * every combination of facts.
 *
 * usage: rule_test RULE.md
 *
 * Exit status: 0 if all tests passed, 1 if one failed, 2 if the tables cannot
 * be read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "properties.h"
#include "table.h"
#include "tap.h"
#include "trace.h"

enum rule_column {
	COL_ROW,
	COL_WHEN,
	COL_VERDICT,
	COL_EXECUTABLE,
	COL_REASON,
	COL_IN_WORDS,
	NR_RULE_COLUMNS
};

enum reason_column {
	COL_NAME,
	COL_ROWS,
	COL_REMEDY,
	NR_REASON_COLUMNS
};

static const char *path;

static void read_table(struct table *t, const char *name, int cols)
{
	if (table_read(t, path, name, cols))
		exit(2);
}

static void bad_cell(const struct table *t, int row, const char *cell,
		     const char *error)
{
	fprintf(stderr, "%s:%d: \"%s\": %s\n", path, t->line[row], cell, error);
	exit(2);
}

static bool eval(const struct table *t, int row, const char *text,
		 const struct cohmem_facts *f)
{
	const char *error;
	bool result;

	error = expr_eval(text, f, &result);
	if (error)
		bad_cell(t, row, text, error);
	return result;
}

static enum cohmem_verdict verdict_of(const struct table *t, int row,
				      const char *name)
{
	enum cohmem_verdict v;

	for (v = 0; v < COHMEM_NR_VERDICTS; v++) {
		if (!strcmp(name, cohmem_verdict_name(v)))
			return v;
	}
	bad_cell(t, row, name, "no such verdict");
	return v;
}

/* "VERDICT" or "VERDICT if CONDITION else VERDICT" */
static enum cohmem_verdict eval_verdict(const struct table *t, int row,
					const struct cohmem_facts *f)
{
	char text[TABLE_MAX_CELL], *cond, *other;

	snprintf(text, sizeof(text), "%s", t->cell[row][COL_VERDICT]);
	cond = strstr(text, " if ");
	if (!cond)
		return verdict_of(t, row, text);

	other = strstr(cond, " else ");
	if (!other)
		bad_cell(t, row, text, "if without else");
	*cond = '\0';
	*other = '\0';
	return verdict_of(t, row, eval(t, row, cond + strlen(" if "), f) ?
				  text : other + strlen(" else "));
}

/* The row of the table that decides, from 0, or t->rows if none does. */
static int deciding_row(const struct table *t, const struct cohmem_facts *f)
{
	int row;

	for (row = 0; row < t->rows; row++) {
		if (eval(t, row, t->cell[row][COL_WHEN], f))
			break;
	}
	return row;
}

static bool agrees(const struct table *t, int row,
		   const struct cohmem_facts *f)
{
	struct cohmem_decision d = cohmem_decide(f);

	return !strcmp(cohmem_row_name(d.row), t->cell[row][COL_ROW]) &&
	       d.verdict == eval_verdict(t, row, f) &&
	       d.executable == eval(t, row, t->cell[row][COL_EXECUTABLE], f) &&
	       !strcmp(cohmem_reason_name(d.reason), t->cell[row][COL_REASON]);
}

static void test_rows(void)
{
	unsigned int n, nr[TABLE_MAX_ROWS + 1] = { 0 };
	unsigned int nr_wrong[TABLE_MAX_ROWS + 1] = { 0 };
	struct cohmem_facts f, wrong[TABLE_MAX_ROWS + 1];
	static struct table t;
	bool same_rows;
	int row;

	read_table(&t, "rule", NR_RULE_COLUMNS);

	/* Row none stands for decisions that are not the rule's. */
	same_rows = t.rows == COHMEM_NR_ROWS - 1;
	for (row = 0; same_rows && row < t.rows; row++)
		same_rows = !strcmp(t.cell[row][COL_ROW],
				    cohmem_row_name(COHMEM_ROW_NONE + 1 + row));
	tap(same_rows, "the table has the rows of the function, in their order");

	for (n = 0; n < NR_COMBINATIONS; n++) {
		f = facts_nth(n);
		row = deciding_row(&t, &f);
		nr[row]++;
		if (row == t.rows || !agrees(&t, row, &f)) {
			wrong[row] = f;
			nr_wrong[row]++;
		}
	}

	if (nr[t.rows])
		facts_note(&wrong[t.rows]);
	tap_note("%d combinations of facts", NR_COMBINATIONS);
	tap(!nr[t.rows], "each combination of facts has a row");

	for (row = 0; row < t.rows; row++)
		tap(nr[row], "row %s decides something", t.cell[row][COL_ROW]);

	for (row = 0; row < t.rows; row++) {
		tap_note("row %s decides %u combinations, %u wrong",
			 t.cell[row][COL_ROW], nr[row], nr_wrong[row]);
		if (nr_wrong[row])
			facts_note(&wrong[row]);
		tap(!nr_wrong[row], "row %s agrees with the function",
		    t.cell[row][COL_ROW]);
	}
}

static bool has_name(const struct table *t, const char *name)
{
	int row;

	for (row = 0; row < t->rows; row++) {
		if (!strcmp(t->cell[row][COL_NAME], name))
			return true;
	}
	return false;
}

static void test_names(void)
{
	static struct table t;
	int i, found;

	read_table(&t, "facts", 2);
	found = has_name(&t, "policy") + has_name(&t, "leaf");
	for (i = 0; i < NR_FACTS; i++)
		found += has_name(&t, fact_name(i));
	tap(found == NR_FACTS + 2 && t.rows == found,
	    "the table of facts has each of the %d facts", NR_FACTS + 2);

	read_table(&t, "policies", 2);
	for (i = 0, found = 0; i < COHMEM_NR_POLICIES; i++)
		found += has_name(&t, cohmem_policy_name(i));
	tap(found == COHMEM_NR_POLICIES && t.rows == found,
	    "the table of policies has each of the %d policies",
	    COHMEM_NR_POLICIES);
}

/* "linear, coherent"; "none" if the rule never gives the reason. */
static void rows_with_reason(char *text, size_t size, enum cohmem_reason reason)
{
	bool has[COHMEM_NR_ROWS] = { false };
	struct cohmem_decision d;
	struct cohmem_facts f;
	unsigned int n;
	enum cohmem_row row;
	int len = 0;

	for (n = 0; n < NR_COMBINATIONS; n++) {
		f = facts_nth(n);
		d = cohmem_decide(&f);
		if (d.reason == reason && d.row < COHMEM_NR_ROWS)
			has[d.row] = true;
	}

	snprintf(text, size, "%s", cohmem_row_name(COHMEM_ROW_NONE));
	for (row = 0; row < COHMEM_NR_ROWS; row++) {
		if (has[row])
			len += snprintf(text + len, size - len, "%s%s",
					len ? ", " : "", cohmem_row_name(row));
	}
}

static void test_reasons(void)
{
	enum cohmem_reason reason;
	static struct table t;
	char rows[TABLE_MAX_CELL];
	bool ok;

	read_table(&t, "reasons", NR_REASON_COLUMNS);
	tap(t.rows == COHMEM_NR_REASONS, "the table of reasons has %d rows",
	    COHMEM_NR_REASONS);

	for (reason = 0; reason < COHMEM_NR_REASONS; reason++) {
		rows_with_reason(rows, sizeof(rows), reason);
		tap_note("the function: rows %s, \"%s\"", rows,
			 cohmem_reason_remedy(reason));
		ok = reason < t.rows &&
		     !strcmp(t.cell[reason][COL_NAME],
			     cohmem_reason_name(reason)) &&
		     !strcmp(t.cell[reason][COL_ROWS], rows) &&
		     !strcmp(t.cell[reason][COL_REMEDY],
			     cohmem_reason_remedy(reason));
		tap(ok, "reason %s: name, rows and remedy agree",
		    cohmem_reason_name(reason));
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: rule_test RULE.md\n");
		return 2;
	}
	path = argv[1];

	test_names();
	test_rows();
	test_reasons();
	test_properties();
	test_trace();
	return tap_end();
}
