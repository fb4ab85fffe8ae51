// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the inner guest, whose whole RAM is the memory under test.
 *
 * What it found goes to the console as lines "guest: NAME ok ..." and
 * "guest: NAME FAIL ...". After "guest: done" it waits for a line, so that
 * the host can look at the stage 2 of a live VM, and powers off.
 */
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <unistd.h>

#include "guest.h"

#define GOODBYE_MS 30000

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("guest: ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
}

int main(void)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	setvbuf(stdout, NULL, _IOLBF, 0);
	say("user_space ok");
	if (mount("proc", "/proc", "proc", 0, NULL))
		say("proc FAIL cannot mount it: %m");

	check_unaligned();
	check_atomics();
	check_exec();
	run_memtester();

	say("done");
	fflush(stdout);
	poll(&in, 1, GOODBYE_MS);
	reboot(RB_POWER_OFF);
	return 1;
}
