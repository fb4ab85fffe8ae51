// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <string.h>

#include "cmdline.h"

/* Return: the length of the word. */
static size_t word_length(const char *at)
{
	bool quoted = false;
	size_t len;

	for (len = 0; at[len] && (quoted || !isspace((unsigned char)at[len])); len++) {
		if (at[len] == '"')
			quoted = !quoted;
	}
	return len;
}

/* Return: the length of the name, at the beginning of the word, if it is that; or 0. */
static size_t match_name(const char *word, size_t len, const char *name)
{
	size_t i;

	for (i = 0; name[i] && i < len; i++) {
		char a = word[i] == '-' ? '_' : word[i];
		char b = name[i] == '-' ? '_' : name[i];

		if (a != b)
			return 0;
	}
	return name[i] || (i < len && word[i] != '=') ? 0 : i;
}

static void copy_value(const char *from, size_t len, char *value, size_t size)
{
	size_t at = 0;

	if (len && *from == '=') {
		from++;
		len--;
	}
	if (len && *from == '"') {
		from++;
		len--;
	}
	if (len && from[len - 1] == '"')
		len--;
	while (at < len && at + 1 < size) {
		value[at] = from[at];
		at++;
	}
	value[at] = '\0';
}

bool cmdline_next(const char **at, const char *name, char *value, size_t size)
{
	const char *word;
	size_t len, found;

	for (;;) {
		while (isspace((unsigned char)**at))
			(*at)++;
		word = *at;
		len = word_length(word);
		if (!len || (len == 2 && !strncmp(word, "--", 2)))
			return false;
		*at += len;
		if (*word == '"') {
			word++;
			len--;
		}
		found = match_name(word, len, name);
		if (found) {
			copy_value(word + found, len - found, value, size);
			return true;
		}
	}
}

bool cmdline_last(const char *text, const char *name, char *value, size_t size)
{
	bool found = false;

	while (cmdline_next(&text, name, value, size))
		found = true;
	return found;
}
