/* SPDX-License-Identifier: GPL-2.0-only */
/* An area of the guest's physical address space, drawn as a strip. */
#ifndef LIB_PICTURE_STRIP_H
#define LIB_PICTURE_STRIP_H

#include <stdio.h>

#include "stage2_area.h"

#define STRIP_HEIGHT 50

/** picture_strip_class() - class of a memory type in the style sheet */
const char *picture_strip_class(enum s2_type type);

/**
 * struct picture_strip - where one is drawn, and of what
 * @area: the area
 * @page_size: of the kernel that made the tables
 * @never_ran: the guest
 * @x: pixels, left
 * @y: pixels, top
 * @width: pixels
 * @room: pixels for the line that sums it up
 * @columns: how many the width is divided into; each shows what is in its part
 */
struct picture_strip {
	const struct stage2_area *area;
	u64 page_size;
	bool never_ran;
	int x;
	int y;
	int width;
	int room;
	unsigned int columns;
};

/** picture_strip_draw() - draw it, with its addresses and a line that sums it up */
void picture_strip_draw(FILE *f, const struct picture_strip *strip);

/** picture_strip_describe() - say in words what is mapped of an area, as XML */
void picture_strip_describe(FILE *f, const char *label,
			    const struct stage2_area *area, u64 page_size);

#endif /* LIB_PICTURE_STRIP_H */
