// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>

#include "tap.h"

/* Of a test program. Its stream is known when the program runs only. */
static struct tap own;

static void result(struct tap *t, bool ok, const char *fmt, va_list ap)
{
	t->count++;
	t->failed += !ok;
	fputs(ok ? "ok " : "not ok ", t->out);
	if (!t->is_part)
		fprintf(t->out, "%u ", t->count);
	fputs("- ", t->out);
	vfprintf(t->out, fmt, ap);
	fputc('\n', t->out);
}

static void comment(struct tap *t, const char *fmt, va_list ap)
{
	fputs("# ", t->out);
	vfprintf(t->out, fmt, ap);
	fputc('\n', t->out);
}

void tap_plan(struct tap *t, unsigned int count)
{
	fprintf(t->out, "TAP version 13\n1..%u\n", count);
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
	comment(t, fmt, ap);
	va_end(ap);
}

void tap(bool ok, const char *fmt, ...)
{
	va_list ap;

	own.out = stdout;
	va_start(ap, fmt);
	result(&own, ok, fmt, ap);
	va_end(ap);
	fflush(stdout);
}

void tap_note(const char *fmt, ...)
{
	va_list ap;

	own.out = stdout;
	va_start(ap, fmt);
	comment(&own, fmt, ap);
	va_end(ap);
}

int tap_end(void)
{
	printf("1..%u\n", own.count);
	return own.failed ? 1 : 0;
}
