// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "cohmem_rule.h"
#include "kernel.h"
#include "sentences.h"

/* Row none, which is no row of the rule, and those of the table in docs/rule.md. */
static const struct {
	const char *row;
	const char *text;
} rows[] = {
	{ "none", "The VMM itself cannot use what is mapped there, so it counts as nothing." },
#define ROW(_row, _text) { _row, _text },
#include "rows.inc"
#undef ROW
};

const char *sentences_row(const char *row)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!strcmp(row, rows[i].row))
			return rows[i].text;
	}
	return NULL;
}

const char *sentences_reason(const char *reason, char *cause, size_t size)
{
	const char *text, *end;

	for (int i = COHMEM_OK + 1; i < COHMEM_NR_REASONS; i++) {
		if (strcmp(reason, cohmem_reason_name(i)))
			continue;
		/* "what is wrong; what to do" */
		text = cohmem_reason_remedy(i);
		end = strstr(text, "; ");
		if (!end)
			return NULL;
		snprintf(cause, size, "%.*s", (int)(end - text), text);
		return end + strlen("; ");
	}
	*cause = '\0';
	return NULL;
}
