// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's dump of stage 2. */
#include <stdlib.h>

#include "dump.h"
#include "fuzz.h"
#include "statistics.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text = fuzz_text(data, size), why[128];
	struct dump dump;
	u64 end = 0;

	if (dump_read(text, &dump, why, sizeof(why))) {
		for (size_t i = 0; i < dump.count; i++) {
			const struct dump_range *r = &dump.ranges[i];

			fuzz_must(r->ipa >= end && r->len && r->ipa + r->len > r->ipa,
				  "ranges are not empty, and each is behind the one before");
			fuzz_must(r->level < STATISTICS_LEVELS && r->type <= S2_OTHER,
				  "a range has a level and a type");
			end = r->ipa + r->len;
		}
		dump_free(&dump);
	}
	free(text);
	return 0;
}
