// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job selftests: run KVM selftests of the kernel's own tree. Each program's
 * (K)TAP is nested, and its exit status decides (kselftest.h): 0 is a pass,
 * 4 a skip, anything else a failure.
 *
 * cohmem.tests=NAME[:ARG...],NAME... says which, from the share "selftests".
 * cohmem.limit=SECS is what one of them may take, in seconds of an idle PC, as
 * cohmem.timeout is for all of them (lib/pace.h).
 * cohmem.dax=PCI makes that device /dev/dax0.0, and cohmem.pmem=PCI makes that one
 * /dev/pmem0, whose file system is mounted on /pmem.
 */
#include <fcntl.h>
#include <poll.h>
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
#include "pace.h"
#include "progress.h"
#include "util.h"
#include "vfio.h"

#define DIRECTORY "/selftests"
#define MAX_TESTS 64
#define MAX_ARGS 16
#define KSFT_SKIP 4
#define DEFAULT_TIMEOUT 120
#define PMEM_PATIENCE 30

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

/**
 * struct test - a test that runs
 * @out: what it prints
 * @group: its processes
 * @limit: what it may take, or 0
 * @progress: how far it is
 * @state: whether it may go on; if not, it has been killed
 * @failed: one of its results is a failure
 */
struct test {
	int out;
	pid_t group;
	double limit;
	struct progress progress;
	enum progress_state state;
	bool failed;
};

/* What is not TAP becomes a comment. */
static void relay_line(struct test *test, const char *line)
{
	char nested[528];

	test->failed |= !strncmp(line, "not ok ", 7);
	progress_line(&test->progress, line, pace_now());
	snprintf(nested, sizeof(nested), "    %s%s", is_tap(line) ? "" : "# ", line);
	ktap_raw(nested);
}

/* The whole lines in @buf, and what is too long for one; the rest moves to the front. */
static size_t relay_lines(struct test *test, char *buf, size_t len, size_t size)
{
	char *line = buf, *end;

	buf[len] = '\0';
	while ((end = strchr(line, '\n'))) {
		*end = '\0';
		relay_line(test, line);
		line = end + 1;
	}
	len = strlen(line);
	memmove(buf, line, len);
	if (len < size - 1)
		return len;
	relay_line(test, buf);
	return 0;
}

static void stop_if_late(struct test *test)
{
	if (test->state != GOES_ON)
		return;
	test->state = progress_state(&test->progress, pace_now(), test->limit);
	if (test->state != GOES_ON)
		kill(-test->group, SIGKILL);
}

/* Until nobody is left who could print more. */
static void relay(struct test *test)
{
	struct pollfd fd = { .fd = test->out, .events = POLLIN };
	char buf[512];
	size_t len = 0;
	ssize_t n;

	for (;;) {
		if (poll(&fd, 1, 1000) > 0) {
			n = read(test->out, buf + len, sizeof(buf) - 1 - len);
			if (n <= 0)
				break;
			len = relay_lines(test, buf, len + n, sizeof(buf));
		}
		stop_if_late(test);
	}
	if (len)
		relay_line(test, buf);
}

/* What one test may take: its limit, or what is left for all of them. 0 is any time. */
static double test_limit(void)
{
	const char *limit = option("limit"), *timeout = option("timeout");
	double all = timeout ? atoi(timeout) : DEFAULT_TIMEOUT, left = all - pace_now();

	if (limit)
		return atoi(limit);
	if (!all)
		return 0;
	return left > 1 ? left : 1;
}

static void report(const struct test *test, const char *name, int status)
{
	char why[160];

	if (test->state != GOES_ON) {
		progress_say(&test->progress, test->state, pace_now(), why, sizeof(why));
		ktap_result(false, name, "%s", why);
	} else if (WIFSIGNALED(status)) {
		ktap_result(false, name, "ended by signal %d", WTERMSIG(status));
	} else if (WEXITSTATUS(status) == KSFT_SKIP && !test->failed) {
		ktap_skip(name, "the test says it cannot run here");
	} else if (test->failed && !WEXITSTATUS(status)) {
		ktap_result(false, name, "exit status 0, but a result failed");
	} else if (WEXITSTATUS(status)) {
		ktap_result(false, name, "exit status %d", WEXITSTATUS(status));
	} else {
		ktap_result(true, name, "");
	}
}

static void run_test(char *spec)
{
	struct test test = { .limit = test_limit() };
	double start = pace_clock(), pace = pace_now();
	int out[2], status;
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(spec, ":"), spec);
	if (pipe2(out, O_CLOEXEC))
		give_up("cannot make a pipe: %m");
	fflush(NULL);
	test.group = fork();
	if (test.group < 0)
		give_up("cannot start %s: %m", name);
	if (!test.group)
		run_child(spec, out[1]);
	setpgid(test.group, test.group);
	close(out[1]);
	test.out = out[0];
	progress_begin(&test.progress, pace);
	relay(&test);
	close(test.out);
	waitpid(test.group, &status, 0);
	ktap_note("%s took %.1f s, %.1f s of an idle PC", name, pace_clock() - start,
		  pace_now() - pace);
	report(&test, name, status);
}

/* The kernel finds the disk in its own time. */
static void mount_pmem(void)
{
	double patience = pace_now() + PMEM_PATIENCE;

	while (access("/dev/pmem0", F_OK) && pace_now() < patience)
		usleep(10000);
	/* The selftest is skipped then. */
	if (!mount_dax("/dev/pmem0", "/pmem"))
		say("cannot mount /dev/pmem0: %m");
}

/* The module of the test device would take the devices that others are for. */
static void selftests_prepare(void)
{
	const char *dax = option("dax"), *pmem = option("pmem");

	if (dax) {
		vfio_bind(dax, "cohmem_testdax");
		module_load("cohmem_testdax", "");
	}
	if (pmem) {
		vfio_bind(pmem, "cohmem_testpmem");
		module_load("cohmem_testpmem", "");
		mount_pmem();
	}
}

static void selftests_run(void)
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

const struct job selftests_job = {
	.prepare = selftests_prepare,
	.run = selftests_run,
};
