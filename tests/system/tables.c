// SPDX-License-Identifier: GPL-2.0-only
/*
 * tables CPU: how the VM that ran last on that CPU is mapped, from the raw descriptors of its
 * stage 2, a range in a line:
 *
 *   IPA SIZE TYPE BLOCK ACCESS
 *
 * Numbers are bytes; ACCESS is of r, w, x, and - for what is not permitted. It needs the rig's
 * test device. Exit status: 0, or 1 with a reason on standard error.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cohmem_stage2.h"

static void print_range(const struct s2_range *r)
{
	printf("%llu %llu %s %llu %c%c%c\n", r->ipa, r->len, s2_type_name(r->type), r->block,
	       r->s2ap & 1 ? 'r' : '-', r->s2ap & 2 ? 'w' : '-', r->xn ? '-' : 'x');
}

int main(int argc, char **argv)
{
	struct s2_dump dump;
	char why[160];

	if (argc != 2) {
		fprintf(stderr, "usage: tables CPU\n");
		return 1;
	}
	if (!s2_read(strtoul(argv[1], NULL, 10), &dump, why, sizeof(why))) {
		fprintf(stderr, "tables: %s\n", why);
		return 1;
	}
	for (size_t i = 0; i < dump.count; i++)
		print_range(&dump.ranges[i]);
	s2_free(&dump);
	return 0;
}
