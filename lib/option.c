// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "option.h"

const char *option(const char *name)
{
	static char cmdline[4096];
	char key[64];
	char *at, *last = NULL;
	FILE *f = NULL;

	if (!*cmdline)
		f = fopen("/proc/cmdline", "r");
	if (f) {
		if (!fgets(cmdline, sizeof(cmdline), f))
			*cmdline = '\0';
		fclose(f);
	}
	snprintf(key, sizeof(key), "cohmem.%s=", name);
	for (at = strstr(cmdline, key); at; at = strstr(at + 1, key)) {
		if (at == cmdline || at[-1] == ' ')
			last = at + strlen(key);
	}
	return last ? strndup(last, strcspn(last, "\n ")) : NULL;
}
