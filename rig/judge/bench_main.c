// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of make bench, from the logs of its runs, and whether the goals are
 * met.
 *
 *   bench MACHINE DIR JSON-FILE stock cohmem [mainline]
 *
 * DIR has, for each column, COLUMN-1 and COLUMN-2 (job bench, twice), COLUMN-512
 * and COLUMN-1024 (scene ram, until user space, with so many MiB), and may have
 * "seconds". Exit status 0: all goals met, all values there, and the two runs of
 * job bench the same within 0.1 %. 1: not so. 2: no table could be made.
 */
#include <stdio.h>
#include <string.h>

#include "bench.h"

int main(int argc, char **argv)
{
	static struct bench_table t;

	if (argc < 6 || argc > 4 + MAX_COLUMNS || strcmp(argv[4], "stock") ||
	    strcmp(argv[5], "cohmem")) {
		fputs("usage: bench MACHINE DIR JSON-FILE stock cohmem [mainline]\n",
		      stderr);
		return 2;
	}
	bench_read(&t, argv[1], argv[2], (const char * const *)argv + 4, argc - 4);
	bench_print_table(&t);
	if (!bench_write_json(&t, argv[3])) {
		fprintf(stderr, "bench: cannot write %s: %m\n", argv[3]);
		return 2;
	}
	return bench_good(&t) ? 0 : 1;
}
