// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <string.h>

#include "debian.h"

/* ~ is before the end, letters are before all other signs. */
static int weight(char c)
{
	if (c == '~')
		return -1;
	if (!c || isdigit((unsigned char)c))
		return 0;
	return isalpha((unsigned char)c) ? c : (unsigned char)c + 256;
}

/* One part of a version, which ends where @a or @b ends: signs and numbers in turn. */
static int compare_part(const char *a, const char *a_end, const char *b, const char *b_end)
{
	while (a < a_end || b < b_end) {
		int first = 0;

		while ((a < a_end && !isdigit((unsigned char)*a)) ||
		       (b < b_end && !isdigit((unsigned char)*b))) {
			int left = a < a_end ? weight(*a) : 0;
			int right = b < b_end ? weight(*b) : 0;

			if (left != right)
				return left - right;
			a++;
			b++;
		}
		while (a < a_end && *a == '0')
			a++;
		while (b < b_end && *b == '0')
			b++;
		while (a < a_end && b < b_end && isdigit((unsigned char)*a) &&
		       isdigit((unsigned char)*b)) {
			if (!first)
				first = *a - *b;
			a++;
			b++;
		}
		if (a < a_end && isdigit((unsigned char)*a))
			return 1;
		if (b < b_end && isdigit((unsigned char)*b))
			return -1;
		if (first)
			return first;
	}
	return 0;
}

const char *debian_upstream(const char *version)
{
	size_t digits = strspn(version, "0123456789");

	return digits && version[digits] == ':' ? version + digits + 1 : version;
}

int debian_compare(const char *a, const char *b)
{
	const char *a_start = debian_upstream(a), *b_start = debian_upstream(b);
	const char *a_dash = strrchr(a_start, '-'), *b_dash = strrchr(b_start, '-');
	const char *a_end = a + strlen(a), *b_end = b + strlen(b);
	int order;

	order = compare_part(a, a_start == a ? a : a_start - 1,
			     b, b_start == b ? b : b_start - 1);
	if (order)
		return order;
	order = compare_part(a_start, a_dash ? a_dash : a_end,
			     b_start, b_dash ? b_dash : b_end);
	if (order)
		return order;
	return compare_part(a_dash ? a_dash + 1 : a_end, a_end,
			    b_dash ? b_dash + 1 : b_end, b_end);
}

bool debian_kernel(const char *text, char version[DEBIAN_VERSION])
{
	const char *at = strrchr(text, '#');
	size_t len;

	at = at ? strstr(at, " Debian ") : NULL;
	if (!at)
		return false;
	at += strlen(" Debian ");
	len = strcspn(at, "\n ");
	if (!isdigit((unsigned char)*at) || len >= DEBIAN_VERSION)
		return false;
	memcpy(version, at, len);
	version[len] = '\0';
	return true;
}

/* Is the line, of @len bytes, "NAME: VALUE"? Return: the value, and its length. */
static const char *field(const char *line, size_t len, const char *name, size_t *value_len)
{
	size_t at = strlen(name);

	if (len <= at || strncmp(line, name, at) || line[at] != ':')
		return NULL;
	at++;
	while (at < len && (line[at] == ' ' || line[at] == '\t'))
		at++;
	while (len > at && isspace((unsigned char)line[len - 1]))
		len--;
	*value_len = len - at;
	return line + at;
}

static bool is_text(const char *value, size_t len, const char *text)
{
	return len == strlen(text) && !strncmp(value, text, len);
}

bool debian_next(const char **at, const char *package, bool installed,
		 char version[DEBIAN_VERSION])
{
	bool named = false, there = !installed;
	const char *line, *value;
	size_t len, value_len;

	*version = '\0';
	for (line = *at; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (!len || (len == 1 && *line == '\r')) {
			if (named && there && *version)
				break;
			named = false;
			there = !installed;
			*version = '\0';
			continue;
		}
		value = field(line, len, "Package", &value_len);
		if (value)
			named = is_text(value, value_len, package);
		value = field(line, len, "Status", &value_len);
		if (value)
			there |= is_text(value, value_len, "install ok installed") ||
				 is_text(value, value_len, "hold ok installed");
		value = field(line, len, "Version", &value_len);
		if (value && value_len < DEBIAN_VERSION) {
			memcpy(version, value, value_len);
			version[value_len] = '\0';
		}
	}
	*at = line;
	return named && there && *version;
}
