/* SPDX-License-Identifier: GPL-2.0-only */
/* Options of the emulated host and of its guest: cohmem.NAME=VALUE for the kernel. */
#ifndef LIB_OPTION_H
#define LIB_OPTION_H

/**
 * option() - look up cohmem.NAME=VALUE on the kernel command line
 * @name: without the "cohmem." in front
 *
 * As in the kernel, the last one counts. /proc has to be mounted.
 *
 * Return: the value, or NULL if there is none. It is never freed, so a caller may keep
 * several values.
 */
const char *option(const char *name);

#endif /* LIB_OPTION_H */
