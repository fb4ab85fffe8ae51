// SPDX-License-Identifier: GPL-2.0-only
/*
 * limit [--foreground] SECONDS COMMAND [ARGUMENT...]: timeout(1), but for the seconds
 * of an idle PC (lib/pace.h), so that nothing is stopped because the PC is slow.
 * 0 is no limit.
 *
 * COMMAND gets SIGTERM, and SIGKILL 10 s later; so does all its process group, which
 * is a new one but for --foreground. Signals that this program gets are passed on.
 *
 * Exit status: that of COMMAND, 128 and the number of the signal that ended it, 124 if
 * that was the limit, 125 for wrong arguments, 127 if it cannot be run.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pace.h"

#define SAID "limit: stopped after %.0f s of an idle PC, %.0f s by the clock\n"
#define KILL_AFTER_SECS 10
#define STRUCK 124
#define CANNOT 125
#define NO_COMMAND 127

static sigset_t signals;

static pid_t start(char **argv, bool foreground)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
	if (!foreground)
		setpgid(0, 0);
	execvp(argv[0], argv);
	fprintf(stderr, "limit: cannot run %s: %m\n", argv[0]);
	_exit(NO_COMMAND);
}

/* The next signal within a second, or 0. */
static int next_signal(void)
{
	const struct timespec second = { .tv_sec = 1 };
	int sig = sigtimedwait(&signals, NULL, &second);

	return sig > 0 ? sig : 0;
}

/* Returns its wait status, when @pid has ended; which it is made to if @limit strikes. */
static int watch(pid_t pid, pid_t target, double limit, bool *struck)
{
	double begun = pace_clock(), kill_at = 0;
	int status, sig;

	pace_begin(PACE_PC);
	while (waitpid(pid, &status, WNOHANG) != pid) {
		sig = next_signal();
		if (sig && sig != SIGCHLD)
			kill(target, sig);
		if (!limit || pace_now() < limit)
			continue;
		if (!*struck) {
			fprintf(stderr, SAID, limit, pace_clock() - begun);
			*struck = true;
			kill_at = pace_now() + KILL_AFTER_SECS;
			kill(target, SIGTERM);
		} else if (pace_now() >= kill_at) {
			kill(target, SIGKILL);
		}
	}
	return status;
}

int main(int argc, char **argv)
{
	bool foreground = argc > 1 && !strcmp(argv[1], "--foreground"), struck = false;
	char *end = NULL;
	double limit;
	int status;
	pid_t pid;

	argv += foreground;
	argc -= foreground;
	limit = argc > 2 ? strtod(argv[1], &end) : -1;
	if (!(limit >= 0) || *end) {
		fprintf(stderr, "usage: limit [--foreground] SECONDS COMMAND [ARGUMENT...]\n");
		return CANNOT;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	/* Whoever started this may ignore it; then there would be nothing to wait for. */
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	pid = start(argv + 2, foreground);
	if (pid < 0) {
		fprintf(stderr, "limit: cannot start %s: %m\n", argv[2]);
		return CANNOT;
	}
	if (!foreground)
		setpgid(pid, pid);
	status = watch(pid, foreground ? pid : -pid, limit, &struck);
	if (struck)
		return STRUCK;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
