/* SPDX-License-Identifier: GPL-2.0-only */
/* The options that the commands share, and what they mean. */
#ifndef TOOL_ARGUMENTS_H
#define TOOL_ARGUMENTS_H

#include <argp.h>
#include <stdbool.h>

#include "host.h"

/**
 * struct arguments - options of a command
 * @json: print JSON
 * @root: directory of the files, or NULL for this host
 */
struct arguments {
	bool json;
	const char *root;
};

/* For .children of a command's argp; the input of each is a struct arguments. */
extern const struct argp_child arguments_children[];

/* The same, of which --root alone is an option. */
extern const struct argp_child arguments_root[];

/**
 * arguments_open() - open the files of the host that is meant
 * @arguments: the options
 * @host: is filled, as by host_open_files()
 *
 * Return: whether it worked; false after a complaint. The exit status is then
 * COMMANDS_USAGE.
 */
bool arguments_open(const struct arguments *arguments, struct host *host);

/** arguments_colours() - whether standard output gets colours: see no-color.org */
bool arguments_colours(void);

#endif /* TOOL_ARGUMENTS_H */
