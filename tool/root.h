/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files of the host that is looked at: this one, or a copy of another below a directory.
 * No path leads out of that directory, not by a link either. Only regular files are
 * read: a pipe would never end.
 */
#ifndef TOOL_ROOT_H
#define TOOL_ROOT_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

/**
 * struct root - the host's files
 * @fd: the directory that is its /
 */
struct root {
	int fd;
};

/**
 * struct root_names - what is in a directory
 * @names: sorted
 * @count: how many
 */
struct root_names {
	char **names;
	size_t count;
};

/**
 * root_open() - begin
 * @root: is filled
 * @dir: the directory, / for this host
 *
 * Return: whether it worked; false with errno.
 */
bool root_open(struct root *root, const char *dir);

/** root_close() - end */
void root_close(struct root *root);

/**
 * root_file() - open a file
 * @root: the host's files
 * @path: from /
 *
 * Return: its descriptor, or -1 with errno; EINVAL if it is no regular file.
 */
int root_file(const struct root *root, const char *path);

/**
 * root_read() - read a file
 * @root: the host's files
 * @path: from /
 * @max: bytes; a larger file is refused with EFBIG
 *
 * Return: its text, to be freed, or NULL with errno. A byte of 0 becomes '?'.
 */
char *root_read(const struct root *root, const char *path, size_t max);

/**
 * root_read_fd() - the same of an open file, which is closed
 * @fd: its descriptor, or -1 with errno
 * @max: as for root_read()
 *
 * Return: as root_read().
 */
char *root_read_fd(int fd, size_t max);

/** root_line() - the first line of a small file, as root_read() */
char *root_line(const struct root *root, const char *path);

/**
 * root_number() - the number in a small file
 * @root: the host's files
 * @path: from /
 * @number: is set
 *
 * Return: whether it is a decimal number, and nothing but that; false with errno, EINVAL
 * if it is none.
 */
bool root_number(const struct root *root, const char *path, u64 *number);

/**
 * root_link() - the last name in the target of a link
 * @root: the host's files
 * @path: the link, from /
 * @name: is filled
 * @size: of @name
 *
 * Return: whether there is one; false with errno.
 */
bool root_link(const struct root *root, const char *path, char *name, size_t size);

/** root_exists() - whether there is something of that name; false with errno */
bool root_exists(const struct root *root, const char *path);

/** root_has_name() - the same, but a link counts, wherever it leads */
bool root_has_name(const struct root *root, const char *path);

/**
 * root_list() - list a directory
 * @root: the host's files
 * @path: from /
 * @list: is filled
 *
 * Return: whether it worked; false with errno, EFBIG if there are too many names. Then
 * there is nothing to free.
 */
bool root_list(const struct root *root, const char *path, struct root_names *list);

/** root_free_names() - free what root_list() has allocated */
void root_free_names(struct root_names *list);

#endif /* TOOL_ROOT_H */
