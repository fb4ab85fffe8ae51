/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The facts of the rule that are true or false, by name, in the order in which the kernel
 * prints them. The Makefile takes them from cohmem_rule.h.
 */
#ifndef TOOL_FACTS_H
#define TOOL_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "cohmem_rule.h"

/** facts_count() - how many there are */
size_t facts_count(void);

/** facts_name() - the name of the fact with that number */
const char *facts_name(size_t number);

/** facts_is_name() - whether a fact has that name */
bool facts_is_name(const char *name);

/** facts_get() - whether it is true of what the rule is told */
bool facts_get(const struct cohmem_facts *f, size_t number);

/** facts_set() - let it be so */
void facts_set(struct cohmem_facts *f, size_t number, bool is_true);

#endif /* TOOL_FACTS_H */
