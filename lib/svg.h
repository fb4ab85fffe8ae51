/* SPDX-License-Identifier: GPL-2.0-only */
/* The few things that the picture is made of. */
#ifndef LIB_SVG_H
#define LIB_SVG_H

#include <stdio.h>

#include "kernel.h"

/** svg_begin() - the sheet that all is drawn on, and its title; a <desc> is to come next */
void svg_begin(FILE *f, const char *title, int width, int height);

/** svg_rect() - a rectangle, in pixels, that looks as its class says */
void svg_rect(FILE *f, const char *class, int x, int y, int width, int height);

/**
 * svg_text() - write a line of text that is sure to fit
 * @f: the picture
 * @class: class of the style sheet: size, colour, where it is anchored
 * @x: pixels
 * @y: pixels, of the base line
 * @room: pixels; what would be wider is cut, and ends in three dots
 * @fmt: the text
 */
void __printf(6, 7) svg_text(FILE *f, const char *class, int x, int y,
			     int room, const char *fmt, ...);

/** svg_width() - pixels that a text of that class needs at most */
int svg_width(const char *class, const char *text);

/** svg_count() - a number with its thousands set apart, until the next call */
const char *svg_count(u64 number);

#endif /* LIB_SVG_H */
