/* SPDX-License-Identifier: GPL-2.0-only */
/* Files that are whole, or not there. */
#ifndef RIG_WHOLE_H
#define RIG_WHOLE_H

#include <stdbool.h>
#include <stdio.h>

/** whole_open() - begin a file, under another name; NULL with errno */
FILE *whole_open(const char *path);

/** whole_close() - end it, and give it its name; false with errno */
bool whole_close(FILE *f, const char *path);

#endif /* RIG_WHOLE_H */
