// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "atomic_file.h"

#define MOST_NAMES	100	/* of files that killed processes have left */

/* Return: the length of what stands in front of a path's last name. */
static int directory_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 - path : 0;
}

/*
 * A device, a pipe or a link, such as /dev/stdout. The kernel follows a link: it knows which
 * ones are not to be trusted (fs.protected_symlinks).
 */
static bool is_to_stay(const char *path)
{
	struct stat is;

	return !lstat(path, &is) && !S_ISREG(is.st_mode);
}

/*
 * With a dot in front: some programs read all files of a directory but those. Each writer has
 * a name of its own, so that none gives a name to what another one is writing.
 */
static int make_temporary(const char *path, char **temporary)
{
	int len = directory_length(path), fd = -1;

	*temporary = NULL;
	for (int i = 0; fd < 0 && i < MOST_NAMES; i++) {
		free(*temporary);
		if (asprintf(temporary, "%.*s.%s.%d-%d.new", len, path, path + len, getpid(),
			     i) < 0) {
			*temporary = NULL;
			return -1;
		}
		fd = open(*temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd;
}

static void forget(struct atomic_file *file)
{
	free(file->path);
	free(file->temporary);
	*file = (struct atomic_file){ 0 };
}

bool atomic_file_open(struct atomic_file *file, const char *path)
{
	int fd = -1, why;

	*file = (struct atomic_file){ .path = strdup(path) };
	if (!file->path)
		return false;
	if (is_to_stay(path)) {
		file->stream = fopen(path, "we");
	} else {
		fd = make_temporary(path, &file->temporary);
		if (fd >= 0)
			file->stream = fdopen(fd, "w");
	}
	if (file->stream)
		return true;
	why = errno;
	if (fd >= 0) {
		close(fd);
		unlink(file->temporary);
	}
	forget(file);
	errno = why;
	return false;
}

bool atomic_file_close(struct atomic_file *file)
{
	/* Of an earlier write, which fclose() does not tell. */
	int why = ferror(file->stream) ? EIO : 0;

	if (fclose(file->stream) && !why)
		why = errno;
	if (!why && file->temporary && rename(file->temporary, file->path))
		why = errno;
	if (why && file->temporary)
		unlink(file->temporary);
	forget(file);
	errno = why;
	return !why;
}
