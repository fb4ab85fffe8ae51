/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does the guest run at all? A guest that may not execute its RAM cannot report that. KVM
 * answers its first instruction with an external abort. Its vectors hold no code either,
 * so it takes exceptions there for ever. The host's tracepoints show both, and quickly.
 */
#ifndef RIG_HOST_VM_LIVENESS_H
#define RIG_HOST_VM_LIVENESS_H

#include "kernel.h"

/** enum liveness_state - what is known so far */
enum liveness_state { LIVENESS_UNDECIDED, LIVENESS_RUNS, LIVENESS_NEVER_RAN };

/**
 * struct liveness - the evidence
 * @state: what is known so far
 * @fd: trace_pipe of the instance
 * @ram_start: first IPA of guest RAM
 * @ram_end: end of guest RAM
 * @entry_pc: PC of the first execute fault on guest RAM
 * @faulted: there has been one
 * @last_pc: PC of the last exit
 * @repeats: exits in a row at that PC, in the vectors
 * @fault: line of the trace with the execute fault
 * @exit: line of the trace with the last exit
 * @buf: text not yet looked at
 * @len: its length
 */
struct liveness {
	enum liveness_state state;
	int fd;
	u64 ram_start;
	u64 ram_end;
	u64 entry_pc;
	int faulted;
	u64 last_pc;
	unsigned int repeats;
	char fault[256];
	char exit[256];
	char buf[4096];
	size_t len;
};

/**
 * liveness_start() - begin to collect evidence; call it before the VMM is started
 * @w: the evidence
 * @ram_start: first IPA of guest RAM
 * @ram_end: end of guest RAM
 */
void liveness_start(struct liveness *w, u64 ram_start, u64 ram_end);

/** liveness_poll() - look at new evidence; the trace stops when all is decided */
enum liveness_state liveness_poll(struct liveness *w);

#endif /* RIG_HOST_VM_LIVENESS_H */
