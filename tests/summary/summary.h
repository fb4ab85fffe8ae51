/* SPDX-License-Identifier: GPL-2.0-only */
/* The results of a test run, and what is made of them. */
#ifndef TESTS_TAP_SUMMARY_H
#define TESTS_TAP_SUMMARY_H

#include <stddef.h>

enum summary_outcome { PASSED, FAILED, SKIPPED, NR_OUTCOMES };

/* What a result was measured on, from the diagnostics before it. */
struct summary_context {
	char *kernel;
	char *line;
	char *machine;
	char *page_size;
};

struct summary_result {
	char *name;
	char *reason;
	enum summary_outcome outcome;
	struct summary_context on;
};

struct summary_step {
	const char *name;
	const char *log;
	int seconds;
	int limit;
	int status;
	int count[NR_OUTCOMES];
	struct summary_result *results;
	size_t nr;
};

/** summary_must() - @p, unless it is NULL for want of memory, which is the end. */
void *summary_must(void *p);

/**
 * table_print() - what passed where: test, line and machine by kernel variant
 * @steps: all of the run
 * @nr: how many
 *
 * A result is in it if its kernel and machine are known. Its test is its name up
 * to the colon, or else its step. Prints nothing if there is no such result.
 */
void table_print(const struct summary_step *steps, size_t nr);

#endif
