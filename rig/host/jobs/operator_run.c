// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "end.h"
#include "mount.h"
#include "operator_run.h"

#define COMMAND	"/operator/cohmem"
#define ROOT	"/libraries/usr/lib"
#define FIXED	4	/* arguments before those of the command */
#define ARGS	8

void operator_run_mount(void)
{
	mount_share("operator", "/operator");
	mount_share("libraries", "/libraries");
}

/* The loader is that of the libraries: QEMU's C library may be another version. */
static void run_child(uid_t user, const char * const *args, int out)
{
	const char *argv[FIXED + ARGS + 1] = {
		ROOT "/ld-linux-aarch64.so.1", "--library-path", ROOT "/aarch64-linux-gnu",
		COMMAND,
	};

	for (size_t i = 0; i < ARGS && args[i]; i++)
		argv[FIXED + i] = args[i];
	dup2(out, STDOUT_FILENO);
	if (user && (setgroups(0, NULL) || setgid(user) || setuid(user)))
		_exit(126);
	execv(argv[0], (char **)argv);
	fprintf(stderr, "rig: cannot run %s: %m\n", argv[0]);
	_exit(127);
}

void operator_run_open(struct operator_run *run, uid_t user, const char * const *args)
{
	int out[2];

	if (pipe2(out, O_CLOEXEC))
		give_up("cannot make a pipe: %m");
	fflush(NULL);
	run->pid = fork();
	if (!run->pid)
		run_child(user, args, out[1]);
	close(out[1]);
	run->out = fdopen(out[0], "r");
	if (run->pid < 0 || !run->out)
		give_up("cannot start cohmem: %m");
}

/* Cuts the key out of the line. */
static bool read_key(struct operator_key *key)
{
	char *name = key->line + strspn(key->line, " "), *end;

	if (*name++ != '"')
		return false;
	end = strstr(name, "\":");
	if (!end)
		return false;
	*end = '\0';
	end += 2;
	key->name = name;
	key->value = end + strspn(end, " ");
	return true;
}

bool operator_run_key(struct operator_run *run, struct operator_key *key)
{
	while (fgets(key->line, sizeof(key->line), run->out)) {
		if (read_key(key))
			return true;
	}
	return false;
}

void operator_string(const char *value, char *text, size_t size)
{
	size_t len = 0;

	if (*value++ == '"') {
		for (; *value && *value != '"' && len + 1 < size; value++) {
			if (*value == '\\' && (value[1] == '"' || value[1] == '\\'))
				value++;
			text[len++] = *value;
		}
	}
	text[len] = '\0';
}

int operator_run_close(struct operator_run *run)
{
	int status;

	fclose(run->out);
	if (waitpid(run->pid, &status, 0) != run->pid)
		give_up("cannot wait for cohmem: %m");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
