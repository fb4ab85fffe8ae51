// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "config.h"
#include "text.h"

#define PREFIX "CONFIG_"

/* Return: what is behind the option in the line, or NULL. */
static const char *behind(const char *line, const char *option)
{
	if (!text_starts(line, PREFIX))
		return NULL;
	line += strlen(PREFIX);
	return text_starts(line, option) ? line + strlen(option) : NULL;
}

static int is_rest(const char *rest, const char *text)
{
	size_t len = strlen(text);

	return !strncmp(rest, text, len) && (!rest[len] || strchr("\r\n", rest[len]));
}

enum config_state config_state(const char *text, const char *option)
{
	enum config_state state = CONFIG_ABSENT;
	const char *line, *rest;

	for (line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		rest = behind(line, option);
		if (rest && *rest == '=') {
			state = is_rest(rest, "=y") || is_rest(rest, "=m") ? CONFIG_ON :
				is_rest(rest, "=n") ? CONFIG_OFF : CONFIG_VALUE;
		} else if (text_starts(line, "# ")) {
			rest = behind(line + 2, option);
			if (rest && is_rest(rest, " is not set"))
				state = CONFIG_OFF;
		}
	}
	return state;
}
