// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"

bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

struct log log_read(const char *dir, const char *name)
{
	struct log log = { 0 };
	char *line = NULL, path[4096];
	size_t room = 0;
	ssize_t len;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	while (f && (len = getline(&line, &room, f)) >= 0) {
		log.lines = realloc(log.lines,
				    (log.count + 1) * sizeof(*log.lines));
		if (!log.lines)
			abort();
		while (len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
			line[--len] = '\0';
		log.lines[log.count] = strdup(line);
		if (!log.lines[log.count++])
			abort();
	}
	free(line);
	if (f)
		fclose(f);
	return log;
}

void log_free(struct log *log)
{
	while (log->count)
		free(log->lines[--log->count]);
	free(log->lines);
	log->lines = NULL;
}

struct fact log_fact(const struct log *results, const char *name)
{
	struct fact fact = { 0 };
	char start[64];

	snprintf(start, sizeof(start), "# fact %s=", name);
	for (size_t i = 0; i < results->count; i++) {
		const char *value = results->lines[i] + strlen(start);
		const char *from = strstr(results->lines[i], " from ");

		if (!starts(results->lines[i], start) || !from)
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

const char *log_value(const struct log *log, const char *key)
{
	for (size_t i = 0; i < log->count; i++) {
		if (starts(log->lines[i], key))
			return log->lines[i] + strlen(key);
	}
	return "";
}
