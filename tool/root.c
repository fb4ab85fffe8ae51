// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "root.h"
#include "text.h"

#define MOST_NAMES	65536
#define MOST_TRIES	1000
#define SMALL_FILE	4096

/* Absolute links count from the root, and .. does not lead out of it. */
static int open_in(const struct root *root, const char *path, int flags)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT,
	};

	int fd = -1;

	/* The kernel refuses .. and such if anything is renamed or mounted at that moment. */
	for (size_t i = 0; i < MOST_TRIES && fd < 0; i++) {
		fd = syscall(SYS_openat2, root->fd, path, &how, sizeof(how));
		if (fd < 0 && errno != EAGAIN && errno != EINTR)
			break;
	}
	return fd;
}

static int fail(int fd, int why)
{
	if (fd >= 0)
		close(fd);
	errno = why;
	return -1;
}

bool root_open(struct root *root, const char *dir)
{
	root->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return root->fd >= 0;
}

void root_close(struct root *root)
{
	close(root->fd);
	root->fd = -1;
}

int root_file(const struct root *root, const char *path)
{
	char seen[32];
	struct stat st;
	int fd = open_in(root, path, O_PATH), file;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st))
		return fail(fd, errno);
	if (!S_ISREG(st.st_mode))
		return fail(fd, EINVAL);
	/* By its name it could be a pipe by now. */
	snprintf(seen, sizeof(seen), "/proc/self/fd/%d", fd);
	file = open(seen, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	fail(fd, errno);
	return file;
}

char *root_read_fd(int fd, size_t max)
{
	size_t len = 0, room = 0;
	char *text = NULL;
	ssize_t got = 1;

	while (fd >= 0 && got > 0 && len <= max) {
		if (len + 1 >= room) {
			room = room ? 2 * room : 2 * SMALL_FILE;
			text = realloc(text, room);
			if (!text)
				abort();
		}
		got = read(fd, text + len, room - len - 1);
		if (got > 0)
			len += got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	if (fd < 0 || got < 0 || len > max) {
		fail(fd, fd < 0 || got < 0 ? errno : EFBIG);
		free(text);
		return NULL;
	}
	close(fd);
	for (size_t i = 0; i < len; i++) {
		if (!text[i])
			text[i] = '?';
	}
	text[len] = '\0';
	return text;
}

char *root_read(const struct root *root, const char *path, size_t max)
{
	return root_read_fd(root_file(root, path), max);
}

char *root_line(const struct root *root, const char *path)
{
	char *text = root_read(root, path, SMALL_FILE);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	return text;
}

bool root_number(const struct root *root, const char *path, u64 *number)
{
	char *text = root_line(root, path);
	bool good = text && !text_starts(text, "0x") && text_number(text, number);

	if (text)
		errno = EINVAL;
	free(text);
	return good;
}

bool root_link(const struct root *root, const char *path, char *name, size_t size)
{
	int fd = open_in(root, path, O_PATH | O_NOFOLLOW);
	char target[SMALL_FILE];
	const char *last;
	ssize_t len;

	if (fd < 0)
		return false;
	len = readlinkat(fd, "", target, sizeof(target) - 1);
	fail(fd, errno);
	if (len < 0)
		return false;
	target[len] = '\0';
	last = strrchr(target, '/');
	snprintf(name, size, "%s", last ? last + 1 : target);
	return true;
}

bool root_exists(const struct root *root, const char *path)
{
	int fd = open_in(root, path, O_PATH);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool root_has_name(const struct root *root, const char *path)
{
	int fd = open_in(root, path, O_PATH | O_NOFOLLOW);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char * const *)a, *(char * const *)b);
}

static void add_name(struct root_names *list, const char *name)
{
	/* Room is doubled. */
	if (!(list->count & (list->count - 1))) {
		list->names = realloc(list->names, (list->count ? 2 * list->count : 1) *
				      sizeof(*list->names));
		if (!list->names)
			abort();
	}
	list->names[list->count] = strdup(name);
	if (!list->names[list->count++])
		abort();
}

bool root_list(const struct root *root, const char *path, struct root_names *list)
{
	int fd = open_in(root, path, O_RDONLY | O_DIRECTORY);
	struct dirent *entry;
	DIR *dir;

	*list = (struct root_names){ 0 };
	if (fd < 0)
		return false;
	dir = fdopendir(fd);
	if (!dir) {
		fail(fd, errno);
		return false;
	}
	while (list->count <= MOST_NAMES && (entry = readdir(dir))) {
		if (*entry->d_name != '.')
			add_name(list, entry->d_name);
	}
	closedir(dir);
	if (list->count > MOST_NAMES) {
		root_free_names(list);
		errno = EFBIG;
		return false;
	}
	if (list->count)
		qsort(list->names, list->count, sizeof(*list->names), compare);
	return true;
}

void root_free_names(struct root_names *list)
{
	while (list->count)
		free(list->names[--list->count]);
	free(list->names);
	list->names = NULL;
}
