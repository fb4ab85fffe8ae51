/* SPDX-License-Identifier: GPL-2.0-only */
/* The results of a test run, and what is made of them. */
#ifndef TESTS_TAP_SUMMARY_H
#define TESTS_TAP_SUMMARY_H

#include <stddef.h>

enum outcome { PASSED, FAILED, SKIPPED, NR_OUTCOMES };

/* What a result was measured on, from the diagnostics before it. */
struct context {
	char *kernel;
	char *machine;
	char *page_size;
};

struct result {
	char *name;
	char *reason;
	enum outcome outcome;
	struct context on;
};

struct step {
	const char *name;
	const char *log;
	int seconds;
	int limit;
	int status;
	int count[NR_OUTCOMES];
	struct result *results;
	size_t nr;
};

/** must() - @p, unless it is NULL for want of memory, which is the end. */
void *must(void *p);

/**
 * print_matrix() - what passed where: test and machine by kernel variant
 * @steps: all of the run
 * @nr: how many
 *
 * A result is in it if its kernel and machine are known. Its test is its name up
 * to the colon, or else its step. Prints nothing if there is no such result.
 */
void print_matrix(const struct step *steps, size_t nr);

#endif
