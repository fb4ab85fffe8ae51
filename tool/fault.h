/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines of trace_pipe, as the kernel prints them: decisions at stage-2 faults, by the
 * tracepoint kvm_cohmem_fault, and how many events were lost. The keys and words of a decision
 * are those of the kernel that runs, which may be a newer one.
 */
#ifndef TOOL_FAULT_H
#define TOOL_FAULT_H

#include <json-c/json.h>

#include "keyval.h"

#define FAULT_SYSTEM	"kvm"
#define FAULT_EVENT	"kvm_cohmem_fault"

/* Bytes of a line: what stands in front of the pairs is shorter than 100. */
#define FAULT_LINE	(KEYVAL_BYTES + 100)

/**
 * enum fault_kind - what a line is
 * @FAULT_OTHER: nothing that concerns us
 * @FAULT_DECIDED: a decision
 * @FAULT_LOST: events were lost on a CPU
 * @FAULT_DAMAGED: a decision, but not one that this program can read
 */
enum fault_kind {
	FAULT_OTHER,
	FAULT_DECIDED,
	FAULT_LOST,
	FAULT_DAMAGED,
};

/**
 * struct fault - a line
 * @time: seconds with six digits behind the point, by the clock of the kernel's log
 * @thread: that took the fault
 * @ipa: what the guest accessed
 * @size: bytes of the block that the extent rule allows, or 0 if it does not choose the size
 * @ret: 0 if the decision is in force, or a negative errno
 * @row: name of the rule's row
 * @verdict: name of the verdict
 * @reason: name of the reason
 * @lost: how many events were lost, 0 if the kernel does not know
 * @pairs: all that the kernel says; others point into it, so it cannot be copied
 */
struct fault {
	char time[32];
	int thread;
	u64 ipa;
	u64 size;
	int ret;
	const char *row;
	const char *verdict;
	const char *reason;
	u64 lost;
	struct keyval pairs;
};

/**
 * fault_read() - read a line
 * @line: without its end
 * @fault: is filled: for a decision all but @lost, for lost events @lost only
 *
 * Keys that are not known are a newer kernel's, and left out. All names are of letters, digits,
 * - and _.
 */
enum fault_kind fault_read(const char *line, struct fault *fault);

/** fault_json() - set the keys of a decision: its facts, and what was decided */
void fault_json(const struct fault *fault, struct json_object *object);

#endif /* TOOL_FAULT_H */
