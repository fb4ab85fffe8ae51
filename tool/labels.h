/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Labels of a node, as node-feature-discovery's local source reads them: what does
 * not change while the host runs, unless somebody binds a driver or retires guest RAM.
 */
#ifndef TOOL_LABELS_H
#define TOOL_LABELS_H

#include <stdio.h>

#include "host.h"

#define LABELS_LONGEST	63	/* bytes of a label's name behind the /, and of its value */

/**
 * labels_name() - make a word of a label
 * @text: any text
 * @name: is filled: letters and digits, with dashes in place of all else between them; "" if
 *	  there is none
 * @size: of @name
 */
void labels_name(const char *text, char *name, size_t size);

/**
 * labels_print() - print the labels of a host
 * @host: the host, after host_look()
 * @out: where to
 *
 * Return: whether all could be told; false after complaints. A label that cannot be told is
 * left out.
 */
bool labels_print(const struct host *host, FILE *out);

#endif /* TOOL_LABELS_H */
