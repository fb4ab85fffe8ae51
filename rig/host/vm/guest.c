// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's lines on its console: "guest: NAME begins", then "guest: NAME ok TEXT" or
 * "guest: NAME FAIL TEXT"; and "guest: done" last.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debug.h"
#include "end.h"
#include "guest.h"
#include "option.h"
#include "pace.h"
#include "util.h"

#define DEFAULT_TIMEOUT 120

/*
 * When QEMU stops a VM for an error, it prints the error, then the registers, and does not
 * end. This begins the first line of the registers.
 */
#define REGISTERS " PC="
#define PANIC "Kernel panic - not syncing"

/* Firmware clears the screen, and the guest's first line comes right behind that. */
static char *behind_escapes(char *line)
{
	while (!strncmp(line, "\033[", 2)) {
		line += 2 + strspn(line + 2, "0123456789;=?");
		line += *line != '\0';
	}
	return line;
}

/* Reads one line. True if the guest says no more after it. */
static bool guest_line(struct guest *guest, char *line)
{
	unsigned int number = guest->vmm.line;
	char name[32], verdict[8];
	const char *panic;
	int text = 0;

	line = behind_escapes(line);
	panic = strstr(line, PANIC);
	/* A time in [ ] marks lines of the host's own kernel for the judge. */
	for (char *c = line; (c = strchr(c, '[')); c++)
		*c = '(';
	say("guest.log:%u: %s", number, line);
	if (!strncmp(line, REGISTERS, strlen(REGISTERS))) {
		guest->stopped = number - 1;
		guest->ended = GUEST_STOPPED;
		return true;
	}
	/* A panic is kept without its time. */
	snprintf(guest->last, sizeof(guest->last), "%s", panic ? panic : line);
	if (guest->look_for && strstr(line, guest->look_for)) {
		guest->stopped = number;
		guest->ended = GUEST_STOPPED;
		return true;
	}
	if (panic) {
		guest->stopped = number;
		guest->ended = GUEST_PANICKED;
		return true;
	}
	if (!strcmp(line, "guest: done")) {
		guest->ended = GUEST_DONE;
		return true;
	}
	if (sscanf(line, "guest: %31s %7s %n", name, verdict, &text) != 2)
		return false;
	for (size_t i = 0; i < guest->count; i++) {
		struct guest_check *check = &guest->checks[i];

		if (strcmp(check->name, name))
			continue;
		if (!strcmp(verdict, "begins")) {
			check->begun = number;
			continue;
		}
		if (strcmp(verdict, "ok") && strcmp(verdict, "FAIL"))
			continue;
		check->line = number;
		check->ok = !strcmp(verdict, "ok");
		snprintf(check->text, sizeof(check->text), "%s", line + text);
	}
	return false;
}

static struct guest_check *find_check(const struct guest *guest, const char *name)
{
	for (size_t i = 0; i < guest->count; i++) {
		if (!strcmp(guest->checks[i].name, name))
			return &guest->checks[i];
	}
	give_up("there is no check \"%s\"", name);
}

/* Waits until the last line; or, if there is a @check, until the guest reports it. */
static enum guest_ended wait_for(struct guest *guest, const struct guest_check *check,
				 double secs)
{
	double deadline = pace_now() + secs;
	struct pollfd fd = { .fd = guest->vmm.out, .events = POLLIN };
	char line[512];
	int status;

	/* A guest that has stopped says no more. */
	if (guest->stopped)
		return guest->ended;
	while (pace_now() < deadline) {
		bool ended = vmm_ended(&guest->vmm, &status);

		/* Also after its end: its last lines are still in the pipe. */
		while (vmm_read_line(&guest->vmm, line, sizeof(line))) {
			bool last = guest_line(guest, line);

			if (guest->stopped)
				return guest->ended;
			if (check ? check->line : last)
				return GUEST_DONE;
		}
		if (ended) {
			say("the VMM ended with status %#x", status);
			return GUEST_VMM_ENDED;
		}
		if (guest->liveness && liveness_poll(guest->liveness) == LIVENESS_NEVER_RAN)
			return GUEST_NEVER_RAN;
		poll(&fd, 1, 50);
	}
	return GUEST_TIMEOUT;
}

void guest_wait_secs(struct guest *guest, double secs)
{
	guest->ended = wait_for(guest, NULL, debug_secs(secs));
}

void guest_wait(struct guest *guest)
{
	const char *limit = option("timeout");

	guest->ended = wait_for(guest, NULL, limit ? atoi(limit) : DEFAULT_TIMEOUT);
}

void guest_forget(struct guest *guest)
{
	guest->stopped = 0;
	for (size_t i = 0; i < guest->count; i++) {
		guest->checks[i].begun = 0;
		guest->checks[i].line = 0;
		guest->checks[i].ok = false;
	}
}

bool guest_expect(struct guest *guest, const char *name, double secs)
{
	struct guest_check *check = find_check(guest, name);

	check->line = 0;
	guest->ended = wait_for(guest, check, debug_secs(secs));
	return check->line && check->ok;
}

bool guest_ask(struct guest *guest, const char *command, const char *name,
	       double secs)
{
	if (dprintf(guest->vmm.in, "%s\n", command) < 0)
		return false;
	return guest_expect(guest, name, secs);
}

const struct guest_check *guest_find_check(const struct guest *guest, const char *name)
{
	return find_check(guest, name);
}

const char *guest_reason(const struct guest *guest)
{
	static char text[600];

	switch (guest->ended) {
	case GUEST_NEVER_RAN:
		return "the guest never executed an instruction";
	case GUEST_TIMEOUT:
		return "the guest did not finish in time";
	case GUEST_STOPPED:
		snprintf(text, sizeof(text), "the VMM stopped the guest: %s",
			 guest->last);
		return text;
	case GUEST_PANICKED:
		snprintf(text, sizeof(text), "the guest's kernel gave up: %s",
			 strstr(guest->last, PANIC));
		return text;
	case GUEST_VMM_ENDED:
		return "the VMM ended before the guest had finished";
	case GUEST_DONE:
		break;
	}
	for (size_t i = 0; i < guest->count; i++) {
		if (!guest->checks[i].ok)
			return "the guest finished, a check failed";
	}
	return "the guest finished, every check passed";
}
