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

	for (size_t i = 0; i < results->count; i++) {
		if (fact_read(&fact, results->lines[i], name))
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
