// SPDX-License-Identifier: GPL-2.0-only
/* The forms of TAP that programs print by one printer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "lib_test.h"
#include "tap.h"

static const struct {
	const char *what;
	struct tap stream;
	const char *want;
} forms[] = {
	{ "a stream has numbers, and blanks for what ends a line", { },
	  "TAP version 13\n1..2\nok 1 - a b # c\n# so 7\nnot ok 2 - d\nend\n" },
	{ "a part of another stream has no numbers", { .is_part = true },
	  "TAP version 13\n1..2\nok - a b # c\n# so 7\nnot ok - d\nend\n" },
	{ "a stream in the kernel's form has no dashes", { .is_kernel = true },
	  "TAP version 13\n1..2\nok 1 a b # c\n# so 7\nnot ok 2 d\nend\n" },
};

static void print(struct tap *t)
{
	tap_plan(t, 2);
	tap_result(t, true, "a\nb # %s", "c");
	tap_comment(t, "so %d", 7);
	tap_result(t, false, "d");
	tap_line(t, "%s", "end");
}

void test_tap(void)
{
	struct tap nowhere = { };
	size_t size;
	char *text;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct tap t = forms[i].stream;

		t.out = open_memstream(&text, &size);
		print(&t);
		fclose(t.out);
		tap(!strcmp(text, forms[i].want), "%s", forms[i].what);
		if (strcmp(text, forms[i].want))
			tap_note("%s", text);
		free(text);
	}
	print(&nowhere);
	tap(nowhere.lines == 6 && nowhere.count == 2 && nowhere.failed == 1,
	    "a stream that goes nowhere counts its lines and results");
}
