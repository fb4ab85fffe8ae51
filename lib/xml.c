// SPDX-License-Identifier: GPL-2.0-only
#include "xml.h"

void xml_escape(FILE *f, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", f);
			break;
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		default:
			fputc(*text >= ' ' && *text <= '~' ? *text : '?', f);
		}
	}
}
