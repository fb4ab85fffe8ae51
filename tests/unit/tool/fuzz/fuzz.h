/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the targets of fuzzing share. A target is LLVMFuzzerTestOneInput(): it gives the bytes
 * to one of the tool's readers, and looks at what comes of them. A fuzzer makes up the bytes,
 * and replay.c takes them from files.
 */
#ifndef TESTS_UNIT_TOOL_FUZZ_H
#define TESTS_UNIT_TOOL_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "json.h"
#include "kernel.h"

/**
 * LLVMFuzzerTestOneInput() - give bytes to the reader of this target
 * @data: the bytes
 * @size: how many
 *
 * Return: 0. What is wrong ends the program.
 */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/**
 * fuzz_text() - the bytes as root_read() gives a file: a byte of 0 is a '?'
 * @data: the bytes
 * @size: how many
 *
 * Return: the text, to be freed; one byte behind it is not readable.
 */
char *fuzz_text(const u8 *data, size_t size);

/** fuzz_must() - end the program, and say @what, unless it is @good */
void fuzz_must(bool good, const char *what);

/** fuzz_print() - where to print to, until fuzz_printed() */
FILE *fuzz_print(void);

/** fuzz_printed() - what was printed since fuzz_print(), to be freed */
char *fuzz_printed(void);

/** fuzz_must_be_plain() - there is nothing but printable ASCII and line ends; it is freed */
void fuzz_must_be_plain(char *text);

/** fuzz_json() - an object can be printed, and be read again; it is put */
void fuzz_json(struct json_object *object);

#endif /* TESTS_UNIT_TOOL_FUZZ_H */
