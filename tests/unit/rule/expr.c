// SPDX-License-Identifier: GPL-2.0-only
/*
 * Conditions over the facts of the memory-type rule: see expr.h.
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "expr.h"

static const struct {
	const char *name;
	size_t offset;
} facts[NR_FACTS] = {
#define FACT(member) { #member, offsetof(struct cohmem_facts, member) },
#include "bool_facts.h"
#undef FACT
};

const char *fact_name(enum fact fact)
{
	return facts[fact].name;
}

bool fact_get(const struct cohmem_facts *f, enum fact fact)
{
	return *(const bool *)((const char *)f + facts[fact].offset);
}

void fact_set(struct cohmem_facts *f, enum fact fact, bool value)
{
	*(bool *)((char *)f + facts[fact].offset) = value;
}

/* As the kernel's tracepoints print them. */
const char *leaf_name(enum cohmem_leaf leaf)
{
	static const char * const names[COHMEM_NR_LEAVES] = {
		[COHMEM_LEAF_NORMAL]		= "Normal",
		[COHMEM_LEAF_NORMAL_TAGGED]	= "Normal-Tagged",
		[COHMEM_LEAF_NORMAL_NC]		= "Normal-NC",
		[COHMEM_LEAF_DEVICE]		= "Device",
	};

	return names[leaf];
}

#define MAX_WORD 32

struct parser {
	const char *next;
	const struct cohmem_facts *facts;
	const char *error;
	char word[MAX_WORD];	/* empty at the end of the text */
};

static bool fail(struct parser *p, const char *error)
{
	if (!p->error)
		p->error = error;
	return false;
}

static void advance(struct parser *p)
{
	size_t len = 0;

	while (isspace((unsigned char)*p->next))
		p->next++;

	if (isalpha((unsigned char)*p->next)) {
		while (isalnum((unsigned char)p->next[len]) ||
		       p->next[len] == '_' || p->next[len] == '-')
			len++;
	} else if (p->next[0] == '=' && p->next[1] == '=') {
		len = 2;
	} else if (*p->next) {
		len = 1;
	}

	if (len >= MAX_WORD) {
		fail(p, "a word is too long");
		len = 0;
	}
	memcpy(p->word, p->next, len);
	p->word[len] = '\0';
	p->next += len;
}

static bool accept(struct parser *p, const char *word)
{
	if (strcmp(p->word, word))
		return false;
	advance(p);
	return true;
}

static bool parse_comparison(struct parser *p, const char *(*name)(int),
			     int nr, int value)
{
	int i;

	if (!accept(p, "=="))
		return fail(p, "== is missing");
	for (i = 0; i < nr; i++) {
		if (accept(p, name(i)))
			return i == value;
	}
	return fail(p, "no such value");
}

static const char *leaf_name_of_int(int leaf)
{
	return leaf_name(leaf);
}

static const char *policy_name_of_int(int policy)
{
	return cohmem_policy_name(policy);
}

static bool parse_expr(struct parser *p);

static bool parse_one(struct parser *p)
{
	bool result;
	int i;

	if (accept(p, "not"))
		return !parse_one(p);
	if (accept(p, "otherwise"))
		return true;
	if (accept(p, "never"))
		return false;
	if (accept(p, "leaf"))
		return parse_comparison(p, leaf_name_of_int,
					COHMEM_NR_LEAVES, p->facts->leaf);
	if (accept(p, "policy"))
		return parse_comparison(p, policy_name_of_int,
					COHMEM_NR_POLICIES, p->facts->policy);

	if (accept(p, "(")) {
		result = parse_expr(p);
		if (!accept(p, ")"))
			return fail(p, ") is missing");
		return result;
	}

	for (i = 0; i < NR_FACTS; i++) {
		if (accept(p, fact_name(i)))
			return fact_get(p->facts, i);
	}
	return fail(p, *p->word ? "no such fact" : "a fact is missing");
}

static bool parse_all(struct parser *p)
{
	bool result = parse_one(p);

	while (accept(p, "and"))
		result &= parse_one(p);
	return result;
}

static bool parse_expr(struct parser *p)
{
	bool result = parse_all(p);

	while (accept(p, "or"))
		result |= parse_all(p);
	return result;
}

const char *expr_eval(const char *text, const struct cohmem_facts *f,
		      bool *result)
{
	struct parser p = { .next = text, .facts = f };

	advance(&p);
	*result = parse_expr(&p);
	if (*p.word)
		fail(&p, "more follows the condition than belongs to it");
	return p.error;
}
