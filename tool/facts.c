// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "facts.h"
#include "kernel.h"

static const struct {
	const char *name;
	size_t at;
} facts[] = {
#define FACT(_name) { #_name, offsetof(struct cohmem_facts, _name) },
#include "facts.inc"
#undef FACT
};

size_t facts_count(void)
{
	return ARRAY_SIZE(facts);
}

const char *facts_name(size_t number)
{
	return facts[number].name;
}

bool facts_is_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		if (!strcmp(name, facts[i].name))
			return true;
	}
	return false;
}

bool facts_get(const struct cohmem_facts *f, size_t number)
{
	return *(const bool *)((const char *)f + facts[number].at);
}

void facts_set(struct cohmem_facts *f, size_t number, bool is_true)
{
	*(bool *)((char *)f + facts[number].at) = is_true;
}
