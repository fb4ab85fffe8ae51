// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "atomic_file.h"

/* With a dot in front: some programs read all files of a directory but those. */
static const char *temporary_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
	static char name[PATH_MAX];

	snprintf(name, sizeof(name), "%.*s.%s.new", (int)(last - path), path, last);
	return name;
}

FILE *atomic_file_open(const char *path)
{
	return fopen(temporary_name(path), "w");
}

bool atomic_file_close(FILE *f, const char *path)
{
	/* Of an earlier write, which fclose() does not tell. */
	int why = ferror(f) ? EIO : 0;

	if (fclose(f) && !why)
		why = errno;
	if (!why && rename(temporary_name(path), path))
		why = errno;
	if (!why)
		return true;
	unlink(temporary_name(path));
	errno = why;
	return false;
}
