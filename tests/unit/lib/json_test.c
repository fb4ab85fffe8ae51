// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "kernel.h"
#include "lib_test.h"
#include "tap.h"

/* A text, and how it stands in JSON. */
static const struct {
	const char *what;
	const char *text;
	const char *json;
} strings[] = {
	{ "quotes, backslashes and control characters are escaped",
	  "\"a\\b\n\x01", "\"\\\"a\\\\b\\n\\u0001\"" },
	{ "a slash is not escaped", "a/b", "\"a/b\"" },
	{ "UTF-8 stays", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80",
	  "\"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"" },
	{ "what controls a terminal becomes ?", "a\177b\302\233c\302\200\302\237\302\240",
	  "\"a?b??c????\302\240\"" },
	{ "a byte of another encoding becomes ?", "x\xe9!", "\"x?!\"" },
	{ "a character that is cut off becomes ?", "\xe2\x82", "\"??\"" },
	{ "an overlong character becomes ?", "\xc0\xaf", "\"??\"" },
	{ "half a pair of UTF-16 becomes ?", "\xed\xa0\x80", "\"???\"" },
	{ "a character beyond the last becomes ?", "\xf4\x90\x80\x80", "\"????\"" },
};

static void test_strings(void)
{
	struct json_object *o, *value;

	for (size_t i = 0; i < ARRAY_SIZE(strings); i++) {
		o = json_object_new_object();
		json_set_string(o, "s", strings[i].text);
		json_object_object_get_ex(o, "s", &value);
		tap(!strcmp(json_object_to_json_string_ext(value,
							   JSON_C_TO_STRING_NOSLASHESCAPE),
			    strings[i].json), "json: %s", strings[i].what);
		json_object_put(o);
	}
}

static void test_file(void)
{
	char dir[] = "/tmp/cohmem-json-XXXXXX", path[64], text[512] = "";
	struct json_object *o = json_object_new_object();
	struct json_object *array = json_object_new_array();
	FILE *f;

	if (!mkdtemp(dir))
		abort();
	snprintf(path, sizeof(path), "%s/file", dir);
	json_set_number(o, "z", "18446744073709551615");
	json_set_number(o, "y", "");
	json_set_string(o, "x", NULL);
	json_set_text(o, "w", "");
	json_set_double(o, "v", 5860.5);
	json_set_integer(o, "u", -1);
	json_add(array, json_object_new_string("a/b"));
	json_set(o, "t", array);
	if (json_write(path, o)) {
		f = fopen(path, "r");
		if (!f || !fread(text, 1, sizeof(text) - 1, f))
			abort();
		fclose(f);
	}
	tap(!strcmp(text,
		    "{\n  \"z\": 18446744073709551615,\n  \"y\": null,\n  \"x\": null,\n  \"w\": null,\n"
		    "  \"v\": 5860.5,\n  \"u\": -1,\n  \"t\": [\n    \"a/b\"\n  ]\n}\n"),
	    "json: keys keep their order, numbers their digits, and what is not there is null");
	unlink(path);
	errno = 0;
	rmdir(dir);
	tap(!json_write(path, json_object_new_object()) && errno == ENOENT,
	    "json: a file that cannot be written is told, with the reason");
}

static void test_stream(void)
{
	struct json_object *o = json_object_new_object();
	size_t size;
	char *out;
	FILE *f = open_memstream(&out, &size);

	if (!f)
		abort();
	json_set_string(o, "a", "b/c");
	json_print(f, o);
	fclose(f);
	tap(!strcmp(out, "{\n  \"a\": \"b/c\"\n}\n"), "json: a stream gets the same as a file");
	free(out);
}

void test_json(void)
{
	test_strings();
	test_file();
	test_stream();
}
