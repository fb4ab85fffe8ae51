/* SPDX-License-Identifier: GPL-2.0-only */
/* Errors of a command, for a person: what is wrong, why, and what to do next. */
#ifndef TOOL_COMPLAIN_H
#define TOOL_COMPLAIN_H

#include "kernel.h"

/**
 * complain() - print an error to standard error
 * @remedy: what to do next
 * @fmt: what is wrong, and why, as for printf(); what is not printable becomes '?'
 */
__printf(2, 3)
void complain(const char *remedy, const char *fmt, ...);

#endif /* TOOL_COMPLAIN_H */
