// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fact.h"
#include "ktap.h"
#include "util.h"

static FILE *port;
static unsigned int lines;
static unsigned int results;
static const char *prefix = "";

/* Each line goes out at once. A machine that is lost later has reported it. */
static void put(const char *begin, const char *fmt, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof(text), fmt, ap);
	for (char *c = text; *c; c++) {
		if (*c == '\n' || *c == '\r')
			*c = ' ';
	}
	lines++;
	if (!port)
		return;
	fprintf(port, "%s%s\n", begin, text);
	fflush(port);
}

static void __printf(1, 2) putf(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("", fmt, ap);
	va_end(ap);
}

bool ktap_open(void)
{
	int fd = open_port("cohmem.results");

	if (fd >= 0)
		port = fdopen(fd, "w");
	if (!port)
		return false;
	putf("KTAP version 1");
	return true;
}

void ktap_plan(unsigned int count)
{
	putf("1..%u", count);
}

void ktap_prefix(const char *text)
{
	prefix = text;
}

void ktap_result(bool ok, const char *name, const char *fmt, ...)
{
	char why[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	putf("%sok %u %s%s%s%s", ok ? "" : "not ", ++results, prefix, name,
	     *why ? " # " : "", why);
	say("%s%s: %s%s%s", prefix, name, ok ? "ok" : "not ok", *why ? ", " : "", why);
}

void ktap_skip(const char *name, const char *why)
{
	putf("ok %u %s # SKIP %s", ++results, name, why);
	say("%s: skipped, %s", name, why);
}

void ktap_raw(const char *line)
{
	putf("%s", line);
}

unsigned int ktap_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put("# ", fmt, ap);
	va_end(ap);
	return lines;
}

void ktap_fact(const char *file, unsigned int line, const char *name,
	       const char *fmt, ...)
{
	struct keyval_line text;
	char value[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	fact_write(&text, name, value, file, line);
	ktap_note("%s", text.text);
}

void ktap_done(void)
{
	putf("# done");
}

void ktap_bail_out(const char *why)
{
	putf("Bail out! %s", why);
}
