// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel.h"
#include "root.h"
#include "unpack.h"

#define MOST_SECONDS	20	/* of a CPU; Debian's longest list takes one */

static const struct {
	const char *end;
	const char *path;
} programs[] = {
	{ ".gz", "/usr/bin/gzip" },
	{ ".lz4", "/usr/bin/lz4" },
	{ ".xz", "/usr/bin/xz" },
	{ ".zst", "/usr/bin/zstd" },
};

/* A program that finds its input on @in; -1 with errno if it cannot be run. */
static pid_t run(char *const argv[], int in, int out)
{
	static char *const environment[] = { "LC_ALL=C", "PATH=/usr/bin:/bin", NULL };
	static const struct rlimit limit = { MOST_SECONDS, MOST_SECONDS };
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;
	int why;

	if (posix_spawn_file_actions_init(&actions))
		abort();
	posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	why = posix_spawn(&pid, argv[0], &actions, NULL, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	errno = why == ENOENT ? ENOPKG : why;
	if (why)
		return -1;
	prlimit(pid, RLIMIT_CPU, &limit, NULL);
	return pid;
}

static char *output_of(char *const argv[], int in, size_t max)
{
	int ends[2], status, why;
	char *text = NULL;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC)) {
		why = errno;
		close(in);
		errno = why;
		return NULL;
	}
	pid = run(argv, in, ends[1]);
	why = errno;
	close(in);
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		errno = why;
		return NULL;
	}
	/* A program whose output is too long ends when nobody reads it any more. */
	text = root_read_fd(ends[0], max);
	why = errno;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (text && (!WIFEXITED(status) || WEXITSTATUS(status))) {
		free(text);
		text = NULL;
		why = EIO;
	}
	errno = why;
	return text;
}

const char *unpack_program(const char *name)
{
	const char *end = strrchr(name, '.');

	for (size_t i = 0; end && i < ARRAY_SIZE(programs); i++) {
		if (!strcmp(end, programs[i].end))
			return programs[i].path;
	}
	return NULL;
}

char *unpack(int fd, const char *name, size_t max)
{
	const char *program = unpack_program(name);

	if (fd < 0)
		return NULL;
	if (program)
		return output_of((char *const []){ (char *)program, "-dc", NULL }, fd, max);
	close(fd);
	errno = ENOTSUP;
	return NULL;
}
