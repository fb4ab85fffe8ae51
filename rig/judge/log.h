/* SPDX-License-Identifier: GPL-2.0-only */
/* Logs of a run, and the facts in its results. */
#ifndef RIG_LOG_H
#define RIG_LOG_H

#include "fact.h"
#include "text.h"

/** log_read() - read DIR/NAME; a file that cannot be read is an empty one */
struct text log_read(const char *dir, const char *name);

/** log_fact() - look up a fact in a run's results; the first of that name counts */
struct fact log_fact(const struct text *results, const char *name);

/**
 * log_value() - the rest of the first line that begins with a key
 *
 * Return: it, or "".
 */
const char *log_value(const struct text *log, const char *key);

#endif /* RIG_LOG_H */
