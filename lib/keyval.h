/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines that one program writes for another, in a log of results:
 *
 *   # KIND KEY=VALUE KEY="A VALUE WITH BLANKS" ...
 *
 * KIND and KEY are of letters, digits, - and _; no key comes twice. A value without
 * blanks, quotes, backslashes and unprintable bytes stands as it is. Any other value,
 * and an empty one, stands in double quotes: \" and \\ are these characters in it, and
 * \xHH is a byte that is not printable ASCII.
 */
#ifndef LIB_KEYVAL_H
#define LIB_KEYVAL_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

#define KEYVAL_PAIRS	24
#define KEYVAL_BYTES	1000	/* of a line: less than the printer of KTAP cuts off */

/**
 * struct keyval_line - a line that is being written
 * @text: so far, without the "# ", which every printer of notes puts before it
 */
struct keyval_line {
	char text[KEYVAL_BYTES];
};

/**
 * struct keyval - a line that was read
 * @kind: its kind
 * @count: how many pairs
 * @keys: of the pairs
 * @values: likewise, without quotes
 * @text: what the others point into
 */
struct keyval {
	const char *kind;
	size_t count;
	const char *keys[KEYVAL_PAIRS];
	const char *values[KEYVAL_PAIRS];
	char text[KEYVAL_BYTES + 3];
};

/** keyval_begin() - begin a line of that kind */
void keyval_begin(struct keyval_line *line, const char *kind);

/**
 * keyval_add() - one more pair
 * @line: the line
 * @key: of letters, digits, - and _
 * @fmt: the value, as for printf(); what has no room in the line is cut off
 */
void __printf(3, 4) keyval_add(struct keyval_line *line, const char *key,
			       const char *fmt, ...);

/** keyval_is() - whether a line of a log is one of that kind, well written or not */
bool keyval_is(const char *text, const char *kind);

/**
 * keyval_read() - read a line
 * @kv: is filled
 * @text: the line, with its "# "
 *
 * Return: whether it is one, from its beginning to its end.
 */
bool keyval_read(struct keyval *kv, const char *text);

/** keyval_read_bare() - the same of a line without "# ", as the kernel writes some */
bool keyval_read_bare(struct keyval *kv, const char *text);

/** keyval_get() - the value of a key, or NULL if there is none */
const char *keyval_get(const struct keyval *kv, const char *key);

/**
 * keyval_number() - the value of a key as a number
 * @kv: the line
 * @key: the key
 * @number: is set, as by text_number()
 *
 * Return: whether there is one, and nothing but that.
 */
bool keyval_number(const struct keyval *kv, const char *key, u64 *number);

#endif /* LIB_KEYVAL_H */
