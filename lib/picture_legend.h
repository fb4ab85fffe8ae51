/* SPDX-License-Identifier: GPL-2.0-only */
/* What the colours of a picture of stage 2 mean. */
#ifndef LIB_PICTURE_LEGEND_H
#define LIB_PICTURE_LEGEND_H

#include <stdbool.h>
#include <stdio.h>

/**
 * picture_legend_draw() - draw it, below the head of the picture
 * @f: the picture
 * @x: pixels, left
 * @other: a memory type that is none of the three is in the picture
 */
void picture_legend_draw(FILE *f, int x, bool other);

#endif /* LIB_PICTURE_LEGEND_H */
