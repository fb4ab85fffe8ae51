/* SPDX-License-Identifier: GPL-2.0-only */
/* cohmem watch: what trace_pipe says, as lines for a person or as JSON. */
#ifndef TOOL_WATCH_H
#define TOOL_WATCH_H

#include <stdio.h>

#include "fault.h"
#include "vms.h"

#define WATCH_THREADS	1024	/* whose VMs are remembered */

/**
 * struct watch_thread - a thread that took a fault
 * @thread: the thread
 * @process: its process, or 0 if it has gone
 * @vm: PID-FD; or PID of the process, if that has several VMs or none that is known; or ""
 * @is_vm: @vm is PID-FD
 */
struct watch_thread {
	int thread;
	int process;
	char vm[VMS_NAME];
	bool is_vm;
};

/**
 * struct watch - what is printed, and what was
 * @root: the host's files
 * @out: where to
 * @out_why: the errno if that cannot be written, or 0
 * @json: print JSON, an object a line
 * @most: end after so many decisions, or 0
 * @decided: decisions that were printed
 * @lost: events that are known to be lost
 * @lost_more: others were lost, and the kernel does not know how many
 * @damaged: decisions that this program could not read
 * @vms: all VMs, when they were looked for last
 * @threads: in no order
 * @count: of @threads
 * @line: the beginning of a line
 * @len: of @line; FAULT_LINE if the line is too long
 */
struct watch {
	const struct root *root;
	FILE *out;
	int out_why;
	bool json;
	u64 most;
	u64 decided;
	u64 lost;
	bool lost_more;
	u64 damaged;
	struct vms vms;
	struct watch_thread threads[WATCH_THREADS];
	size_t count;
	char line[FAULT_LINE];
	size_t len;
};

/** watch_begin() - print the head of the table, if it is one */
void watch_begin(const struct watch *watch);

/**
 * watch_feed() - print what was read
 * @watch: the watch
 * @text: the next bytes of trace_pipe; lines may begin and end anywhere
 * @len: how many
 *
 * Return: whether to go on: false after @most decisions.
 */
bool watch_feed(struct watch *watch, const char *text, size_t len);

/**
 * watch_forget() - free what is remembered of VMs and threads
 *
 * The next decisions are named anew. Somebody has to call it now and then: VMs come and go, and
 * numbers of threads are used again.
 */
void watch_forget(struct watch *watch);

#endif /* TOOL_WATCH_H */
