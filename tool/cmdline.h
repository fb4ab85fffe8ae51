/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's command line, as the kernel reads it: words with blanks between them, which
 * may stand in double quotes; - and _ are the same in a name; behind "--" are words for init.
 */
#ifndef TOOL_CMDLINE_H
#define TOOL_CMDLINE_H

#include <stdbool.h>
#include <stddef.h>

#define CMDLINE_WORD	2048	/* bytes of the longest command line of arm64's */

/**
 * cmdline_next() - the next value of a parameter
 * @at: where to begin; is set behind the word
 * @name: of the parameter
 * @value: is filled; what is too long is cut off
 * @size: of @value
 *
 * Return: whether there is one. A parameter without = has the value "".
 */
bool cmdline_next(const char **at, const char *name, char *value, size_t size);

/** cmdline_last() - the last value of a parameter, which is the one that counts, as above */
bool cmdline_last(const char *text, const char *name, char *value, size_t size);

#endif /* TOOL_CMDLINE_H */
