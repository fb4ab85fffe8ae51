/* SPDX-License-Identifier: GPL-2.0-only */
/* The release of a kernel, as uname -r says it. */
#ifndef TOOL_RELEASE_H
#define TOOL_RELEASE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct release - the numbers of a release
 * @major: 6 of 6.12.117-rig
 * @minor: 12
 * @patch: 117, or 0 if there is none
 */
struct release {
	unsigned int major;
	unsigned int minor;
	unsigned int patch;
};

/** release_read() - read the numbers at the beginning of a text; false if there are none */
bool release_read(const char *text, struct release *release);

/** release_is_at_least() - whether it is of that version or a later one */
bool release_is_at_least(const struct release *release, unsigned int major,
			 unsigned int minor);

/** release_is_of_line() - whether it is of a line that has cohmem's series: COHMEM_LINES */
bool release_is_of_line(const struct release *release);

#endif /* TOOL_RELEASE_H */
