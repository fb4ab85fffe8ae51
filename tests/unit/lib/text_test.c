// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel.h"
#include "lib_test.h"
#include "tap.h"
#include "text.h"
#include "xml.h"

static void test_lines(void)
{
	char dir[] = "/tmp/cohmem-text-XXXXXX", path[64];
	struct text text;
	FILE *f;

	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/file", dir);
	f = fopen(path, "w");
	if (!f || fputs("one\r\n\nthree", f) < 0 || fclose(f))
		abort();
	tap(text_read(&text, path) && text.count == 3 &&
	    !strcmp(text.lines[0], "one") && !*text.lines[1] &&
	    !strcmp(text.lines[2], "three"),
	    "text: lines are read without their ends, the last one, too");
	text_free(&text);
	errno = 0;
	tap(!text_read(&text, dir) && errno == EISDIR && !text.count,
	    "text: what cannot be read is empty, and says why");
	unlink(path);
	rmdir(dir);
}

static void test_printable(void)
{
	char text[] = "a\x7f\n\302\233 ~z";

	text_printable(text);
	tap(!strcmp(text, "a???? ~z"), "text: what is not printable ASCII becomes a ?");
}

static void test_numbers(void)
{
	static const struct {
		unsigned long long number;
		const char *grouped;
		const char *bytes;
	} cases[] = {
		{ 0, "0", "0 bytes" },
		{ 999, "999", "999 bytes" },
		{ 1024, "1,024", "1 KiB" },
		{ 1536, "1,536", "1536 bytes" },
		{ 2097152, "2,097,152", "2 MiB" },
		{ 1ULL << 41, "2,199,023,255,552", "2048 GiB" },
		{ ~0ULL, "18,446,744,073,709,551,615", "18446744073709551615 bytes" },
	};
	unsigned int wrong = 0;
	char text[64];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		text_group(text, sizeof(text), cases[i].number);
		wrong += !!strcmp(text, cases[i].grouped);
		text_bytes(text, sizeof(text), cases[i].number);
		wrong += !!strcmp(text, cases[i].bytes);
	}
	tap(!wrong, "text: numbers are grouped, and bytes have the largest unit that divides them");
}

static void test_xml(void)
{
	size_t size;
	char *out;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		abort();
	xml_escape(f, "<a href=\"b&c\">\t\xc3\xa9</a>");
	fclose(f);
	tap(!strcmp(out, "&lt;a href=&quot;b&amp;c&quot;&gt;???&lt;/a&gt;"),
	    "xml: signs of tags are escaped, what is not printable ASCII is ?");
	free(out);
}

void test_text(void)
{
	char trimmed[] = " \ta b\t ";

	test_lines();
	tap(!strcmp(text_trim(trimmed), "a b"), "text: blanks and tabs are trimmed");
	test_numbers();
	test_printable();
	test_xml();
}
