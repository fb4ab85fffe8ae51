/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of cohmem. Each has a file of its own, with its options. */
#ifndef TOOL_COMMANDS_H
#define TOOL_COMMANDS_H

/* Exit statuses that all commands have: wrong usage, and an answer that nobody can give. */
#define COMMANDS_USAGE		2
#define COMMANDS_UNKNOWN	3
/* Of those that look at one VM: there is none of that name, or it has ended meanwhile. */
#define COMMANDS_NO_VM		4
/* Of those that write a file: it cannot be written, and an old one stays. */
#define COMMANDS_UNWRITTEN	5

/**
 * struct command - one of them
 * @name: what is typed
 * @does: what it does, in a few words
 * @run: takes its own name and options, and returns the exit status
 */
struct command {
	const char *name;
	const char *does;
	int (*run)(int argc, char **argv);
};

int check_command(int argc, char **argv);
int list_command(int argc, char **argv);
int map_command(int argc, char **argv);
int why_command(int argc, char **argv);
int watch_command(int argc, char **argv);
int export_command(int argc, char **argv);
int report_command(int argc, char **argv);

#endif /* TOOL_COMMANDS_H */
