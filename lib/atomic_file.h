/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that are complete or do not exist: written under another name first. */
#ifndef LIB_ATOMIC_FILE_H
#define LIB_ATOMIC_FILE_H

#include <stdbool.h>
#include <stdio.h>

/**
 * atomic_file_open() - begin to write a file
 * @path: its name once it is complete
 *
 * Return: a stream, or NULL with errno.
 */
FILE *atomic_file_open(const char *path);

/**
 * atomic_file_close() - finish a file and give it its name
 * @f: the stream of atomic_file_open()
 * @path: the same name
 *
 * Return: whether it worked; false with errno, and an old file of that name stays.
 */
bool atomic_file_close(FILE *f, const char *path);

#endif /* LIB_ATOMIC_FILE_H */
