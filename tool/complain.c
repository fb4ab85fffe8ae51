// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "complain.h"
#include "text.h"

void complain(const char *remedy, const char *fmt, ...)
{
	va_list ap;
	char *what;

	va_start(ap, fmt);
	if (vasprintf(&what, fmt, ap) < 0)
		abort();
	va_end(ap);
	text_printable(what);
	fprintf(stderr, "cohmem: error: %s\n    %s\n", what, remedy);
	free(what);
}
