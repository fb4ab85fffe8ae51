/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Conditions over the facts of the memory-type rule, as the tables of
 * docs/rule.md write them:
 *
 *	expr	:= all { "or" all }
 *	all	:= one { "and" one }
 *	one	:= "not" one | "(" expr ")" | "otherwise" | "never"
 *		 | FACT | ("leaf" | "policy") "==" VALUE
 */
#ifndef TESTS_RULE_EXPR_H
#define TESTS_RULE_EXPR_H

#include <stdbool.h>

#include "cohmem_rule.h"

/*
 * The facts that are true or false, in the order of struct cohmem_facts. The
 * Makefile makes bool_facts.h of that structure.
 */
enum fact {
#define FACT(member) FACT_##member,
#include "bool_facts.h"
#undef FACT
	NR_FACTS
};

const char *fact_name(enum fact fact);
bool fact_get(const struct cohmem_facts *f, enum fact fact);
void fact_set(struct cohmem_facts *f, enum fact fact, bool value);

const char *leaf_name(enum cohmem_leaf leaf);

/**
 * expr_eval() - Is a condition true of some facts?
 * @text: the condition
 * @f: the facts
 * @result: the answer
 *
 * All of @text is read whatever the facts are, so that a condition which can
 * be read for one set of facts can be read for all.
 *
 * Return: NULL, or what is wrong with @text.
 */
const char *expr_eval(const char *text, const struct cohmem_facts *f,
		      bool *result);

#endif /* TESTS_RULE_EXPR_H */
