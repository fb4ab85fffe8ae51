/* SPDX-License-Identifier: GPL-2.0-only */
/* The inner guest: orders to it, what it says, and why it says no more. */
#ifndef RIG_HOST_VM_GUEST_H
#define RIG_HOST_VM_GUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "fact.h"
#include "liveness.h"
#include "vmm.h"

/** enum guest_ended - why a job stopped waiting for the guest */
enum guest_ended {
	GUEST_DONE,
	GUEST_NEVER_RAN,
	GUEST_TIMEOUT,
	GUEST_STOPPED,
	GUEST_PANICKED,
	GUEST_VMM_ENDED,
};

/**
 * struct guest_check - one check that the guest does, and what it says of it
 * @name: of the result, and of the guest's line
 * @line: number of that line in the guest's log, 0 if there was none
 * @begun: number of the line "begins", 0 if there was none
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
 * @vmm: the VMM; the job starts it
 * @liveness: evidence whether the guest runs at all, or NULL if nobody asks
 * @checks: what the guest is to say, in order
 * @count: how many checks
 * @ended: filled in by guest_wait()
 * @look_for: NULL, or a text that the VMM prints when it stops the guest
 * @stopped: number of the line that says why the guest cannot go on, or 0
 * @last: the last line; if the guest cannot go on, the line that says why
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

/** guest_wait() - wait until the guest is done, or cannot go on, or time is over */
void guest_wait(struct guest *guest);

/** guest_wait_secs() - guest_wait() with a limit; a debug kernel gets more */
void guest_wait_secs(struct guest *guest, double secs);

/** guest_forget() - forget what the guest has said, before it starts again */
void guest_forget(struct guest *guest);

/**
 * guest_expect() - wait until the guest says how one check went
 * @guest: the guest
 * @name: of the check; what the guest has said of it so far does not count
 * @secs: how long to wait; a debug kernel gets more
 *
 * Return: whether the check passed. If the guest said nothing, @guest->ended says why.
 */
bool guest_expect(struct guest *guest, const char *name, double secs);

/** guest_ask() - guest_expect(), after an order to the guest (rig/guest/serve.c) */
bool guest_ask(struct guest *guest, const char *command, const char *name,
	       double secs);

/** guest_find_check() - the check of that name, which must be in the list */
const struct guest_check *guest_find_check(const struct guest *guest, const char *name);

/** guest_reason() - why the job stopped waiting for the guest, for people */
const char *guest_reason(const struct guest *guest);

#endif /* RIG_HOST_VM_GUEST_H */
