/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Does the guest run at all? A guest that may not execute its RAM cannot
 * say so: KVM gives it an external abort on its first instruction, and it
 * takes exceptions at its vectors for ever, which are not code either.
 * The host's tracepoints show both, and quickly.
 */
#ifndef RIG_WATCH_H
#define RIG_WATCH_H

#include "kernel.h"

/** enum watch_state - what is known so far */
enum watch_state { WATCH_UNDECIDED, WATCH_RUNS, WATCH_NEVER_RAN };

/**
 * struct watch - the evidence
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
struct watch {
	enum watch_state state;
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

/** watch_start() - to be called before the VMM is started */
void watch_start(struct watch *w, u64 ram_start, u64 ram_end);

/** watch_poll() - look at what has happened since; stops once decided */
enum watch_state watch_poll(struct watch *w);

#endif /* RIG_WATCH_H */
