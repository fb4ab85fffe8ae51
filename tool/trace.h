/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A trace instance of our own, in which nothing but kvm_cohmem_fault is on. Nobody else's
 * tracing is disturbed, and two of these do not disturb each other.
 */
#ifndef TOOL_TRACE_H
#define TOOL_TRACE_H

#include <stdbool.h>

#include "lockdown.h"
#include "root.h"

#define TRACE_PREFIX	"cohmem-watch-"	/* of an instance's name; behind it is a PID */

/**
 * struct trace - an instance
 * @instance: of libtracefs
 * @fd: its trace_pipe, which does not block
 */
struct trace {
	struct tracefs_instance *instance;
	int fd;
};

/**
 * struct trace_facts - what is known of tracing on a host where it fails
 * @is_root: this process is root's
 * @is_mounted: tracefs is mounted
 * @has_event: there is the tracepoint
 * @lockdown: of the kernel
 * @why: the errno
 */
struct trace_facts {
	bool is_root;
	bool is_mounted;
	bool has_event;
	enum lockdown lockdown;
	int why;
};

/**
 * trace_why() - why tracing fails
 * @facts: what is known
 * @remedy: is set to what to do
 *
 * Return: what is wrong, for a person; a constant string.
 */
const char *trace_why(const struct trace_facts *facts, const char **remedy);

/**
 * trace_is_left() - whether an instance is one that a killed process left behind
 * @name: of the instance
 * @lives: says whether a process is there; this one does not count, since it has none yet
 */
bool trace_is_left(const char *name, bool (*lives)(int pid));

/**
 * trace_open() - make an instance, and remove those that were left behind
 * @trace: is filled
 * @root: the files of this host
 * @process: of which decisions are wanted, of all its threads, or 0 for all
 *
 * Signals that end this process have to be blocked: it would leave the instance behind.
 *
 * Return: whether it worked; false after a complaint. Then there is nothing to close.
 */
bool trace_open(struct trace *trace, const struct root *root, int process);

/** trace_close() - remove the instance; false after a complaint */
bool trace_close(struct trace *trace);

#endif /* TOOL_TRACE_H */
