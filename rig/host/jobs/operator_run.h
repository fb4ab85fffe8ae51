/* SPDX-License-Identifier: GPL-2.0-only */
/* Jobs operator and operator-vms: the command is run, and its JSON is read. */
#ifndef RIG_HOST_JOBS_OPERATOR_RUN_H
#define RIG_HOST_JOBS_OPERATOR_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/**
 * struct operator_run - cohmem, the operator's command, running
 * @pid: its process
 * @out: what it prints
 */
struct operator_run {
	pid_t pid;
	FILE *out;
};

/** operator_run_mount() - mount the shares that have it and its libraries */
void operator_run_mount(void);

/**
 * operator_run_open() - start it
 * @run: is set
 * @user: who runs it
 * @args: its arguments, at most eight, and NULL behind the last one
 */
void operator_run_open(struct operator_run *run, uid_t user, const char * const *args);

/**
 * struct operator_key - a key of JSON that stands in a line of its own
 * @line: the line
 * @name: the key
 * @value: what follows it, to the end of the line
 */
struct operator_key {
	char line[2048];
	const char *name;
	const char *value;
};

/** operator_run_key() - the next one that it prints; false if there is none */
bool operator_run_key(struct operator_run *run, struct operator_key *key);

/**
 * operator_string() - a string of JSON
 * @value: the value of a key
 * @text: gets it as far as it fits; null is "". Escapes but \" and \\ are left
 * @size: of @text
 */
void operator_string(const char *value, char *text, size_t size);

/** operator_run_close() - wait until it ends; its exit status */
int operator_run_close(struct operator_run *run);

#endif /* RIG_HOST_JOBS_OPERATOR_RUN_H */
