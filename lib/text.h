/* SPDX-License-Identifier: GPL-2.0-only */
/* Text files in memory, and a few things that are done with text. */
#ifndef LIB_TEXT_H
#define LIB_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

/**
 * struct text - a text file in memory
 * @lines: its lines, without their ends
 * @count: how many
 */
struct text {
	char **lines;
	size_t count;
};

/**
 * text_read() - read a file
 * @text: is filled; empty if the file cannot be read
 * @path: the file
 *
 * Return: whether it worked; false with errno.
 */
bool text_read(struct text *text, const char *path);

/** text_free() - free what text_read() has allocated */
void text_free(struct text *text);

/** text_starts() - whether @text begins with @with */
bool text_starts(const char *text, const char *with);

/** text_trim() - cut blanks and tabs off both ends, in place */
char *text_trim(char *text);

/**
 * text_number() - read a number
 * @text: decimal, or hexadecimal with 0x
 * @number: is set
 *
 * Return: whether it is one, and nothing but that.
 */
bool text_number(const char *text, u64 *number);

/** text_printable() - put '?' in the place of all that is not printable ASCII */
void text_printable(char *text);

/** text_group() - a number with its thousands set apart: "1,234,567" */
void text_group(char *buf, size_t size, unsigned long long number);

/** text_bytes() - a number of bytes as people say it: "2 MiB" */
void text_bytes(char *buf, size_t size, unsigned long long bytes);

#endif /* LIB_TEXT_H */
