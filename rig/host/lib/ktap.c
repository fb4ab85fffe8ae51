// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>

#include "fact.h"
#include "ktap.h"
#include "tap.h"
#include "util.h"

static struct tap results = { .is_kernel = true };
static const char *prefix = "";

bool ktap_open(void)
{
	int fd = open_port("cohmem.results");

	if (fd >= 0)
		results.out = fdopen(fd, "w");
	if (!results.out)
		return false;
	tap_line(&results, "KTAP version 1");
	return true;
}

void ktap_plan(unsigned int count)
{
	tap_line(&results, "1..%u", count);
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
	tap_result(&results, ok, "%s%s%s%s", prefix, name, *why ? " # " : "", why);
	say("%s%s: %s%s%s", prefix, name, ok ? "ok" : "not ok", *why ? ", " : "", why);
}

void ktap_skip(const char *name, const char *why)
{
	tap_result(&results, true, "%s # SKIP %s", name, why);
	say("%s: skipped, %s", name, why);
}

void ktap_raw(const char *line)
{
	tap_line(&results, "%s", line);
}

unsigned int ktap_note(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	tap_comment(&results, "%s", text);
	return results.lines;
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
	tap_comment(&results, "done");
}

void ktap_bail_out(const char *why)
{
	tap_line(&results, "Bail out! %s", why);
}
