// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <string.h>

#include "mounts.h"

/* A word up to a blank or the line's end. Return: its length. */
static size_t word(const char *at)
{
	return strcspn(at, " \t\n");
}

static size_t blanks(const char *at)
{
	return strspn(at, " \t");
}

static bool is_octal(char c)
{
	return c >= '0' && c <= '7';
}

/* The kernel writes blanks, line ends and backslashes as a backslash and three digits. */
static void unescape(const char *from, size_t len, char *to, size_t size)
{
	size_t at = 0;

	for (size_t i = 0; i < len && at + 1 < size; i++) {
		unsigned int byte = (unsigned char)from[i];

		/* What ends the word is no digit, so all three are in it. */
		if (from[i] == '\\' && is_octal(from[i + 1]) && is_octal(from[i + 2]) &&
		    is_octal(from[i + 3])) {
			byte = ((from[i + 1] - '0') << 6 | (from[i + 2] - '0') << 3 |
				(from[i + 3] - '0')) & 0xff;
			i += 3;
		}
		to[at++] = byte ? (char)byte : '?';
	}
	to[at] = '\0';
}

static bool is_word(const char *at, const char *text)
{
	return word(at) == strlen(text) && !strncmp(at, text, strlen(text));
}

bool mounts_next(const char **at, const char *type, struct mounts_entry *entry)
{
	while (**at) {
		const char *dir = *at + word(*at), *name, *options;

		dir += blanks(dir);
		name = dir + word(dir);
		name += blanks(name);
		options = name + word(name);
		options += blanks(options);
		*at = options + strcspn(options, "\n");
		*at += **at == '\n';
		if (!is_word(name, type))
			continue;
		unescape(dir, word(dir), entry->where, sizeof(entry->where));
		unescape(options, word(options), entry->options, sizeof(entry->options));
		return true;
	}
	return false;
}

const char *mounts_option(const struct mounts_entry *entry, const char *name)
{
	size_t len = strlen(name);
	const char *at;

	for (at = entry->options; *at; at += strcspn(at, ","), at += *at == ',') {
		if (strcspn(at, ",=") == len && !strncmp(at, name, len))
			return at + len + (at[len] == '=');
	}
	return NULL;
}

bool mounts_knows(const char *text, const char *type)
{
	const char *line;

	for (line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		/* "nodev", or nothing, and a tab in front of the name */
		const char *name = line + strcspn(line, "\t\n");

		if (*name == '\t' && is_word(name + 1, type))
			return true;
	}
	return false;
}
