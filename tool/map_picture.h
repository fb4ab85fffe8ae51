/* SPDX-License-Identifier: GPL-2.0-only */
/* The map of a VM's stage 2 as a picture, drawn by what draws the demo's. */
#ifndef TOOL_MAP_PICTURE_H
#define TOOL_MAP_PICTURE_H

#include "map.h"

/* Memslots that there is room for: a picture has less than 1 MB, however it is mapped. */
#define MAP_PICTURE_SLOTS 20

/**
 * map_picture_draw() - draw it as SVG
 * @map: the map; its page size has to be known
 * @release: of the kernel, or NULL
 * @f: where to
 *
 * Of more memslots than there is room for, the largest ones are drawn, and the picture
 * says how many it lacks.
 */
void map_picture_draw(const struct map *map, const char *release, FILE *f);

#endif /* TOOL_MAP_PICTURE_H */
