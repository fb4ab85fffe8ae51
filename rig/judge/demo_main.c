// SPDX-License-Identifier: GPL-2.0-only
/*
 * The demo's report: what the guest could do on the stock kernel and on
 * cohmem's, as a table of each scene for people and as JSON, from the logs of
 * the runs. Every value names the line of the log that it was read from.
 *
 *   demo [--tap] MACHINE DIR JSON-FILE
 *   demo --runs
 *
 * The logs are in DIR/SCENE-KERNEL. Exit status 0 means: in each scene the
 * stock kernel failed as it was expected to, and cohmem's passed. Anything
 * else, a stock run that failed otherwise too, is a failure. With --runs it
 * prints which runs that takes: SCENE KERNEL, one a line.
 */
#include <string.h>

#include "demo.h"

int main(int argc, char **argv)
{
	bool as_tap = argc > 1 && !strcmp(argv[1], "--tap");
	struct tap tap = { .out = stdout };
	struct demo demo;
	bool good;

	if (argc == 2 && !strcmp(argv[1], "--runs")) {
		demo_print_runs(stdout);
		return 0;
	}
	argv += as_tap;
	argc -= as_tap;
	if (argc != 4) {
		fputs("usage: demo [--tap] MACHINE DIR JSON-FILE, or demo --runs\n",
		      stderr);
		return 2;
	}
	demo_read(&demo, argv[1], argv[2]);
	if (as_tap)
		demo_print_tap(&tap, &demo);
	else
		demo_print(stdout, &demo);
	good = demo_as_expected(&demo);
	if (!demo_json_write(argv[3], &demo)) {
		fprintf(stderr, "demo: cannot write %s: %m\n", argv[3]);
		return 2;
	}
	demo_free(&demo);
	return good ? 0 : 1;
}
