/* SPDX-License-Identifier: GPL-2.0-only */
/* Compressed files, by the programs that Debian has for them. */
#ifndef TOOL_UNPACK_H
#define TOOL_UNPACK_H

#include <stddef.h>

/** unpack_program() - the program that unpacks what has such a name, or NULL */
const char *unpack_program(const char *name);

/**
 * unpack() - what is in a compressed file
 * @fd: the file, which is closed; or -1 with errno
 * @name: the end of which says how it is compressed
 * @max: bytes; more is refused with EFBIG
 *
 * Return: the text, to be freed, or NULL with errno: ENOTSUP if no program is for such a
 * name, ENOPKG if it is not installed, EIO if it refuses the file or takes too long.
 */
char *unpack(int fd, const char *name, size_t max);

#endif /* TOOL_UNPACK_H */
