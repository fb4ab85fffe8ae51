/* SPDX-License-Identifier: GPL-2.0-only */
/* cohmem report: what somebody else needs to see to help, in one text that can be read first. */
#ifndef TOOL_BUNDLE_H
#define TOOL_BUNDLE_H

#include <stdbool.h>
#include <stdio.h>

#include "host.h"

/**
 * bundle_print() - print the report
 * @host: the host, after host_look()
 * @out: where to
 *
 * Return: whether all parts could be read. What could not is told in its part.
 */
bool bundle_print(const struct host *host, FILE *out);

#endif /* TOOL_BUNDLE_H */
