// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every combination of facts: see facts.h.
 */
#include <stdio.h>

#include "facts.h"
#include "tap.h"

struct cohmem_facts facts_nth(unsigned int n)
{
	struct cohmem_facts f = { 0 };
	enum fact fact;

	for (fact = 0; fact < NR_FACTS; fact++)
		fact_set(&f, fact, n & (1u << fact));
	n >>= NR_FACTS;
	f.leaf = n % COHMEM_NR_LEAVES;
	f.policy = n / COHMEM_NR_LEAVES;
	return f;
}

void facts_note(const struct cohmem_facts *f)
{
	struct cohmem_decision d = cohmem_decide(f);
	char list[256] = "";
	enum fact fact;
	int len = 0;

	for (fact = 0; fact < NR_FACTS; fact++) {
		if (fact_get(f, fact))
			len += snprintf(list + len, sizeof(list) - len, " %s",
					fact_name(fact));
	}
	tap_note("policy %s, leaf %s, true:%s", cohmem_policy_name(f->policy),
		 leaf_name(f->leaf), len ? list : " nothing");
	tap_note("the function: row %s, %s, reason %s, %sexecutable",
		 cohmem_row_name(d.row), cohmem_verdict_name(d.verdict),
		 cohmem_reason_name(d.reason), d.executable ? "" : "not ");
}
