/* SPDX-License-Identifier: GPL-2.0-only */
/* Logs of a run, read line by line, and the facts in its results. */
#ifndef RIG_LOG_H
#define RIG_LOG_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct log - a text file in memory
 * @lines: its lines, without their ends
 * @count: how many
 */
struct log {
	char **lines;
	size_t count;
};

/** log_read() - read DIR/NAME; a file that is not there is an empty one */
struct log log_read(const char *dir, const char *name);

/** log_free() - free it */
void log_free(struct log *log);

/**
 * struct fact - what "# fact NAME=VALUE from FILE:LINE" says
 * @value: the value, "" if there is no such fact
 * @source: FILE:LINE
 */
struct fact {
	char value[256];
	char source[64];
};

/** log_fact() - look up a fact in a run's results */
struct fact log_fact(const struct log *results, const char *name);

/**
 * log_value() - the rest of the first line that begins with a key
 *
 * Return: it, or "".
 */
const char *log_value(const struct log *log, const char *key);

/** starts() - whether the text begins so */
bool starts(const char *text, const char *with);

#endif /* RIG_LOG_H */
