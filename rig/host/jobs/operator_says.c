// SPDX-License-Identifier: GPL-2.0-only
/* Job operator: the command is run, and its JSON is read. */
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "end.h"
#include "operator.h"

#define COMMAND	"/operator/cohmem"
#define ROOT	"/libraries/usr/lib"

/* The loader is that of the libraries: QEMU's C library may be another version. */
static void run_child(uid_t user, int out)
{
	static char * const argv[] = {
		ROOT "/ld-linux-aarch64.so.1", "--library-path", ROOT "/aarch64-linux-gnu",
		COMMAND, "check", "--json", NULL
	};

	dup2(out, STDOUT_FILENO);
	if (user && (setgroups(0, NULL) || setgid(user) || setuid(user)))
		_exit(126);
	execv(argv[0], argv);
	fprintf(stderr, "rig: cannot run %s: %m\n", argv[0]);
	_exit(127);
}

/* A string of JSON, as far as it fits; null is "". Escapes but \" and \\ are left. */
static void copy_string(const char *json, char *text, size_t size)
{
	size_t len = 0;

	if (*json++ == '"') {
		for (; *json && *json != '"' && len + 1 < size; json++) {
			if (*json == '\\' && (json[1] == '"' || json[1] == '\\'))
				json++;
			text[len++] = *json;
		}
	}
	text[len] = '\0';
}

/* Each key stands in a line of its own, and name is the first of a line of the check. */
static void read_key(struct operator_lines *says, const char *key, const char *value)
{
	struct operator_line *line = &says->lines[says->count - !!says->count];

	if (!strcmp(key, "ready")) {
		copy_string(value, says->ready, sizeof(says->ready));
	} else if (!strcmp(key, "name")) {
		if (says->count == OPERATOR_LINES)
			give_up("cohmem check has more than %d lines", OPERATOR_LINES);
		line = &says->lines[says->count++];
		copy_string(value, line->name, sizeof(line->name));
	} else if (!says->count) {
		return;
	} else if (!strcmp(key, "subject")) {
		copy_string(value, line->subject, sizeof(line->subject));
	} else if (!strcmp(key, "state")) {
		copy_string(value, line->state, sizeof(line->state));
	} else if (!strcmp(key, "value")) {
		copy_string(value, line->value, sizeof(line->value));
	} else if (!strcmp(key, "remedy")) {
		copy_string(value, line->remedy, sizeof(line->remedy));
	} else if (!strcmp(key, "advice")) {
		line->is_advice = !strncmp(value, "true", 4);
	}
}

static void read_line(struct operator_lines *says, char *line)
{
	char *key = line + strspn(line, " "), *end;

	if (*key++ != '"')
		return;
	end = strstr(key, "\":");
	if (!end)
		return;
	*end = '\0';
	end += 2;
	read_key(says, key, end + strspn(end, " "));
}

void operator_ask(struct operator_lines *says, uid_t user)
{
	char line[2048];
	int out[2], status;
	FILE *file;
	pid_t pid;

	memset(says, 0, sizeof(*says));
	if (pipe2(out, 0))
		give_up("cannot make a pipe: %m");
	fflush(NULL);
	pid = fork();
	if (!pid)
		run_child(user, out[1]);
	close(out[1]);
	file = fdopen(out[0], "r");
	if (pid < 0 || !file)
		give_up("cannot start cohmem: %m");
	while (fgets(line, sizeof(line), file))
		read_line(says, line);
	fclose(file);
	if (waitpid(pid, &status, 0) != pid)
		give_up("cannot wait for cohmem: %m");
	says->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
