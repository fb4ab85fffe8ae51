/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The demo's picture: the guest's physical address space on the stock kernel
 * and on cohmem's, coloured by stage-2 memory type, from the logs of the runs.
 */
#ifndef RIG_PICTURE_H
#define RIG_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * picture_make() - draw it
 * @path: SVG file; of an earlier run, it is removed in any case
 * @machine: the emulated machine
 * @dir: the logs are in DIR/SCENE-KERNEL
 * @why: on failure, the reason
 * @size: size of @why
 *
 * Nothing is made up: a log that is missing or contradicts itself gives no picture.
 *
 * Return: whether it worked.
 */
bool picture_make(const char *path, const char *machine, const char *dir,
		  char *why, size_t size);

#endif /* RIG_PICTURE_H */
