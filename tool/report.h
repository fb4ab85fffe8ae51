/* SPDX-License-Identifier: GPL-2.0-only */
/* What a check has found, line by line, as text and as JSON. */
#ifndef TOOL_REPORT_H
#define TOOL_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "json.h"
#include "kernel.h"

/**
 * enum report_state - the answer of a line
 * @REPORT_YES: as it has to be
 * @REPORT_NO: not so
 * @REPORT_UNKNOWN: the tool cannot tell
 * @REPORT_NOT_NEEDED: on this host it does not matter
 */
enum report_state {
	REPORT_YES,
	REPORT_NO,
	REPORT_UNKNOWN,
	REPORT_NOT_NEEDED,
};

/**
 * struct report_line - one line
 * @name: what was looked at
 * @is_advice: a no does not keep the host from being ready
 * @state: the answer
 * @subject: which of several, or ""
 * @value: what was found
 * @source: the files or calls that it was found in
 * @remedy: what a person can do, or NULL
 */
struct report_line {
	const char *name;
	bool is_advice;
	enum report_state state;
	char *subject;
	char *value;
	char *source;
	char *remedy;
};

/**
 * struct report - all lines
 * @lines: in order
 * @count: how many
 * @name: of the lines that are added
 * @is_advice: likewise
 */
struct report {
	struct report_line *lines;
	size_t count;
	const char *name;
	bool is_advice;
};

/** report_begin() - the lines that are added next have that name */
void report_begin(struct report *report, const char *name, bool is_advice);

/**
 * report_add() - add a line
 * @report: the report
 * @state: the answer
 * @subject: which of several, or ""
 * @source: where the value is from
 * @fmt: the value, as for printf()
 */
__printf(5, 6)
void report_add(struct report *report, enum report_state state, const char *subject,
		const char *source, const char *fmt, ...);

/** report_remedy() - say what to do about the last line, as printf() */
__printf(2, 3)
void report_remedy(struct report *report, const char *fmt, ...);

/**
 * report_unread() - add a line of a file that cannot be read
 * @report: the report
 * @path: the file
 * @why: the errno
 */
void report_unread(struct report *report, const char *path, int why);

/** report_denied() - say that root is needed, if that is what the errno @why is about */
void report_denied(struct report *report, int why);

/** report_verdict() - REPORT_YES if the host is ready, REPORT_NO, or REPORT_UNKNOWN */
enum report_state report_verdict(const struct report *report);

/**
 * report_print() - print it as a table
 * @report: the report
 * @out: where to
 * @colour: with colours, for a terminal
 *
 * What is not printable ASCII becomes '?': values are of files that anybody may have made.
 */
void report_print(const struct report *report, FILE *out, bool colour);

/** report_json() - the same for programs; the caller has to put the object */
struct json_object *report_json(const struct report *report);

/** report_free() - free all lines */
void report_free(struct report *report);

#endif /* TOOL_REPORT_H */
