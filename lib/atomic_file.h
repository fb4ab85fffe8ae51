/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that are complete or do not exist: written under another name first. */
#ifndef LIB_ATOMIC_FILE_H
#define LIB_ATOMIC_FILE_H

#include <stdbool.h>
#include <stdio.h>

/**
 * struct atomic_file - a file that is being written
 * @stream: what it gets
 * @path: its name once it is complete
 * @temporary: its name until then, or NULL for what is not replaced
 */
struct atomic_file {
	FILE *stream;
	char *path;
	char *temporary;
};

/**
 * atomic_file_open() - begin to write a file
 * @file: is filled, if it works
 * @path: its name once it is complete
 *
 * What is there and is no regular file, such as a device, a pipe or a link, stays: it is
 * written to at once.
 *
 * Return: whether it worked; false with errno.
 */
bool atomic_file_open(struct atomic_file *file, const char *path);

/**
 * atomic_file_close() - finish a file and give it its name
 * @file: of atomic_file_open()
 *
 * Return: whether it worked; false with errno, and an old file of that name stays.
 */
bool atomic_file_close(struct atomic_file *file);

#endif /* LIB_ATOMIC_FILE_H */
