// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's log and /proc/iomem: what a report takes of them. */
#include <stdlib.h>

#include "fuzz.h"
#include "redact.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text = fuzz_text(data, size);

	redact_log(text, fuzz_print());
	fuzz_must_be_plain(fuzz_printed());
	redact_iomem(text, fuzz_print());
	fuzz_must_be_plain(fuzz_printed());
	free(text);
	return 0;
}
