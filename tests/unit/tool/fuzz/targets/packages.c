// SPDX-License-Identifier: GPL-2.0-only
/* Lists of apt and of dpkg, and the versions in them. */
#include <stdlib.h>
#include <string.h>

#include "debian.h"
#include "fuzz.h"

#define MOST_VERSIONS	8

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

/* Newest is what comes last of an order, so it has to be one. */
static void compare(const char *a, const char *b, const char *c)
{
	int ab = debian_compare(a, b), bc = debian_compare(b, c);

	fuzz_must(!debian_compare(a, a), "a version is the same as itself");
	fuzz_must(sign(ab) == -sign(debian_compare(b, a)),
		  "of two versions one is newer, whichever is named first");
	fuzz_must(ab > 0 || bc > 0 || debian_compare(a, c) <= 0,
		  "what is newer than a newer version is newer");
}

static void read_list(const char *text, bool installed)
{
	char versions[MOST_VERSIONS][DEBIAN_VERSION], version[DEBIAN_VERSION];
	const char *at = text, *before = text;
	size_t count = 0;

	while (debian_next(&at, "a", installed, version)) {
		fuzz_must(*version && at > before,
			  "a package has a version, and is behind the one before");
		before = at;
		if (count < MOST_VERSIONS)
			memcpy(versions[count++], version, sizeof(version));
	}
	fuzz_must(!*at, "all paragraphs are read");
	for (size_t i = 0; i + 2 < count; i++)
		compare(versions[i], versions[i + 1], versions[i + 2]);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text = fuzz_text(data, size), version[DEBIAN_VERSION];

	read_list(text, false);
	read_list(text, true);
	debian_kernel(text, version);
	free(text);
	return 0;
}
