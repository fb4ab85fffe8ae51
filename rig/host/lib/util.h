/* SPDX-License-Identifier: GPL-2.0-only */
/* What every file of the emulated host may call. This calls none of them. */
#ifndef RIG_HOST_LIB_UTIL_H
#define RIG_HOST_LIB_UTIL_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

/** say() - one line on the console, which is for people */
void say(const char *fmt, ...) __printf(1, 2);

/** write_file() - write a string to an existing file; false with errno */
bool write_file(const char *path, const char *text);

/** read_file() - the file's beginning as a string, shortened to fit; false with errno */
bool read_file(const char *path, char *buf, size_t size);

/** read_number() - the number that a file begins with, decimal or hexadecimal; false with errno */
bool read_number(const char *path, u64 *value);

/** open_port() - open a virtio-serial port for writing; -1 if there is none of that name */
int open_port(const char *name);

#endif /* RIG_HOST_LIB_UTIL_H */
