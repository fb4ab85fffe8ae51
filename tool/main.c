// SPDX-License-Identifier: GPL-2.0-only
/* cohmem: the operator's command. It finds the command that is named, and runs it. */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "kernel.h"

const char *argp_program_version = "cohmem " COHMEM_VERSION;

static const struct command commands[] = {
	{ "check", "say whether this host is ready to give VMs such memory", check_command },
	{ "list", "list the VMs, and their memory without struct pages", list_command },
	{ "map", "show how stage 2 maps the memory of a VM", map_command },
	{ "why", "say why a guest has the memory at an address as it has", why_command },
	{ "watch", "print KVM's decisions as they happen", watch_command },
	{ "export", "export labels of a node, or statistics", export_command },
	{ "report", "write a report, for somebody who helps", report_command },
};

/* What --help says of the commands; argp frees it. */
static char *list_commands(int key, const char *text, void *input)
{
	size_t size;
	char *list;
	FILE *f;

	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	f = open_memstream(&list, &size);
	if (!f)
		return (char *)text;
	fputs("Commands:\n", f);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(f, "  %-10s %s\n", commands[i].name, commands[i].does);
	fputs("\ncohmem COMMAND --help says more of one.", f);
	fclose(f);
	return list;
}

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	}
	return NULL;
}

/**
 * struct choice - what is to be run
 * @command: the command
 * @at: where it stands in argv
 */
struct choice {
	const struct command *command;
	int at;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct choice *choice = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		choice->command = find(argument);
		if (!choice->command)
			argp_error(state, "there is no command '%s'", argument);
		/* The rest is the command's. */
		choice->at = state->next - 1;
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a command is missing");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "COMMAND [OPTION...]",
	.doc = "Look at a host that gives VMs coherent memory without struct pages.\v",
	.help_filter = list_commands,
};

/* At exit, too: argp ends the program when it has printed help. */
static void close_stdout(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return;
	fprintf(stderr,
		"cohmem: error: the output cannot be written: %s\n    make room where it goes to, or name another place\n",
		strerror(errno));
	_exit(COMMANDS_UNKNOWN);
}

int main(int argc, char **argv)
{
	struct choice choice = { 0 };
	char name[64];

	if (atexit(close_stdout))
		return COMMANDS_UNKNOWN;
	argp_err_exit_status = COMMANDS_USAGE;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &choice))
		return COMMANDS_USAGE;
	snprintf(name, sizeof(name), "cohmem %s", choice.command->name);
	argv[choice.at] = name;
	return choice.command->run(argc - choice.at, argv + choice.at);
}
