// SPDX-License-Identifier: GPL-2.0-only
/* The kernel's command line, what it asks of guest RAM, and what a report takes of it. */
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "fuzz.h"
#include "ram_request.h"
#include "redact.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text = fuzz_text(data, size), value[CMDLINE_WORD], last[CMDLINE_WORD];
	struct ram_request request = { 0 };
	const char *at = text, *before = text;
	bool found = false;

	while (cmdline_next(&at, "guestram", value, sizeof(value))) {
		fuzz_must(at > before, "each word is behind the one before");
		before = at;
		found = true;
		ram_request_add(&request, value);
	}
	fuzz_must(found == cmdline_last(text, "guestram", last, sizeof(last)) &&
		  (!found || !strcmp(value, last)), "the last one is the last of all");
	fuzz_must(request.count <= RAM_REQUEST_ITEMS, "there is room for all items");
	for (size_t i = 0; i < request.count; i++)
		fuzz_must(request.nodes[i] >= RAM_REQUEST_ANY_NODE &&
			  request.sizes[i] <= ram_request_sum(&request, request.nodes[i]) &&
			  request.sizes[i] <= ram_request_sum(&request, RAM_REQUEST_ANY_NODE),
			  "a sum is no smaller than what is in it");
	redact_cmdline(text, fuzz_print());
	fuzz_must_be_plain(fuzz_printed());
	free(text);
	return 0;
}
