// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

bool text_starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static void add_line(struct text *text, char *line, size_t len)
{
	while (len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		line[--len] = '\0';
	text->lines = realloc(text->lines,
			      (text->count + 1) * sizeof(*text->lines));
	if (!text->lines)
		abort();
	text->lines[text->count] = strdup(line);
	if (!text->lines[text->count++])
		abort();
}

bool text_read(struct text *text, const char *path)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;
	int why = 0;
	FILE *f;

	*text = (struct text){ 0 };
	f = fopen(path, "r");
	if (!f)
		return false;
	errno = 0;
	while ((len = getline(&line, &room, f)) >= 0)
		add_line(text, line, len);
	if (ferror(f))
		why = errno;
	free(line);
	fclose(f);
	if (why)
		text_free(text);
	errno = why;
	return !why;
}

void text_free(struct text *text)
{
	while (text->count)
		free(text->lines[--text->count]);
	free(text->lines);
	text->lines = NULL;
}

char *text_trim(char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		text[--len] = '\0';
	return text;
}

bool text_number(const char *text, u64 *number)
{
	int base = 10;
	char *end;

	if (text_starts(text, "0x")) {
		text += 2;
		base = 16;
	}
	/* strtoull() would take blanks and signs, too, and another 0x. */
	if (!isxdigit((unsigned char)*text) || text[strcspn(text, "xX")])
		return false;
	errno = 0;
	*number = strtoull(text, &end, base);
	return !errno && end != text && !*end;
}

void text_printable(char *text)
{
	for (; *text; text++) {
		if (*text < ' ' || *text > '~')
			*text = '?';
	}
}

void text_group(char *buf, size_t size, unsigned long long number)
{
	char digits[24];
	size_t len, at = 0;

	len = snprintf(digits, sizeof(digits), "%llu", number);
	for (size_t i = 0; i < len && at + 2 < size; i++) {
		if (i && (len - i) % 3 == 0)
			buf[at++] = ',';
		buf[at++] = digits[i];
	}
	buf[at] = '\0';
}

void text_bytes(char *buf, size_t size, unsigned long long bytes)
{
	static const char * const units[] = { "bytes", "KiB", "MiB", "GiB" };
	size_t unit = 0;

	while (unit + 1 < ARRAY_SIZE(units) && bytes >= 1024 &&
	       bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	snprintf(buf, size, "%llu %s", bytes, units[unit]);
}
