/* SPDX-License-Identifier: GPL-2.0-only */
/* The one writer of JSON, over json-c. Keys keep the order in which they are set. */
#ifndef LIB_JSON_H
#define LIB_JSON_H

#include <stdbool.h>
#include <stdio.h>

#include <json-c/json.h>

/**
 * json_set_string() - set a key to a text
 * @object: the object
 * @key: the key
 * @text: the text, or NULL for null; bytes that are not UTF-8, or that would control a
 *	  terminal that the JSON is printed to, become '?' or are escaped
 */
void json_set_string(struct json_object *object, const char *key, const char *text);

/** json_set_text() - the same, but null for "", too */
void json_set_text(struct json_object *object, const char *key, const char *text);

/** json_set_number() - set a key to the number at the beginning of a text, or to null for "" */
void json_set_number(struct json_object *object, const char *key, const char *text);

/** json_set_integer() - set a key to a number */
void json_set_integer(struct json_object *object, const char *key, long long number);

/** json_set_double() - set a key to a number, with ten digits at most */
void json_set_double(struct json_object *object, const char *key, double number);

/** json_set() - set a key to another value, NULL being null; the object owns it then */
void json_set(struct json_object *object, const char *key, struct json_object *value);

/** json_add() - add a value to the end of an array, which owns it then */
void json_add(struct json_object *array, struct json_object *value);

/**
 * json_print() - write an object to a stream, and free it
 * @f: the stream
 * @object: the object
 */
void json_print(FILE *f, struct json_object *object);

/**
 * json_write() - write an object to a file, and free it
 * @path: the file, which is complete or is what it was
 * @object: the object
 *
 * Return: whether it worked; false with errno.
 */
bool json_write(const char *path, struct json_object *object);

#endif /* LIB_JSON_H */
