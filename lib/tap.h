/* SPDX-License-Identifier: GPL-2.0-only */
/* The one printer of Test Anything Protocol in C. */
#ifndef LIB_TAP_H
#define LIB_TAP_H

#include <stdbool.h>
#include <stdio.h>

/**
 * struct tap - a stream of results
 * @out: where it goes; NULL is nowhere
 * @is_part: the results have no numbers: a script puts them into a stream of its own
 * @is_kernel: the results are as the kernel prints them (KTAP)
 * @lines: lines so far
 * @count: results so far
 * @failed: how many of them failed
 */
struct tap {
	FILE *out;
	bool is_part;
	bool is_kernel;
	unsigned int lines;
	unsigned int count;
	unsigned int failed;
};

/* What is printed is one line each time, and goes out at once. */

/** tap_line() - a line that is none of the others */
[[gnu::format(printf, 2, 3)]]
void tap_line(struct tap *t, const char *fmt, ...);

/** tap_plan() - announce the version and the number of results */
void tap_plan(struct tap *t, unsigned int count);

/**
 * tap_result() - one result
 * @t: the stream
 * @ok: whether it passed
 * @fmt: its name, as for printf(), and perhaps " # " and more
 */
[[gnu::format(printf, 3, 4)]]
void tap_result(struct tap *t, bool ok, const char *fmt, ...);

/** tap_comment() - a line that says more about the results beside it */
[[gnu::format(printf, 2, 3)]]
void tap_comment(struct tap *t, const char *fmt, ...);

/* A test program has one stream, on stdout, and its plan is the last line. */

/** tap() - the same as tap_result() */
[[gnu::format(printf, 2, 3)]]
void tap(bool ok, const char *fmt, ...);

/** tap_note() - the same as tap_comment() */
[[gnu::format(printf, 1, 2)]]
void tap_note(const char *fmt, ...);

/**
 * tap_end() - the number of results; a stream without it is one that broke off
 *
 * Return: the program's exit status: 0, or 1 if a test failed.
 */
int tap_end(void);

#endif /* LIB_TAP_H */
