/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Facts in a log of results: what was found, and the line of a log that shows it. A
 * line of lib/keyval: "# fact NAME=VALUE from=FILE:LINE".
 */
#ifndef LIB_FACT_H
#define LIB_FACT_H

#include "keyval.h"

/* The value of a check that a guest could not make, for it executed nothing at all. */
#define FACT_NEVER_RAN "never ran"

/**
 * struct fact - a fact
 * @value: the value, "" if there is no such fact
 * @source: FILE:LINE
 */
struct fact {
	char value[256];
	char source[64];
};

/** fact_write() - make a line of a fact */
void fact_write(struct keyval_line *line, const char *name, const char *value,
		const char *file, unsigned int number);

/**
 * fact_read() - read a line
 * @fact: is filled
 * @text: the line
 * @name: of the fact
 *
 * Return: whether the line is that fact.
 */
bool fact_read(struct fact *fact, const char *text, const char *name);

#endif /* LIB_FACT_H */
