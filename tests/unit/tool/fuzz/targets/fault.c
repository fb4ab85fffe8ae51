// SPDX-License-Identifier: GPL-2.0-only
/* Lines of trace_pipe, as cohmem watch gets them: with bytes of 0, and in pieces. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "watch.h"

/* Of a host without files. */
static char *feed(struct watch *watch, const u8 *data, size_t size, size_t piece, bool json)
{
	static const struct root none = { .fd = -1 };

	*watch = (struct watch){ .root = &none, .out = fuzz_print(), .json = json };
	for (size_t at = 0; at < size; at += piece)
		watch_feed(watch, (const char *)data + at, size - at < piece ? size - at : piece);
	watch_forget(watch);
	return fuzz_printed();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct watch watch;
	char *text, *pieces, *line, *at;
	u64 decided;

	text = feed(&watch, data, size, 7, false);
	pieces = text;
	decided = watch.decided;
	text = feed(&watch, data, size, size + 1, false);
	fuzz_must(!strcmp(text, pieces) && decided == watch.decided,
		  "it is the same, in whichever pieces the lines come");
	free(pieces);
	fuzz_must_be_plain(text);
	text = feed(&watch, data, size, size + 1, true);
	at = text;
	while ((line = strsep(&at, "\n")) && *line)
		fuzz_json(json_tokener_parse(line));
	fuzz_must(!at, "no line of JSON is empty");
	free(text);
	return 0;
}
