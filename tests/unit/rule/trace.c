// SPDX-License-Identifier: GPL-2.0-only
/*
 * The text that trace_cohmem.h gives to a decision, against the names of the
 * rule. The kernel's macros for events are replaced: an event class is here a
 * function that prints.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "facts.h"
#include "tap.h"
#include "trace.h"

typedef unsigned char u8;
typedef unsigned long long u64;

struct symbol {
	int value;
	const char *name;
};

/* What was printed last. */
static char trace[1024];

static const char *symbol_name(int value, const struct symbol *symbol)
{
	for (; symbol->name; symbol++) {
		if (symbol->value == value)
			return symbol->name;
	}
	return "?";
}

#define TP_PROTO(...)		__VA_ARGS__
#define TP_ARGS(...)		__VA_ARGS__
#define TP_STRUCT__entry(...)	__VA_ARGS__
#define TP_fast_assign(...)	__VA_ARGS__
#define TP_printk(...)		__VA_ARGS__
/* With the semicolon that ends the member before. */
#define __field(type, item)	; struct { type item; }
#define __print_symbolic(value, ...) \
	symbol_name(value, (const struct symbol[]){ __VA_ARGS__, { 0, NULL } })
#define TRACE_DEFINE_ENUM(a)	static_assert((a) >= 0)
#define DEFINE_EVENT(...)	static_assert(true)
#define DECLARE_EVENT_CLASS(name, proto, args, members, assign, print)	\
	static void name##_print(proto)				\
	{								\
		struct { int first members; } entry, *__entry = &entry;		\
		(void)#args;						\
		assign							\
		snprintf(trace, sizeof(trace), print);			\
	}								\
	static_assert(true)

#include "trace_cohmem.h"

static bool has_word(const char *key, const char *value)
{
	char word[64], padded[sizeof(trace) + 2];

	snprintf(padded, sizeof(padded), " %s ", trace);
	snprintf(word, sizeof(word), " %s=%s ", key, value);
	return strstr(padded, word);
}

static bool shows(const struct cohmem_facts *f,
		  const struct cohmem_decision *d)
{
	bool all = has_word("policy", cohmem_policy_name(f->policy)) &&
		   has_word("leaf", leaf_name(f->leaf)) &&
		   has_word("row", cohmem_row_name(d->row)) &&
		   has_word("verdict", cohmem_verdict_name(d->verdict)) &&
		   has_word("reason", cohmem_reason_name(d->reason)) &&
		   has_word("executable", d->executable ? "1" : "0");
	enum fact fact;

	for (fact = 0; fact < NR_FACTS; fact++)
		all &= has_word(fact_name(fact),
				fact_get(f, fact) ? "1" : "0");
	return all;
}

void test_trace(void)
{
	struct cohmem_decision d;
	struct cohmem_facts f;
	enum cohmem_reason reason;
	bool ok = true;
	unsigned int n;

	for (n = 0; ok && n < NR_COMBINATIONS; n++) {
		f = facts_nth(n);
		d = cohmem_decide(&f);
		kvm_cohmem_print(0, 0, 0, 0, &f, &d, 0);
		ok = shows(&f, &d);
	}
	if (!ok) {
		facts_note(&f);
		tap_note("trace: %s", trace);
	}
	tap(ok, "a trace shows all facts and the decision of the rule");

	for (reason = 0, ok = true; ok && reason < COHMEM_NR_REASONS; reason++) {
		d = cohmem_refuse(COHMEM_ROW_NONE, reason);
		kvm_cohmem_print(0, 0, 0, 0, &f, &d, 0);
		ok = shows(&f, &d);
	}
	if (!ok)
		tap_note("trace: %s", trace);
	tap(ok, "a trace shows each reason of a refusal before the rule");
}
