// SPDX-License-Identifier: GPL-2.0-only
#include "arguments.h"
#include "check.h"
#include "commands.h"

static error_t parse(int key, char *argument, struct argp_state *state)
{
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = state->input;
	return 0;
}

static const struct argp argp = {
	.parser = parse,
	.children = arguments_children,
	.doc = "Say whether this host is ready to give VMs coherent memory without struct pages.\n"
	       "\vEach line has a name, the answer (yes, no, cannot tell, not needed), what was\n"
	       "found, in brackets where, and below it what to do. KVM is not asked about a copy\n"
	       "of files.\n\n"
	       "Exit status: 0 ready, 1 not ready, 2 wrong usage, 3 cannot tell.",
};

int check_command(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	struct report report = { 0 };
	struct host host;
	int status;

	if (argp_parse(&argp, argc, argv, 0, NULL, &arguments))
		return COMMANDS_USAGE;
	if (!arguments_open(&arguments, &host))
		return COMMANDS_USAGE;
	host_look(&host, HOST_DEVICES);
	check_run(&host, &report);
	if (arguments.json)
		json_print(stdout, report_json(&report));
	else
		report_print(&report, stdout, arguments_colours());
	status = check_status(&report);
	report_free(&report);
	host_close(&host);
	return status;
}
