/* SPDX-License-Identifier: GPL-2.0-only */
/* What the colours of a picture of stage 2 mean. */
#ifndef LIB_PICTURE_LEGEND_H
#define LIB_PICTURE_LEGEND_H

#include <stdio.h>

#define PICTURE_LEGEND_OTHER		1u	/* a memory type that is none of the three */
#define PICTURE_LEGEND_NEVER_RAN	2u	/* a guest that never ran */

/**
 * picture_legend_draw() - draw it, below the head of the picture
 * @f: the picture
 * @x: pixels, left
 * @options: what the picture has beside memory types, blocks and what is not mapped
 */
void picture_legend_draw(FILE *f, int x, unsigned int options);

#endif /* LIB_PICTURE_LEGEND_H */
