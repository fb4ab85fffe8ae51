/* SPDX-License-Identifier: GPL-2.0-only */
/* Logs that are made up for a test. What cannot be done ends the test. */
#ifndef TESTS_UNIT_JUDGE_LOGS_H
#define TESTS_UNIT_JUDGE_LOGS_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/**
 * logs_begin() - have an empty directory for logs, without those made before
 *
 * Return: its path.
 */
const char *logs_begin(void);

/** logs_end() - remove it */
void logs_end(void);

/** logs_path() - the path of a file in it, until the next call */
const char *logs_path(const char *file);

/** logs_add() - add text to the end of a file, which is made if it is not there */
[[gnu::format(printf, 2, 3)]]
void logs_add(const char *file, const char *fmt, ...);

/** logs_change() - replace a text, which must be there, in each line of a file */
void logs_change(const char *file, const char *old, const char *new);

/** logs_cut() - remove each line that has the text in it, and there must be one */
void logs_cut(const char *file, const char *text);

/** logs_cut_from() - remove that line and all behind it */
void logs_cut_from(const char *file, const char *text);

/** logs_remove() - remove a file or a directory of logs */
void logs_remove(const char *file);

/** logs_replace() - a copy of a text with its first @old, which must be there, replaced */
char *logs_replace(const char *text, const char *old, const char *new);

/** logs_lines() - a text as if it had been read from a file */
struct text logs_lines(const char *text);

/** logs_content() - all of a file; "" if it is not there */
char *logs_content(const char *path);

/**
 * logs_run() - run a program
 * @command: for the shell
 * @output: what it says on both outputs; to be freed
 *
 * Return: its exit status.
 */
int logs_run(const char *command, char **output);

#endif /* TESTS_UNIT_JUDGE_LOGS_H */
