// SPDX-License-Identifier: GPL-2.0-only
/*
 * The workload: Debian's memtester, by default over what is left of the guest's RAM.
 * What it prints decides: a test counts when memtester says "ok". Each test compares
 * every byte at least once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"

/* "Stuck Address" always runs; the mask chooses the rest by its number. */
#define TEST_MASK "0x00000080"	/* Sequential Increment: quick under emulation */
#define TESTS 2
#define MEMTESTER "/usr/sbin/memtester"
/* Left to the kernel: memtester locks its buffer, so nothing can be reclaimed. */
#define RESERVE_KIB (8 * 1024)

/* Reads one line as a terminal shows it: memtester overwrites its own text. */
static bool read_line(FILE *in, char *line, size_t size)
{
	size_t at = 0, len = 0;
	int c;

	while ((c = getc(in)) != EOF && c != '\n') {
		if (c == '\b') {
			at -= at > 0;
		} else if (at + 1 < size) {
			line[at++] = c;
			len = at > len ? at : len;
		}
	}
	while (len && line[len - 1] == ' ')
		len--;
	line[len] = '\0';
	return c != EOF || len;
}

/* Prints a line of memtester. True if it is like "  Stuck Address       : ok". */
static bool relay(const char *line)
{
	const char *name = line + strspn(line, " ");
	const char *colon = strchr(line, ':');

	if (*name)
		report("memtester says: %s", name);
	return colon && !strncmp(colon + 1 + strspn(colon + 1, " "), "ok", 2);
}

/* Starts memtester with its output in a pipe. Returns its process, or -1. */
static pid_t start(const char *size, int *out)
{
	int fds[2];
	pid_t pid;

	if (pipe(fds))
		return -1;
	pid = fork();
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		setenv("MEMTESTER_TEST_MASK", TEST_MASK, 1);
		execl(MEMTESTER, MEMTESTER, size, "1", NULL);
		_exit(127);
	}
	close(fds[1]);
	*out = fds[0];
	return pid;
}

bool memtester_run(long mib)
{
	long total = meminfo_kib("MemTotal:"), avail = meminfo_kib("MemAvailable:");
	int passed = 0, status = -1, out;
	char size[32], line[256];
	FILE *text;
	pid_t pid;

	report("memory total_kib=%ld available_kib=%ld", total, avail);
	if (!mib)
		mib = (avail - RESERVE_KIB) / 1024;
	if (mib <= 0) {
		report("workload FAIL %ld KiB available is too little", avail);
		return false;
	}
	snprintf(size, sizeof(size), "%ldM", mib);
	report("workload begins");
	pid = start(size, &out);
	if (pid < 0) {
		report("workload FAIL cannot run memtester: %m");
		return false;
	}
	text = fdopen(out, "r");
	while (text && read_line(text, line, sizeof(line))) {
		if (relay(line))
			passed++;
	}
	waitpid(pid, &status, 0);
	if (status || passed != TESTS) {
		report("workload FAIL memtester: status %#x, %d of %d tests passed",
		       status, passed, TESTS);
		return false;
	}
	report("workload ok %lld bytes verified: %ld MiB of %ld MiB, by %d tests",
	       (long long)mib * 1024 * 1024, mib, total / 1024, passed);
	return true;
}
