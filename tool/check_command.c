// SPDX-License-Identifier: GPL-2.0-only
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "commands.h"

#define DEVICES COHMEM_DATA "/devices.list"

enum { OPTION_JSON = 0x100, OPTION_ROOT };

/**
 * struct options - of cohmem check
 * @json: print JSON
 * @root: directory of the files, or NULL for this host
 */
struct options {
	bool json;
	const char *root;
};

static const struct argp_option known[] = {
	{ "json", OPTION_JSON, NULL, 0, "Print JSON", 0 },
	{ "root", OPTION_ROOT, "DIR", 0,
	  "Read the host's files below DIR: a copy of another host's. KVM is not asked then", 0 },
	{ 0 }
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case OPTION_JSON:
		options->json = true;
		return 0;
	case OPTION_ROOT:
		options->root = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = known,
	.parser = parse,
	.doc = "Say whether this host is ready to give VMs coherent memory without struct pages.\n"
	       "\vEach line has a name, the answer (yes, no, cannot tell, not needed), what was\n"
	       "found, in brackets where, and below it what to do.\n\n"
	       "Exit status: 0 ready, 1 not ready, 2 wrong usage, 3 cannot tell.",
};

/* See no-color.org. */
static bool is_colourful(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb");
}

int check_command(int argc, char **argv)
{
	struct options options = { 0 };
	struct report report = { 0 };
	struct host host;
	int status;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return COMMANDS_USAGE;
	if (!host_open(&host, options.root, DEVICES)) {
		fprintf(stderr,
			"cohmem: error: cannot look into %s: %s\n    name a directory that has the host's files: --root=DIR\n",
			options.root ?: "/", strerror(errno));
		return COMMANDS_USAGE;
	}
	check_run(&host, &report);
	if (options.json)
		json_print(stdout, report_json(&report));
	else
		report_print(&report, stdout, is_colourful());
	status = check_status(&report);
	report_free(&report);
	host_close(&host);
	return status;
}
