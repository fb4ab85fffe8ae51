// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "fact.h"

void fact_write(struct keyval_line *line, const char *name, const char *value,
		const char *file, unsigned int number)
{
	keyval_begin(line, "fact");
	keyval_add(line, name, "%s", value);
	keyval_add(line, "from", "%s:%u", file, number);
}

bool fact_read(struct fact *fact, const char *text, const char *name)
{
	const char *value, *source;
	struct keyval kv;

	if (!keyval_is(text, "fact") || !keyval_read(&kv, text) || kv.count != 2)
		return false;
	value = keyval_get(&kv, name);
	source = keyval_get(&kv, "from");
	if (!value || !source || value == source)
		return false;
	snprintf(fact->value, sizeof(fact->value), "%s", value);
	snprintf(fact->source, sizeof(fact->source), "%s", source);
	return true;
}
