// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "atomic_file.h"

static const char *other_name(const char *path)
{
	static char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s.new", path);
	return name;
}

FILE *whole_open(const char *path)
{
	return fopen(other_name(path), "w");
}

bool whole_close(FILE *f, const char *path)
{
	int why;

	if (!fclose(f) && !rename(other_name(path), path))
		return true;
	why = errno;
	unlink(other_name(path));
	errno = why;
	return false;
}
