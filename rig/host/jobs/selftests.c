// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job selftests: run KVM selftests of the kernel's own tree. Each program's
 * (K)TAP is nested, and its exit status decides (kselftest.h): 0 is a pass,
 * 4 a skip, anything else a failure.
 *
 * cohmem.tests=NAME[:ARG...],NAME... says which, from the share "selftests".
 * cohmem.limit=SECS is what one of them may take.
 * cohmem.dax=PCI makes that device /dev/dax0.0.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "end.h"
#include "jobs.h"
#include "ktap.h"
#include "module.h"
#include "mount.h"
#include "option.h"
#include "util.h"
#include "vfio.h"

#define DIRECTORY "/selftests"
#define MAX_TESTS 64
#define MAX_ARGS 16
#define KSFT_SKIP 4
#define DEFAULT_TIMEOUT 120

static bool is_tap(const char *line)
{
	static const char * const starts[] = {
		"ok ", "not ok ", "1..", "#", "TAP version", "KTAP version",
		"Bail out!",
	};

	line += strspn(line, " ");
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		if (!strncmp(line, starts[i], strlen(starts[i])))
			return true;
	}
	return false;
}

static void run_child(char *spec, int out)
{
	char *argv[MAX_ARGS + 1] = { 0 };
	char path[256];

	for (int i = 0; i < MAX_ARGS; i++)
		argv[i] = strtok(i ? NULL : spec, ":");
	snprintf(path, sizeof(path), DIRECTORY "/%s", argv[0]);
	/* KVM selftests load their guest code from the file that argv[0] names. */
	argv[0] = path;
	setpgid(0, 0);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execv(path, argv);
	printf("# cannot run %s: %m\n", path);
	fflush(stdout);
	_exit(127);
}

/* What is not TAP becomes a comment. Returns whether a result failed. */
static bool relay(FILE *out)
{
	char line[512], nested[528];
	bool failed = false;

	while (fgets(line, sizeof(line), out)) {
		line[strcspn(line, "\n")] = '\0';
		failed |= !strncmp(line, "not ok ", 7);
		snprintf(nested, sizeof(nested), "    %s%s",
			 is_tap(line) ? "" : "# ", line);
		ktap_raw(nested);
	}
	return failed;
}

/* A watchdog of its own ends the test's whole process group in time. */
static pid_t start_watchdog(pid_t group)
{
	const char *limit = option("limit");
	pid_t pid;

	if (!limit)
		limit = option("timeout");
	pid = fork();
	if (pid < 0)
		give_up("cannot start a watchdog: %m");
	if (pid)
		return pid;
	sleep(limit ? atoi(limit) : DEFAULT_TIMEOUT);
	kill(-group, SIGKILL);
	_exit(0);
}

static void run_test(char *spec)
{
	char name[64];
	pid_t pid, watchdog;
	int out[2], status;
	bool failed;
	double start = now();
	FILE *f;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(spec, ":"), spec);
	if (pipe2(out, O_CLOEXEC))
		give_up("cannot make a pipe: %m");
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		give_up("cannot start %s: %m", name);
	if (!pid)
		run_child(spec, out[1]);
	setpgid(pid, pid);
	close(out[1]);
	watchdog = start_watchdog(pid);
	f = fdopen(out[0], "r");
	if (!f)
		give_up("cannot read what %s says: %m", name);
	failed = relay(f);
	fclose(f);
	waitpid(pid, &status, 0);
	kill(watchdog, SIGKILL);
	waitpid(watchdog, NULL, 0);
	ktap_note("%s took %.1f s", name, now() - start);

	if (WIFSIGNALED(status))
		ktap_result(false, name, "ended by signal %d%s",
			    WTERMSIG(status), WTERMSIG(status) == SIGKILL ?
			    ", did not finish in time" : "");
	else if (WEXITSTATUS(status) == KSFT_SKIP && !failed)
		ktap_skip(name, "the test says it cannot run here");
	else if (failed && !WEXITSTATUS(status))
		ktap_result(false, name, "exit status 0, but a result failed");
	else if (WEXITSTATUS(status))
		ktap_result(false, name, "exit status %d", WEXITSTATUS(status));
	else
		ktap_result(true, name, "");
}

/* A second device, if there is one, is device DAX; the module would take it. */
void selftests_prepare(void)
{
	const char *dax = option("dax");

	if (!dax)
		return;
	vfio_bind(dax, "cohmem_testdax");
	module_load("cohmem_testdax", "");
}

void selftests_run(void)
{
	const char *list = option("tests");
	char *specs[MAX_TESTS], *copy;
	unsigned int count = 0;

	if (!list || !*list)
		give_up("job selftests needs cohmem.tests=");
	mount_share("selftests", DIRECTORY);
	copy = strdup(list);
	for (char *s = strtok(copy, ","); s; s = strtok(NULL, ",")) {
		if (count == MAX_TESTS)
			give_up("more than %d tests", MAX_TESTS);
		specs[count++] = s;
	}
	ktap_plan(count);
	for (unsigned int i = 0; i < count; i++)
		run_test(specs[i]);
	free(copy);
}
