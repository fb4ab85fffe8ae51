// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "picture_legend.h"
#include "picture_strip.h"
#include "svg.h"

static int legend_entry(FILE *f, int x, const char *class, const char *over,
			const char *text)
{
	int width = 30;

	svg_rect(f, class, x, 101, width, 20);
	if (!strcmp(over, "cut"))
		fprintf(f, "<path class=\"cut\" d=\"M%d 101v20M%d 101v20\"/>\n",
			x + 10, x + 20);
	else if (*over)
		svg_rect(f, over, x, 101, width, 20);
	fprintf(f, "<rect class=\"edge\" x=\"%d.5\" y=\"101.5\" width=\"%d\" height=\"19\"/>\n",
		x, width - 1);
	svg_text(f, "s", x + width + 8, 116, 200, "%s", text);
	return x + width + 8 + svg_width("s", text) + 16;
}

void picture_legend_draw(FILE *f, int x, unsigned int options)
{
	static const enum s2_type order[] = { S2_NORMAL_WB, S2_NORMAL_NC, S2_DEVICE, S2_OTHER };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		if (order[i] != S2_OTHER || (options & PICTURE_LEGEND_OTHER))
			x = legend_entry(f, x, picture_strip_class(order[i]), "",
					 s2_type_name(order[i]));
	}
	x = legend_entry(f, x, "none", "", "not mapped");
	if (options & PICTURE_LEGEND_NEVER_RAN)
		x = legend_entry(f, x, "never", "", "guest never ran");
	x = legend_entry(f, x, "wb", "cut", "blocks");
	legend_entry(f, x, "wb", "fine", "pages too small to draw");
}
