// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "release.h"

#define LARGEST 99999	/* a number that is larger is no version */

static bool read_number(const char **text, unsigned int *number)
{
	*number = 0;
	if (!isdigit((unsigned char)**text))
		return false;
	for (; isdigit((unsigned char)**text); (*text)++) {
		*number = *number * 10 + (**text - '0');
		if (*number > LARGEST)
			return false;
	}
	return true;
}

bool release_read(const char *text, struct release *release)
{
	*release = (struct release){ 0 };
	if (!read_number(&text, &release->major) || *text++ != '.' ||
	    !read_number(&text, &release->minor))
		return false;
	/* 6.12-rc1 has none. */
	if (*text != '.' || !isdigit((unsigned char)text[1]))
		return true;
	text++;
	return read_number(&text, &release->patch);
}

bool release_is_at_least(const struct release *release, unsigned int major,
			 unsigned int minor)
{
	return release->major > major ||
	       (release->major == major && release->minor >= minor);
}

bool release_is_of_line(const struct release *release)
{
	const char *line = COHMEM_LINES;
	char name[32];
	size_t len;

	snprintf(name, sizeof(name), "%u.%u", release->major, release->minor);
	for (; *line; line += strspn(line, " ")) {
		len = strcspn(line, " ");
		if (len == strlen(name) && !strncmp(line, name, len))
			return true;
		line += len;
	}
	return false;
}
