// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "arguments.h"
#include "atomic_file.h"
#include "commands.h"
#include "complain.h"
#include "labels.h"
#include "metrics.h"

enum { OPTION_FORMAT = 0x200, OPTION_OUTPUT };

static const struct argp_option known[] = {
	{ "format", OPTION_FORMAT, "nfd|prometheus", 0,
	  "Labels for node-feature-discovery, or metrics for Prometheus", 0 },
	{ "output", OPTION_OUTPUT, "FILE", 0,
	  "Write to FILE, all of it or nothing", 0 },
	{ 0 }
};

/* Return: whether all could be told. */
static bool export_labels(struct host *host, FILE *out)
{
	host_look(host, HOST_DEVICES);
	return labels_print(host, out);
}

static bool export_metrics(struct host *host, FILE *out)
{
	struct vms vms = { 0 };
	struct metrics metrics;
	bool good = vms_open(&host->root, &vms);

	metrics_gather(&metrics, &host->root, &vms);
	metrics.is_whole &= good;
	metrics_print(&metrics, out);
	good = metrics.is_whole;
	metrics_free(&metrics);
	vms_free(&vms);
	return good;
}

static const struct format {
	const char *name;
	bool (*print)(struct host *host, FILE *out);
} formats[] = {
	{ "nfd", export_labels },
	{ "prometheus", export_metrics },
};

/**
 * struct options - what is asked for
 * @arguments: the options that commands share
 * @format: one of the formats
 * @output: file, or NULL for standard output
 */
struct options {
	struct arguments arguments;
	const struct format *format;
	const char *output;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->arguments;
		return 0;
	case OPTION_FORMAT:
		for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
			if (!strcmp(argument, formats[i].name))
				options->format = &formats[i];
		}
		if (!options->format)
			argp_error(state, "there is no format '%s': say nfd or prometheus",
				   argument);
		return 0;
	case OPTION_OUTPUT:
		options->output = argument;
		return 0;
	case ARGP_KEY_END:
		if (!options->format)
			argp_error(state, "say which format: --format=nfd or --format=prometheus");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = known,
	.parser = parse,
	.children = arguments_root,
	.doc = "Export what this host has, for other programs to read.\n"
	       "\vnfd: labels of a node, for a file in node-feature-discovery's features.d. They\n"
	       "say what does not change while the host runs, but by hand. KVM is asked, but\n"
	       "not about a copy of files.\n\n"
	       "prometheus: statistics of VMs and of guest RAM, for a file NAME.prom of\n"
	       "node_exporter's textfile collector. No page table is walked.\n\n"
	       "Exit status: 0 exported, 2 wrong usage, 3 something cannot be told, and is left\n"
	       "out, 5 the file cannot be written.",
};

/* Return: the exit status. */
static int export(struct host *host, const struct options *options)
{
	struct atomic_file file = { .stream = stdout };
	bool good;

	if (options->output && !atomic_file_open(&file, options->output)) {
		complain("name a file in a directory that is there, with --output=FILE",
			 "%s cannot be written: %s", options->output, strerror(errno));
		return COMMANDS_UNWRITTEN;
	}
	good = options->format->print(host, file.stream);
	if (!options->output || atomic_file_close(&file))
		return good ? 0 : COMMANDS_UNKNOWN;
	complain("make room there, or name another file with --output=FILE",
		 "%s cannot be written: %s", options->output, strerror(errno));
	return COMMANDS_UNWRITTEN;
}

int export_command(int argc, char **argv)
{
	struct options options = { 0 };
	struct host host;
	int status;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options) ||
	    !arguments_open(&options.arguments, &host))
		return COMMANDS_USAGE;
	status = export(&host, &options);
	host_close(&host);
	return status;
}
