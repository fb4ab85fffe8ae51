/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/mounts and /proc/filesystems. */
#ifndef TOOL_MOUNTS_H
#define TOOL_MOUNTS_H

#include <stdbool.h>

#define MOUNTS_FILE	"/proc/mounts"
#define MOUNTS_LARGEST	(16 << 20)	/* bytes of it that are read */
#define MOUNTS_PATH	4096
#define MOUNTS_OPTIONS	512

/**
 * struct mounts_entry - a mount; what is too long is cut off
 * @where: the directory: \040 and the like are what they stand for
 * @options: of the mount, with commas between them
 */
struct mounts_entry {
	char where[MOUNTS_PATH];
	char options[MOUNTS_OPTIONS];
};

/**
 * mounts_next() - the next mount of a type
 * @at: where to begin; is set behind the line
 * @type: of the file system
 * @entry: is filled
 *
 * Return: whether there is one.
 */
bool mounts_next(const char **at, const char *type, struct mounts_entry *entry);

/**
 * mounts_option() - look up an option of a mount
 * @entry: the mount
 * @name: of the option, such as "node"
 *
 * Return: its value, which ends at a comma or with the text and is "" without =; or NULL.
 */
const char *mounts_option(const struct mounts_entry *entry, const char *name);

/** mounts_knows() - whether /proc/filesystems, which is @text, has the type */
bool mounts_knows(const char *text, const char *type);

#endif /* TOOL_MOUNTS_H */
