// SPDX-License-Identifier: GPL-2.0-only
/*
 * Judges one run of the rig from its logs.
 *
 *   verdict [--tap] RUN-DIR QEMU-STATUS DIR-OF-SPLATS.ALLOW
 *
 * Writes RUN-DIR/verdict, and with --tap the results to its output. The exit status
 * is the verdict's; 1 is for a run that could not be judged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "verdict.h"

int main(int argc, char **argv)
{
	bool as_tap = argc > 1 && !strcmp(argv[1], "--tap");
	struct tap tap = { .out = stdout };
	struct text console, results;
	char path[4096], why[4352];
	struct list allow;
	struct verdict v;

	argv += as_tap;
	argc -= as_tap;
	if (argc != 4) {
		fputs("usage: verdict [--tap] RUN-DIR QEMU-STATUS DIR-OF-SPLATS.ALLOW\n",
		      stderr);
		return 1;
	}
	snprintf(path, sizeof(path), "%s/splats.allow", argv[3]);
	if (!list_read(&allow, path, "text reason", why, sizeof(why))) {
		fprintf(stderr, "verdict: error: %s\n    lib/list.h says what a list is\n",
			why);
		return 1;
	}
	console = log_read(argv[1], "console.log");
	results = log_read(argv[1], "results.log");
	verdict_judge(&v, &console, &results, atoi(argv[2]), &allow);
	snprintf(path, sizeof(path), "%s/verdict", argv[1]);
	if (!verdict_write(&v, path)) {
		fprintf(stderr, "verdict: cannot write %s: %m\n", path);
		return 1;
	}
	if (as_tap)
		verdict_print_tap(&tap, &v, &results);

	text_free(&console);
	text_free(&results);
	list_free(&allow);
	return verdict_status(v.outcome);
}
