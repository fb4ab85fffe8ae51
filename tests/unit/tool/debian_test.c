// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "debian.h"
#include "kernel.h"
#include "tap.h"
#include "tool_test.h"

/* In each row the first is earlier than the second, as dpkg --compare-versions says. */
static const char * const ordered[][2] = {
	{ "6.12.107-1", "6.12.117-1" },
	{ "6.12.9-1", "6.12.10-1" },
	{ "6.12.117-1~bpo12+1", "6.12.117-1" },
	{ "6.12.117-1", "6.12.117-2" },
	{ "6.12.117-1", "6.12.117-1+cohmem0.1.0" },
	{ "1:7.2+dfsg-7", "1:10.0.2+ds-2" },
	{ "9.9-1", "1:1.0-1" },
	{ "1.0~rc1-1", "1.0-1" },
	{ "1.0a-1", "1.0+-1" },
	{ "1.0-1", "1.0.1-1" },
	{ "1.0", "1.0-1" },
	{ "1.0~~", "1.0~" },
	{ "1.0-9", "1.0-10" },
};

static const char * const equal[][2] = {
	{ "1.0", "1.0-0" },
	{ "0:1.0-1", "1.0-1" },
	{ "1.01-1", "1.1-1" },
	{ "", "" },
};

#define LONG "1234567890123456789012345678901234567890123456789012345678901234567890"

static const char status[] =
	"Package: qemu-system-arm-extra\n"
	"Version: 1\n"
	"\n"
	"Package: qemu-system-arm\n"
	"Status: deinstall ok config-files\n"
	"Version: 2\n"
	"Description: text\n"
	" Version: 3\n"
	"\n"
	"\n"
	"Version: 4\n"
	"Status: install ok installed\n"
	"Package: qemu-system-arm\r\n"
	"\n"
	"Package: qemu-system-arm\n"
	"Version: 5";

static void test_order(void)
{
	size_t wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ordered); i++) {
		if (debian_compare(ordered[i][0], ordered[i][1]) < 0 &&
		    debian_compare(ordered[i][1], ordered[i][0]) > 0)
			continue;
		tap_note("%s is not before %s", ordered[i][0], ordered[i][1]);
		wrong++;
	}
	tap(!wrong, "debian: versions are ordered as dpkg orders them");
	wrong = 0;
	for (size_t i = 0; i < ARRAY_SIZE(equal); i++)
		wrong += !!debian_compare(equal[i][0], equal[i][1]);
	tap(!wrong, "debian: versions that are equal for dpkg are equal");
	tap(!strcmp(debian_upstream("1:10.0"), "10.0") && !strcmp(debian_upstream("10:0"), "0") &&
	    !strcmp(debian_upstream("10.0:1"), "10.0:1"), "debian: an epoch is left out");
}

static void test_paragraphs(void)
{
	const char *at = status;
	char version[DEBIAN_VERSION], seen[64] = "";

	while (debian_next(&at, "qemu-system-arm", false, version))
		strcat(strcat(seen, version), " ");
	tap(!strcmp(seen, "2 4 5 "),
	    "debian: each paragraph of a package is found, in whatever order its fields are");
	at = status;
	tap(debian_next(&at, "qemu-system-arm", true, version) && !strcmp(version, "4") &&
	    !debian_next(&at, "qemu-system-arm", true, version),
	    "debian: a package that is not installed is not");
	at = status;
	tap(!debian_next(&at, "qemu", false, version), "debian: a package has its whole name");
	at = "Package: a\nStatus: deinstall ok config-files\nVersion: 1\n";
	tap(!debian_next(&at, "a", true, version),
	    "debian: nor is one that is the first in the file");
	at = "Package: a\nVersion: " LONG LONG LONG "\n";
	tap(!debian_next(&at, "a", false, version), "debian: a version that is too long is none");
	at = "Package: a\nVersion: 1\nPackage: b\n";
	tap(!debian_next(&at, "a", false, version),
	    "debian: a paragraph that names two packages is of the last");
}

static const struct {
	const char *text;
	const char *version;	/* NULL if there is none */
} kernels[] = {
	{ "Linux version 6.1.0-37-arm64 (gcc (Debian 12.2.0-14)) #1 SMP Debian 6.1.140-1 (2025)",
	  "6.1.140-1" },
	{ "Linux version 6.12.9 (x@y) (gcc) #1 SMP PREEMPT_DYNAMIC Debian 6.12.9-1~bpo12+1",
	  "6.12.9-1~bpo12+1" },
	{ "Linux version 6.12.9 (gcc (Debian 14.2.0-19) 14.2.0) #1 SMP PREEMPT Thu Nov", NULL },
	{ "#1 SMP Debian GNU", NULL },
	{ "#1 Debian ", NULL },
	{ "", NULL },
};

static void test_kernels(void)
{
	char version[DEBIAN_VERSION];
	size_t wrong = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		bool found = debian_kernel(kernels[i].text, version);

		wrong += kernels[i].version ? !found || strcmp(version, kernels[i].version) : found;
	}
	tap(!wrong, "debian: a kernel says which package it is of, and not which gcc");
}

void test_debian(void)
{
	test_kernels();
	test_order();
	test_paragraphs();
}
