/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of a host that is made up for a test. What cannot be done ends the test. */
#ifndef TESTS_UNIT_TOOL_FIXTURE_H
#define TESTS_UNIT_TOOL_FIXTURE_H

#include <sys/resource.h>
#include <sys/types.h>

#define FIXTURE_DENIED "!EACCES"

/**
 * fixture_begin() - have a directory with the files of a host, and nothing else
 * @file: a file of roots/, or NULL for an empty directory
 *
 * Return: its path.
 */
const char *fixture_begin(const char *file);

/** fixture_end() - remove it */
void fixture_end(void);

/**
 * fixture_put() - have a file with that text, or a link
 * @path: from the host's /
 * @text: the text; "-> TARGET" for a link; FIXTURE_DENIED for a name that nobody may open;
 *	  NULL to have nothing of that name
 */
void fixture_put(const char *path, const char *text);

/** fixture_dir() - the path of the directory */
const char *fixture_dir(void);

/**
 * fixture_vanish() - have files vanish, as those of a VM that ends
 * @prefix: of their paths
 * @calls: after so many calls of openat2() for them
 */
void fixture_vanish(const char *prefix, unsigned int calls);

/** fixture_content() - all of a file of the test's own; it must be there */
char *fixture_content(const char *path);

/** fixture_disturb() - the next calls of openat2() fail with EAGAIN, as if something moved */
void fixture_disturb(unsigned int calls);

/** fixture_opens() - how many calls of openat2() there were since the last answer */
unsigned int fixture_opens(void);

/** fixture_walks() - how many calls of openat2() there were for a dump of a stage 2, likewise */
unsigned int fixture_walks(void);

/** fixture_limited() - whether a process was given a limit of CPU time since the last answer */
int fixture_limited(void);

/** fixture_end_after() - end the test after so many seconds of CPU time; 0: do not */
void fixture_end_after(unsigned int seconds);

/* The linker has tool/ call the first of each two in place of the libc's function. */
long __wrap_syscall(long number, ...);
long __real_syscall(long number, ...);
int __wrap_prlimit(pid_t pid, int resource, const struct rlimit *limit, struct rlimit *old);
int __real_prlimit(pid_t pid, int resource, const struct rlimit *limit, struct rlimit *old);

#endif /* TESTS_UNIT_TOOL_FIXTURE_H */
