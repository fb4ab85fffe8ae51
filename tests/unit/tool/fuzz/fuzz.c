// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

static char *printed;
static size_t printed_size;
static FILE *out;

char *fuzz_text(const u8 *data, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		abort();
	for (size_t i = 0; i < size; i++)
		text[i] = data[i] ? data[i] : '?';
	text[size] = '\0';
	return text;
}

void fuzz_must(bool good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "it is not so: %s\n", what);
	abort();
}

FILE *fuzz_print(void)
{
	out = open_memstream(&printed, &printed_size);
	if (!out)
		abort();
	return out;
}

char *fuzz_printed(void)
{
	fclose(out);
	fuzz_must(strlen(printed) == printed_size, "no byte of 0 is printed");
	return printed;
}

void fuzz_must_be_plain(char *text)
{
	for (const char *at = text; *at; at++)
		fuzz_must((*at >= ' ' && *at <= '~') || *at == '\n',
			  "what is printed does not control a terminal");
	free(text);
}

void fuzz_json(struct json_object *object)
{
	struct json_object *again = json_tokener_parse(json_object_to_json_string(object));

	fuzz_must(again, "JSON that is printed is JSON");
	json_object_put(again);
	json_object_put(object);
}
