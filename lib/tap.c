// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>

#include "tap.h"

/* Of a test program. Its stream is known when the program runs only. */
static struct tap own;

/* Each line goes out at once: who prints it may crash next. */
static void put(struct tap *t, const char *begin, const char *fmt, va_list ap)
{
	char text[4096];

	vsnprintf(text, sizeof(text), fmt, ap);
	for (char *c = text; *c; c++) {
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	}
	t->lines++;
	if (!t->out)
		return;
	fprintf(t->out, "%s%s\n", begin, text);
	fflush(t->out);
}

static void result(struct tap *t, bool ok, const char *fmt, va_list ap)
{
	char begin[32], number[16];

	t->count++;
	t->failed += !ok;
	snprintf(number, sizeof(number), "%u ", t->count);
	snprintf(begin, sizeof(begin), "%s %s%s", ok ? "ok" : "not ok",
		 t->is_part ? "" : number, t->is_kernel ? "" : "- ");
	put(t, begin, fmt, ap);
}

void tap_line(struct tap *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(t, "", fmt, ap);
	va_end(ap);
}

void tap_plan(struct tap *t, unsigned int count)
{
	tap_line(t, "TAP version 13");
	tap_line(t, "1..%u", count);
}

void tap_result(struct tap *t, bool ok, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	result(t, ok, fmt, ap);
	va_end(ap);
}

void tap_comment(struct tap *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(t, "# ", fmt, ap);
	va_end(ap);
}

void tap(bool ok, const char *fmt, ...)
{
	va_list ap;

	own.out = stdout;
	va_start(ap, fmt);
	result(&own, ok, fmt, ap);
	va_end(ap);
}

void tap_note(const char *fmt, ...)
{
	va_list ap;

	own.out = stdout;
	va_start(ap, fmt);
	put(&own, "# ", fmt, ap);
	va_end(ap);
}

int tap_end(void)
{
	printf("1..%u\n", own.count);
	return own.failed ? 1 : 0;
}
