/* SPDX-License-Identifier: GPL-2.0-only */
/* The inner guest: waiting for it, and what it and its stage 2 say. */
#ifndef RIG_HOST_VM_GUEST_H
#define RIG_HOST_VM_GUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "cohmem_stage2.h"
#include "vmm.h"
#include "liveness.h"

#define NEVER_RAN "never ran"

/** enum guest_ended - why a scene stopped waiting for the guest */
enum guest_ended {
	GUEST_DONE,
	GUEST_NEVER_RAN,
	GUEST_TIMEOUT,
	GUEST_STOPPED,
	GUEST_PANICKED,
	GUEST_VMM_ENDED,
};

/**
 * struct guest_check - what the guest says about itself
 * @name: of the result, and of the guest's line
 * @line: number of that line in the guest's log, 0 if there was none
 * @begun: number of the line that says that it begins
 * @ok: the guest says that it passed
 * @text: the rest of the line
 */
struct guest_check {
	const char *name;
	unsigned int line;
	unsigned int begun;
	bool ok;
	char text[256];
};

/**
 * struct guest - one guest and its VMM
 * @vmm: the VMM; the scene starts it
 * @liveness: whether the guest runs at all, or NULL where that is no question
 * @checks: what the guest is to say, in order
 * @count: how many checks
 * @ended: filled in by guest_wait()
 * @look_for: NULL, or what the VMM will say when it can go on no more
 * @stopped: number of the line that says why the guest cannot go on, or 0
 * @last: the last line; that one, if the guest cannot go on
 */
struct guest {
	struct vmm vmm;
	struct liveness *liveness;
	struct guest_check *checks;
	size_t count;
	enum guest_ended ended;
	const char *look_for;
	unsigned int stopped;
	char last[512];
};

/** guest_wait() - until the guest is done, or cannot be any more */
void guest_wait(struct guest *guest);

/** guest_wait_secs() - the same, with a limit of its own; a debug kernel gets more */
void guest_wait_secs(struct guest *guest, double secs);

/** guest_forget() - what the guest has said, before it says it once more */
void guest_forget(struct guest *guest);

/**
 * guest_expect() - wait until the guest says how one check went
 * @guest: the guest
 * @name: of the check; what was said of it so far does not count
 * @secs: how long to wait, on a debug kernel longer; @guest->ended says what came instead
 *
 * Return: whether it went well.
 */
bool guest_expect(struct guest *guest, const char *name, double secs);

/** guest_ask() - the same, after a line for the guest (rig/guest/serve.c) */
bool guest_ask(struct guest *guest, const char *command, const char *name,
	       double secs);

/** guest_find_check() - the check of that name, which must be in the list */
const struct guest_check *guest_find_check(const struct guest *guest, const char *name);

/** guest_report_checks() - a result and a fact for each check */
void guest_report_checks(const struct guest *guest);

/** guest_reason() - why the scene came to its end, for people */
const char *guest_reason(const struct guest *guest);

/**
 * struct area - a part of the guest's memory, for guest_report_area()
 * @name: for people
 * @by_pa: @start and @end are physical addresses, else those of the guest
 * @start: first address
 * @end: end
 * @want: the memory type that it is to have in stage 2
 * @memtype: name of the fact with that type
 * @block: name of the fact with the largest block, or NULL
 * @result: name of the result
 */
struct area {
	const char *name;
	bool by_pa;
	u64 start;
	u64 end;
	enum s2_type want;
	const char *memtype;
	const char *block;
	const char *result;
};

/**
 * guest_report_area() - how stage 2 maps a part of the guest's memory
 * @guest: the guest
 * @area: which part, and what is expected
 */
void guest_report_area(const struct guest *guest, const struct area *area);

#endif /* RIG_HOST_VM_GUEST_H */
