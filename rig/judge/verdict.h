/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What became of one run of the rig, from its logs: pass, fail, timeout,
 * panic, splat (the kernel complained, but went on) or lost (the machine
 * ended without finishing its job).
 *
 * A result that was planned and is missing is a failure. Skips are counted;
 * which of them may be is written in tests/skips.list.
 */
#ifndef RIG_VERDICT_H
#define RIG_VERDICT_H

#include <stdbool.h>

#include "list.h"
#include "tap.h"
#include "text.h"

enum verdict_outcome { PASS, FAIL, TIMEOUT, PANIC, SPLAT, LOST };

/**
 * struct verdict - what became of a run
 * @outcome: what became of it
 * @reason: why, for people
 * @source: FILE:LINE, or empty
 * @planned: results announced
 * @passed: results that are ok
 * @failed: results that are not, or are missing
 * @skipped: results skipped; whether they may be is for make check to say
 */
struct verdict {
	enum verdict_outcome outcome;
	char reason[512];
	char source[64];
	unsigned int planned;
	unsigned int passed;
	unsigned int failed;
	unsigned int skipped;
};

/**
 * verdict_judge() - judge a run
 * @v: is filled
 * @console: the machine's console
 * @results: KTAP of its job
 * @status: exit status of QEMU, as a shell has it; 124 if its time was up
 * @allow: rig/splats.allow
 */
void verdict_judge(struct verdict *v, const struct text *console,
		   const struct text *results, int status, const struct list *allow);

/** verdict_name() - "pass" and so on */
const char *verdict_name(enum verdict_outcome outcome);

/** verdict_status() - the exit status that says so; never 1 */
int verdict_status(enum verdict_outcome outcome);

/** verdict_write() - to a file, for scripts; false with errno */
bool verdict_write(const struct verdict *v, const char *path);

/** verdict_print_tap() - the results again, the missing ones too, and the machine's own */
void verdict_print_tap(struct tap *tap, const struct verdict *v,
		       const struct text *results);

#endif /* RIG_VERDICT_H */
