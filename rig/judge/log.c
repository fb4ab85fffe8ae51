// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "log.h"

struct text log_read(const char *dir, const char *name)
{
	struct text log;
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	text_read(&log, path);
	return log;
}

struct fact log_fact(const struct text *results, const char *name)
{
	struct fact fact = { 0 };
	char start[64];

	snprintf(start, sizeof(start), "# fact %s=", name);
	for (size_t i = 0; i < results->count; i++) {
		const char *value = results->lines[i] + strlen(start);
		const char *from = strstr(results->lines[i], " from ");

		if (!text_starts(results->lines[i], start) || !from)
			continue;
		/* The source is the last " from ": a value may have one too. */
		while (strstr(from + 1, " from "))
			from = strstr(from + 1, " from ");
		snprintf(fact.value, sizeof(fact.value), "%.*s",
			 (int)(from - value), value);
		snprintf(fact.source, sizeof(fact.source), "%s",
			 from + strlen(" from "));
		break;
	}
	return fact;
}

const char *log_value(const struct text *log, const char *key)
{
	for (size_t i = 0; i < log->count; i++) {
		if (text_starts(log->lines[i], key))
			return log->lines[i] + strlen(key);
	}
	return "";
}
