// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "atomic_file.h"
#include "json.h"

/* json-c answers NULL, or less than 0, for want of memory only. */
static struct json_object *must(struct json_object *value)
{
	if (!value)
		abort();
	return value;
}

/*
 * Return: the bytes of the character there, or 0 if it is not UTF-8 (overlong, half of a
 * pair of UTF-16, or beyond the last character) or if it controls a terminal. json-c escapes
 * control characters below 0x20, and no others.
 */
static size_t text_length(const unsigned char *c)
{
	static const unsigned int least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = *c < 0x80 ? 1 : *c >> 5 == 6 ? 2 : *c >> 4 == 14 ? 3 :
		     *c >> 3 == 30 ? 4 : 0;
	unsigned int code;

	if (len < 2)
		return *c == 0x7f ? 0 : len;
	code = *c & (0x7f >> len);
	for (size_t i = 1; i < len; i++) {
		if (c[i] >> 6 != 2)
			return 0;
		code = code << 6 | (c[i] & 0x3f);
	}
	return code < least[len] || code < 0xa0 || code > 0x10ffff || code >> 11 == 27 ? 0 : len;
}

void json_set(struct json_object *object, const char *key, struct json_object *value)
{
	if (json_object_object_add(object, key, value))
		abort();
}

void json_add(struct json_object *array, struct json_object *value)
{
	if (json_object_array_add(array, must(value)))
		abort();
}

void json_set_string(struct json_object *object, const char *key, const char *text)
{
	char *valid;
	size_t len;

	if (!text) {
		json_set(object, key, NULL);
		return;
	}
	valid = strdup(text);
	if (!valid)
		abort();
	for (char *c = valid; *c; c += len) {
		len = text_length((unsigned char *)c);
		if (!len) {
			*c = '?';
			len = 1;
		}
	}
	json_set(object, key, must(json_object_new_string(valid)));
	free(valid);
}

void json_set_text(struct json_object *object, const char *key, const char *text)
{
	json_set_string(object, key, *text ? text : NULL);
}

void json_set_number(struct json_object *object, const char *key, const char *text)
{
	json_set(object, key, *text ?
		 must(json_object_new_uint64(strtoull(text, NULL, 10))) : NULL);
}

void json_set_integer(struct json_object *object, const char *key, long long number)
{
	json_set(object, key, must(json_object_new_int64(number)));
}

void json_set_double(struct json_object *object, const char *key, double number)
{
	char text[32];

	snprintf(text, sizeof(text), "%.10g", number);
	json_set(object, key, must(json_object_new_double_s(number, text)));
}

static void print(FILE *f, struct json_object *object)
{
	fprintf(f, "%s\n",
		json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY |
					       JSON_C_TO_STRING_SPACED |
					       JSON_C_TO_STRING_NOSLASHESCAPE));
}

void json_print(FILE *f, struct json_object *object)
{
	print(f, object);
	json_object_put(object);
}

bool json_write(const char *path, struct json_object *object)
{
	struct atomic_file file;
	bool good = atomic_file_open(&file, path);
	int why;

	if (good) {
		print(file.stream, object);
		good = atomic_file_close(&file);
	}
	why = errno;
	json_object_put(object);
	errno = why;
	return good;
}
