// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"

static sigjmp_buf on_fault;

void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("guest: ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
}

static void fault(int sig)
{
	siglongjmp(on_fault, sig);
}

bool guarded(bool (*check)(const char *name), const char *name, int *sig)
{
	static const int signals[] = { SIGBUS, SIGSEGV, SIGILL };
	struct sigaction act = { .sa_handler = fault };

	/* If it ends the VM instead, the host still knows which one did. */
	say("%s begins", name);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &act, NULL);
	*sig = sigsetjmp(on_fault, 1);
	return !*sig && check(name);
}

long meminfo_kib(const char *key)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[128];
	long kib = -1;

	while (f && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, key, strlen(key))) {
			kib = atol(line + strlen(key));
			break;
		}
	}
	if (f)
		fclose(f);
	return kib;
}
