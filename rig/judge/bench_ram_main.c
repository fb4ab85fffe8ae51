// SPDX-License-Identifier: GPL-2.0-only
/*
 * The second table of make bench: what it costs to give a VM its RAM.
 *
 *   bench_ram MACHINE DIR-1 DIR-2 JSON-FILE
 *
 * The directories have the logs of two runs of job bench-ram. Exit status 0: all goals met,
 * all values there, and both runs the same within 1 %. 1: not so. 2: no table could be made.
 */
#include <stdio.h>

#include "bench_ram.h"

int main(int argc, char **argv)
{
	static struct bench_ram t;

	if (argc != 5) {
		fputs("usage: bench_ram MACHINE DIR-1 DIR-2 JSON-FILE\n", stderr);
		return 2;
	}
	bench_ram_read(&t, argv[1], argv[2], argv[3]);
	bench_ram_print_table(&t);
	if (!bench_ram_write_json(&t, argv[4])) {
		fprintf(stderr, "bench_ram: cannot write %s: %m\n", argv[4]);
		return 2;
	}
	return bench_ram_good(&t) ? 0 : 1;
}
