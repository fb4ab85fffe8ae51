/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Every combination of facts that the memory-type rule can be asked about.
 */
#ifndef TESTS_RULE_FACTS_H
#define TESTS_RULE_FACTS_H

#include "expr.h"

#define NR_COMBINATIONS (COHMEM_NR_POLICIES * COHMEM_NR_LEAVES << NR_FACTS)

/**
 * facts_nth() - One combination of facts
 * @n: which one, below NR_COMBINATIONS
 *
 * Return: a combination that no other @n gives.
 */
struct cohmem_facts facts_nth(unsigned int n);

/**
 * facts_note() - Print a combination of facts, and what the rule says of it
 * @f: the facts
 */
void facts_note(const struct cohmem_facts *f);

#endif /* TESTS_RULE_FACTS_H */
