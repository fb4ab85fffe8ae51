// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest.h"

/* Bits of an entry of /proc/self/pagemap. */
#define PM_PRESENT BIT_ULL(63)
#define PM_PFN (BIT_ULL(55) - 1)

static sigjmp_buf on_fault;

void report(const char *fmt, ...)
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

	/* A fault may end the VM. The host then knows in which check. */
	report("%s begins", name);
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

bool page_ipas(const void *mem, size_t count, u64 *ipas)
{
	size_t page = sysconf(_SC_PAGESIZE), len = count * sizeof(*ipas);
	int fd = open("/proc/self/pagemap", O_RDONLY);
	bool ok = pread(fd, ipas, len, (uintptr_t)mem / page * sizeof(*ipas)) == (ssize_t)len;

	close(fd);
	for (size_t i = 0; ok && i < count; i++) {
		ok = ipas[i] & PM_PRESENT;
		ipas[i] = (ipas[i] & PM_PFN) * page;
	}
	return ok;
}

u64 page_ipa(const void *mem)
{
	u64 ipa;

	return page_ipas(mem, 1, &ipa) ? ipa : 0;
}
