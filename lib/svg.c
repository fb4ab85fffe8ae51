// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <string.h>

#include "svg.h"
#include "text.h"
#include "xml.h"

static const char style[] =
	"text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',\n"
	"Helvetica,Arial,sans-serif;fill:#1f2933}\n"
	".h1{font-size:25px;font-weight:700}.h2{font-size:18px;font-weight:700}\n"
	".h3{font-size:19px;font-weight:700}.big{font-size:30px;font-weight:700}\n"
	".s{font-size:14px}.ax{font-size:12px;fill:#52606d}.b{font-weight:600}\n"
	".mute{fill:#52606d}.end{text-anchor:end}.mid{text-anchor:middle}\n"
	".bad,.warn{fill:#a8321a}.good{fill:#0b6b50}.warn{font-weight:700}\n"
	".wb{fill:#0072b2}.nc{fill:#f0c419}.dev{fill:#d55e00}.oth{fill:#9b59b6}\n"
	".none{fill:#e8ecf0}.never{fill:url(#hatch)}.fine{fill:url(#dots)}\n"
	".cut{stroke:#fff;stroke-width:1.5;fill:none}.edge{fill:none;stroke:#7b8794}\n"
	".tick{stroke:#7b8794;fill:none}.pill{fill:#fff;fill-opacity:.94;rx:12px}\n"
	".sheet{fill:#fff;stroke:#cbd2d9}.panel{fill:#f5f7fa;stroke:#e4e7eb;rx:10px}\n"
	".mark{fill:none;stroke-width:3;stroke-linecap:round;stroke-linejoin:round}\n";

static const char defs[] =
	"<defs>\n"
	"<pattern id=\"hatch\" width=\"10\" height=\"10\" patternUnits=\"userSpaceOnUse\">\n"
	"<rect width=\"10\" height=\"10\" fill=\"#eef1f4\"/>\n"
	"<path d=\"M-2 2l4-4M0 10L10 0M8 12l4-4\" stroke=\"#b8c2cc\" stroke-width=\"1.5\"/>\n"
	"</pattern>\n"
	"<pattern id=\"dots\" width=\"4\" height=\"4\" patternUnits=\"userSpaceOnUse\">\n"
	"<rect width=\"1.5\" height=\"1.5\" fill=\"#fff\" fill-opacity=\".6\"/>\n"
	"</pattern>\n"
	"</defs>\n";

/* Sizes in the style sheet, in pixels, by the class's beginning. */
static const struct {
	const char *class;
	int size;
} sizes[] = {
	{ "h1", 25 }, { "h2", 18 }, { "h3", 19 }, { "big", 30 }, { "ax", 12 },
	{ "s", 14 },
};

/* Fonts differ from one viewer to the next: this is a wide one's average. */
int svg_width(const char *class, const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (!strncmp(class, sizes[i].class, strlen(sizes[i].class)))
			return strlen(text) * sizes[i].size * 6 / 10;
	}
	return strlen(text) * 10;
}

void svg_begin(FILE *f, const char *title, int width, int height)
{
	fprintf(f, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\"",
		width, height);
	fprintf(f, " width=\"%d\" height=\"%d\" role=\"img\" aria-labelledby=\"title desc\">\n",
		width, height);
	fputs("<title id=\"title\">", f);
	xml_escape(f, title);
	fputs("</title>\n", f);
	fprintf(f, "<style>\n%s</style>\n%s", style, defs);
	fprintf(f, "<rect class=\"sheet\" width=\"%d\" height=\"%d\" rx=\"14\"/>\n",
		width, height);
}

void svg_rect(FILE *f, const char *class, int x, int y, int width, int height)
{
	fprintf(f, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
		class, x, y, width, height);
}

void svg_text(FILE *f, const char *class, int x, int y, int room,
	      const char *fmt, ...)
{
	char text[512];
	size_t len;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	len = strlen(text);
	while (len > 3 && svg_width(class, text) > room) {
		text[--len] = '\0';
		memset(text + len - 3, '.', 3);
	}
	fprintf(f, "<text class=\"%s\" x=\"%d\" y=\"%d\">", class, x, y);
	xml_escape(f, text);
	fputs("</text>\n", f);
}

const char *svg_count(u64 number)
{
	static char text[32];

	text_group(text, sizeof(text), number);
	return text;
}
