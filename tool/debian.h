/* SPDX-License-Identifier: GPL-2.0-only */
/* Debian's packages: their versions, and the files of apt and dpkg that list them. */
#ifndef TOOL_DEBIAN_H
#define TOOL_DEBIAN_H

#include <stdbool.h>
#include <stddef.h>

#define DEBIAN_VERSION	128	/* bytes for a version; a longer one is no version */

/**
 * debian_compare() - which of two versions is later, as dpkg says it
 * @a: one
 * @b: another
 *
 * Return: less than 0 if @a is earlier, 0, or more than 0.
 */
int debian_compare(const char *a, const char *b);

/** debian_upstream() - the version without its epoch */
const char *debian_upstream(const char *version);

/**
 * debian_kernel() - the version of the package that a kernel is of
 * @text: /proc/version
 * @version: is filled
 *
 * Return: whether it names one.
 */
bool debian_kernel(const char *text, char version[DEBIAN_VERSION]);

/**
 * debian_next() - find the next paragraph about a package
 * @at: where to begin, in a Packages file or dpkg's status; is set behind the paragraph
 * @package: its name
 * @installed: only if Status says that it is installed
 * @version: is filled
 *
 * Return: whether there is one, with a version that fits.
 */
bool debian_next(const char **at, const char *package, bool installed,
		 char version[DEBIAN_VERSION]);

#endif /* TOOL_DEBIAN_H */
