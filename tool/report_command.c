// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "arguments.h"
#include "atomic_file.h"
#include "bundle.h"
#include "commands.h"
#include "complain.h"

enum { OPTION_OUTPUT = 0x200 };

static const struct argp_option known[] = {
	{ "output", OPTION_OUTPUT, "FILE", 0, "Write to FILE, all of it or nothing", 0 },
	{ 0 }
};

/**
 * struct options - what is asked for
 * @arguments: the options that commands share
 * @output: file, or NULL for standard output
 */
struct options {
	struct arguments arguments;
	const char *output;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->arguments;
		return 0;
	case OPTION_OUTPUT:
		options->output = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = known,
	.parser = parse,
	.children = arguments_root,
	.doc = "Write a report about this host, for somebody who helps.\n"
	       "\vIt is one text: read it before you send it. It has what check and list say,\n"
	       "statistics and memslots of VMs, and of the kernel's log, command line,\n"
	       "configuration, modules and /proc/iomem what is about such memory. It has no\n"
	       "names of hosts, VMs and users, and no addresses of the VMMs' memory. It has\n"
	       "numbers of processes, PCI addresses, IPAs, and where guest RAM is mounted.\n\n"
	       "Exit status: 0 written, 2 wrong usage, 3 something cannot be told, which the\n"
	       "report says, 5 the file cannot be written.",
};

/* Return: the exit status. */
static int write_report(const struct host *host, const char *output)
{
	struct atomic_file file = { .stream = stdout };
	bool good;

	if (output && !atomic_file_open(&file, output)) {
		complain("name a file in a directory that is there, with --output=FILE",
			 "%s cannot be written: %s", output, strerror(errno));
		return COMMANDS_UNWRITTEN;
	}
	good = bundle_print(host, file.stream);
	if (output && !atomic_file_close(&file)) {
		complain("make room there, or name another file with --output=FILE",
			 "%s cannot be written: %s", output, strerror(errno));
		return COMMANDS_UNWRITTEN;
	}
	if (!good)
		complain("see its lines 'not read', and its part check; root can read most",
			 "the report lacks something");
	return good ? 0 : COMMANDS_UNKNOWN;
}

int report_command(int argc, char **argv)
{
	struct options options = { 0 };
	struct host host;
	int status;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options) ||
	    !arguments_open(&options.arguments, &host))
		return COMMANDS_USAGE;
	host_look(&host, HOST_DEVICES);
	status = write_report(&host, options.output);
	host_close(&host);
	return status;
}
