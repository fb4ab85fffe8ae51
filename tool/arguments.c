// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "complain.h"

enum { OPTION_JSON = 0x100, OPTION_ROOT };

static const struct argp_option known[] = {
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
	{ "root", OPTION_ROOT, "DIR", 0,
	  "Read the host's files below DIR: a copy of another host's", 0 },
	{ 0 }
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPTION_JSON:
		arguments->json = true;
		return 0;
	case OPTION_ROOT:
		arguments->root = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = known,
	.parser = parse,
};

/* All but the first. */
static const struct argp root = {
	.options = known + 1,
	.parser = parse,
};

const struct argp_child arguments_children[] = {
	{ &argp, 0, NULL, 0 },
	{ 0 }
};

const struct argp_child arguments_root[] = {
	{ &root, 0, NULL, 0 },
	{ 0 }
};

bool arguments_open(const struct arguments *arguments, struct host *host)
{
	if (host_open_files(host, arguments->root))
		return true;
	complain("name a directory that has the host's files: --root=DIR",
		 "cannot look into %s: %s", arguments->root ?: "/", strerror(errno));
	return false;
}

bool arguments_colours(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb");
}
