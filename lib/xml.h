/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LIB_XML_H
#define LIB_XML_H

#include <stdio.h>

/**
 * xml_escape() - write text as XML, also between double quotes
 * @f: the stream
 * @text: what is not printable ASCII in it becomes '?'
 */
void xml_escape(FILE *f, const char *text);

#endif /* LIB_XML_H */
