// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "end.h"
#include "liveness.h"
#include "trace.h"

#define INSTANCE "liveness"
#define EC_IABT_LOW 0x20

/* KVM resets VBAR_EL1 to 0: exceptions go to addresses below the end of that table. */
#define VECTORS_END 0x800
/* Exits in a row at one vector, without a fault on the guest's RAM. */
#define ENOUGH_REPEATS 64

void liveness_start(struct liveness *w, u64 ram_start, u64 ram_end)
{
	memset(w, 0, sizeof(*w));
	w->ram_start = ram_start;
	w->ram_end = ram_end;
	trace_event(INSTANCE, "kvm/kvm_guest_fault", NULL);
	trace_event(INSTANCE, "kvm/kvm_exit", NULL);
	w->fd = trace_open(INSTANCE);
}

static void on_fault(struct liveness *w, const char *line, const char *args)
{
	u64 ipa, esr, far, pc;

	if (sscanf(args, "ipa %llx, hsr %llx, hxfar %llx, pc %llx",
		   &ipa, &esr, &far, &pc) != 4)
		give_up("cannot read this trace: %s", line);
	if (ipa < w->ram_start || ipa >= w->ram_end)
		return;
	w->repeats = 0;
	if (w->faulted || esr >> 26 != EC_IABT_LOW)
		return;
	w->faulted = 1;
	w->entry_pc = pc;
	snprintf(w->fault, sizeof(w->fault), "%s", line);
}

static void on_exit_event(struct liveness *w, const char *line)
{
	const char *at = strstr(line, "PC: ");
	u64 pc;

	if (!at || sscanf(at, "PC: %llx", &pc) != 1)
		give_up("cannot read this trace: %s", line);
	if (!w->faulted)
		return;
	if (pc >= VECTORS_END) {
		/* An exit at the entry itself is an interrupt or a retry. */
		if (pc != w->entry_pc)
			w->state = LIVENESS_RUNS;
		w->repeats = 0;
		return;
	}
	w->repeats = pc == w->last_pc ? w->repeats + 1 : 1;
	w->last_pc = pc;
	snprintf(w->exit, sizeof(w->exit), "%s", line);
	if (w->repeats >= ENOUGH_REPEATS)
		w->state = LIVENESS_NEVER_RAN;
}

static void on_line(struct liveness *w, const char *line)
{
	static const char fault[] = "kvm_guest_fault: ";
	const char *at = strstr(line, fault);

	if (at)
		on_fault(w, line, at + strlen(fault));
	else if (strstr(line, "kvm_exit: "))
		on_exit_event(w, line);
}

enum liveness_state liveness_poll(struct liveness *w)
{
	char *line, *end;
	ssize_t n;

	if (w->state != LIVENESS_UNDECIDED)
		return w->state;
	n = read(w->fd, w->buf + w->len, sizeof(w->buf) - 1 - w->len);
	if (n <= 0)
		return w->state;
	w->len += n;
	w->buf[w->len] = '\0';
	for (line = w->buf; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		if (w->state == LIVENESS_UNDECIDED)
			on_line(w, line);
	}
	w->len = strlen(line);
	memmove(w->buf, line, w->len);
	if (w->state != LIVENESS_UNDECIDED) {
		trace_stop(INSTANCE);
		close(w->fd);
	}
	return w->state;
}
