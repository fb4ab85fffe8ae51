// SPDX-License-Identifier: GPL-2.0-only
/* A reader that reads behind a text that begins with "dead": whoever fuzzes has to notice. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text = fuzz_text(data, size);

	if (!strncmp(text, "dead", 4))
		fuzz_must(text[size + 1] != '!', "nobody gets here");
	free(text);
	return 0;
}
