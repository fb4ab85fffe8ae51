// SPDX-License-Identifier: GPL-2.0-only
/* Job operator: what cohmem check says. */
#include <string.h>

#include "end.h"
#include "operator.h"
#include "operator_run.h"

/* Each key stands in a line of its own, and name is the first of a line of the check. */
static void read_key(struct operator_lines *says, const char *key, const char *value)
{
	struct operator_line *line = &says->lines[says->count - !!says->count];

	if (!strcmp(key, "ready")) {
		operator_string(value, says->ready, sizeof(says->ready));
	} else if (!strcmp(key, "name")) {
		if (says->count == OPERATOR_LINES)
			give_up("cohmem check has more than %d lines", OPERATOR_LINES);
		line = &says->lines[says->count++];
		operator_string(value, line->name, sizeof(line->name));
	} else if (!says->count) {
		return;
	} else if (!strcmp(key, "subject")) {
		operator_string(value, line->subject, sizeof(line->subject));
	} else if (!strcmp(key, "state")) {
		operator_string(value, line->state, sizeof(line->state));
	} else if (!strcmp(key, "value")) {
		operator_string(value, line->value, sizeof(line->value));
	} else if (!strcmp(key, "remedy")) {
		operator_string(value, line->remedy, sizeof(line->remedy));
	} else if (!strcmp(key, "advice")) {
		line->is_advice = !strncmp(value, "true", 4);
	}
}

void operator_ask(struct operator_lines *says, uid_t user)
{
	static const char * const args[] = { "check", "--json", NULL };
	struct operator_run run;
	struct operator_key key;

	memset(says, 0, sizeof(*says));
	operator_run_open(&run, user, args);
	while (operator_run_key(&run, &key))
		read_key(says, key.name, key.value);
	says->status = operator_run_close(&run);
}
