// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devicetree.h"

#define COMPATIBLE	"cohmem,guest-ram"
#define LARGEST		4096

/* Several words, of which each ends with a byte of 0: root_read() makes '?' of it. */
static bool has_word(const char *text)
{
	for (; *text; text += strcspn(text, "?"), text += *text == '?') {
		if (strcspn(text, "?") == strlen(COMPATIBLE) &&
		    !strncmp(text, COMPATIBLE, strlen(COMPATIBLE)))
			return true;
	}
	return false;
}

bool devicetree_guest_ram(const struct root *root, bool *found)
{
	struct root_names names;
	char path[512], *text;
	int why = 0;

	*found = false;
	if (!root_list(root, DEVICETREE_RESERVED, &names))
		return errno == ENOENT;
	for (size_t i = 0; i < names.count && !why && !*found; i++) {
		snprintf(path, sizeof(path), DEVICETREE_RESERVED "/%s/compatible",
			 names.names[i]);
		text = root_read(root, path, LARGEST);
		/* A property of the directory itself is no directory. */
		if (!text && errno != ENOENT && errno != ENOTDIR)
			why = errno;
		*found = text && has_word(text);
		free(text);
	}
	root_free_names(&names);
	errno = why;
	return !why;
}
