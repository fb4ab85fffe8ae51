// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keyval.h"
#include "text.h"

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

static bool is_printable(unsigned char c)
{
	return c >= ' ' && c <= '~';
}

static bool needs_quotes(const char *value)
{
	for (const char *c = value; *c; c++) {
		if (!is_printable(*c) || strchr(" \"\\", *c))
			return true;
	}
	return !*value;
}

void keyval_begin(struct keyval_line *line, const char *kind)
{
	snprintf(line->text, sizeof(line->text), "%s", kind);
}

/* One character of a value between quotes. Return: its length in the line. */
static int quoted(char *to, size_t size, unsigned char c)
{
	if (!is_printable(c))
		return snprintf(to, size, "\\x%02x", c);
	return snprintf(to, size, "%s%c", strchr("\"\\", c) ? "\\" : "", c);
}

void keyval_add(struct keyval_line *line, const char *key, const char *fmt, ...)
{
	size_t len = strlen(line->text);
	size_t room = sizeof(line->text) - len;
	char value[KEYVAL_BYTES], add[KEYVAL_BYTES], c[8];
	size_t at, size;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	at = snprintf(add, sizeof(add), " %s=", key);
	/* A pair of which not even the quotes fit is left out. */
	if (at + sizeof("\"\"") > room)
		return;
	if (!needs_quotes(value)) {
		snprintf(add + at, room - at, "%s", value);
	} else {
		add[at++] = '"';
		for (const char *v = value; *v; v++) {
			size = quoted(c, sizeof(c), *v);
			if (at + size + sizeof("\"") > room)
				break;
			memcpy(add + at, c, size);
			at += size;
		}
		add[at++] = '"';
		add[at] = '\0';
	}
	memcpy(line->text + len, add, strlen(add) + 1);
}

bool keyval_is(const char *text, const char *kind)
{
	size_t len = strlen(kind);

	return !strncmp(text, "# ", 2) && !strncmp(text + 2, kind, len) &&
	       text[2 + len] == ' ';
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? at - digits : -1;
}

/*
 * The value at @from, to @to, which may be the same place: it never gets longer.
 * Return: what follows the closing quote, or NULL.
 */
static char *unquote(char *to, const char *from)
{
	for (; *from && *from != '"'; from++) {
		if (*from != '\\') {
			*to++ = *from;
		} else if (from[1] == '"' || from[1] == '\\') {
			*to++ = *++from;
		} else if (from[1] == 'x' && hex_digit(from[2]) >= 0 &&
			   hex_digit(from[3]) >= 0) {
			*to = hex_digit(from[2]) << 4 | hex_digit(from[3]);
			if (!*to++)
				return NULL;
			from += 3;
		} else {
			return NULL;
		}
	}
	if (*from != '"')
		return NULL;
	*to = '\0';
	return (char *)from + 1;
}

/* Return: what follows the pair, or NULL. */
static char *read_pair(struct keyval *kv, char *at)
{
	size_t len = strspn(at, NAME_CHARS);
	char *value = at + len + 1, *end;

	if (!len || at[len] != '=' || kv->count == KEYVAL_PAIRS)
		return NULL;
	at[len] = '\0';
	if (keyval_get(kv, at))
		return NULL;
	if (*value == '"') {
		end = unquote(value, value + 1);
		if (!end || (*end && *end != ' '))
			return NULL;
	} else {
		end = value + strcspn(value, " \"\\");
		if (end == value || (*end && *end != ' '))
			return NULL;
	}
	kv->keys[kv->count] = at;
	kv->values[kv->count++] = value;
	if (!*end)
		return end;
	*end = '\0';
	/* A blank with nothing behind it is not the end of a line. */
	return end[1] ? end + 1 : NULL;
}

bool keyval_read(struct keyval *kv, const char *text)
{
	memset(kv, 0, sizeof(*kv));
	return !strncmp(text, "# ", 2) && keyval_read_bare(kv, text + 2);
}

bool keyval_read_bare(struct keyval *kv, const char *text)
{
	size_t len;
	char *at;

	memset(kv, 0, sizeof(*kv));
	if (strlen(text) >= sizeof(kv->text))
		return false;
	memcpy(kv->text, text, strlen(text) + 1);
	kv->kind = kv->text;
	len = strspn(kv->kind, NAME_CHARS);
	at = kv->text + len;
	if (!len || *at != ' ')
		return false;
	*at++ = '\0';
	do {
		at = read_pair(kv, at);
	} while (at && *at);
	return at;
}

const char *keyval_get(const struct keyval *kv, const char *key)
{
	for (size_t i = 0; i < kv->count; i++) {
		if (!strcmp(kv->keys[i], key))
			return kv->values[i];
	}
	return NULL;
}

bool keyval_number(const struct keyval *kv, const char *key, u64 *number)
{
	const char *value = keyval_get(kv, key);

	return value && text_number(value, number);
}
