// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "atomic_file.h"
#include "chosen.h"
#include "commands.h"
#include "complain.h"
#include "map.h"
#include "map_picture.h"

/**
 * struct options - what was typed
 * @common: options that other commands have, too
 * @name: the VM
 * @svg: file of the picture, or NULL
 */
struct options {
	struct arguments common;
	const char *name;
	const char *svg;
};

enum { OPTION_SVG = 0x200 };

static const struct argp_option known[] = {
	{ "svg", OPTION_SVG, "FILE", 0, "Draw the same as a picture, to FILE", 0 },
	{ 0 }
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &options->common;
		return 0;
	case OPTION_SVG:
		options->svg = argument;
		return 0;
	case ARGP_KEY_ARG:
		if (options->name)
			return ARGP_ERR_UNKNOWN;
		options->name = argument;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "a VM is missing; cohmem list has them");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = known,
	.parser = parse,
	.children = arguments_children,
	.args_doc = "VM",
	.doc = "Show how stage 2 maps the memory of a VM, memslot by memslot.\n"
	       "\vVM is PID-FD, as in cohmem list, or the PID of a process that has one VM. The kernel walks the VM's stage 2 for that: vCPUs that fault meanwhile may wait.\n\n"
	       "Exit status: 0 shown, 2 wrong usage, 3 something cannot be told or drawn, 4 there is no such VM, or it has ended meanwhile, 5 the picture cannot be written.",
};

static int draw(const struct map *map, const struct chosen *chosen, const char *path)
{
	struct atomic_file file;

	if (!chosen->page_size) {
		complain("add /boot/config-RELEASE to the copy",
			 "%s: not drawn, since the page size of that host is not known", path);
		return COMMANDS_UNKNOWN;
	}
	if (atomic_file_open(&file, path)) {
		map_picture_draw(map, chosen->host.osrelease, file.stream);
		if (atomic_file_close(&file))
			return 0;
	}
	complain("make room there, or name another file: --svg=FILE", "cannot write %s: %s", path,
		 strerror(errno));
	return COMMANDS_UNWRITTEN;
}

int map_command(int argc, char **argv)
{
	struct options options = { 0 };
	struct chosen chosen;
	struct dump dump;
	struct map map;
	int status;

	if (argp_parse(&argp, argc, argv, 0, NULL, &options))
		return COMMANDS_USAGE;
	status = chosen_open(&options.common, options.name, &chosen);
	if (status)
		return status;
	status = chosen_walk(&chosen, &dump);
	if (status) {
		chosen_close(&chosen);
		return status;
	}
	map_make(&map, &chosen.view, &dump, chosen.page_size);
	if (options.common.json)
		json_print(stdout, map_json(&map));
	else
		map_print(&map, stdout);
	if (options.svg)
		status = draw(&map, &chosen, options.svg);
	map_free(&map);
	dump_free(&dump);
	chosen_close(&chosen);
	return status;
}
