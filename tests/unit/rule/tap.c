// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test Anything Protocol: see tap.h.
 */
#include <stdarg.h>
#include <stdio.h>

#include "tap.h"

static int nr_tests, nr_failed;

void tap(bool ok, const char *format, ...)
{
	va_list args;

	nr_tests++;
	nr_failed += !ok;
	printf("%sok %d - ", ok ? "" : "not ", nr_tests);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	fflush(stdout);
}

void tap_note(const char *format, ...)
{
	va_list args;

	printf("# ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

int tap_end(void)
{
	printf("1..%d\n", nr_tests);
	return nr_failed ? 1 : 0;
}
