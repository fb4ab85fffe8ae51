/* SPDX-License-Identifier: GPL-2.0-only */
/* The debug kernel, which checks all that it does. */
#ifndef RIG_HOST_LIB_DEBUG_H
#define RIG_HOST_LIB_DEBUG_H

#include <stdbool.h>

/** debug_kernel() - whether the kernel checks all it does, and so is slow */
bool debug_kernel(void);

/**
 * debug_secs() - a limit for what takes time in the kernel
 * @secs: the limit on a kernel that does not check what it does
 *
 * Return: @secs, or five times as much on the debug kernel.
 */
double debug_secs(double secs);

/**
 * debug_find_leaks() - have the kernel look for memory that it has lost
 *
 * Does nothing on a kernel that cannot look. What it finds is on the console, and fails
 * the run.
 */
void debug_find_leaks(void);

#endif /* RIG_HOST_LIB_DEBUG_H */
