// SPDX-License-Identifier: GPL-2.0-only
/*
 * Did the same selftests do the same on several kernels?
 *
 *   compare ROWS KERNEL=DIR KERNEL=DIR...
 *
 * DIR has the logs of a run of job selftests. ROWS is a list of the tests, in the order
 * in which all of the runs had them: "test" is what was run, "expect" what it is to do
 * on the first kernel (see compare.h).
 *
 * Prints a line of TAP, without a number, for each test, and "# passed N": how many
 * passed on the first kernel. The exit status is 0 if all did the same, and what they
 * were to do.
 */
#include <stdio.h>
#include <string.h>

#include "compare.h"
#include "list.h"
#include "log.h"

int main(int argc, char **argv)
{
	struct tap tap = { .out = stdout, .is_part = true };
	struct text results[COMPARE_MAX_KERNELS];
	struct list rows;
	char why[4352];
	char **kernels = argv + 2;
	unsigned int passed = 0;
	bool good = true;
	int count = argc - 2;

	if (count < 2 || count > COMPARE_MAX_KERNELS) {
		fprintf(stderr, "usage: compare ROWS KERNEL=DIR KERNEL=DIR...\n");
		return 1;
	}
	if (!list_read(&rows, argv[1], "test expect", why, sizeof(why))) {
		fprintf(stderr, "compare: error: %s\n    lib/list.h says what a list is\n",
			why);
		return 1;
	}
	if (!rows.count) {
		fprintf(stderr, "compare: error: there is nothing to compare in %s\n",
			argv[1]);
		return 1;
	}
	for (int i = 0; i < count; i++) {
		char *dir = strchr(kernels[i], '=');

		if (!dir) {
			fprintf(stderr, "compare: %s is not KERNEL=DIR\n", kernels[i]);
			return 1;
		}
		*dir++ = '\0';
		results[i] = log_read(dir, "results.log");
	}
	for (size_t i = 0; i < rows.count; i++)
		good &= compare_test(&tap, (const char * const *)kernels, results, count, i + 1,
				     list_cell(&rows, i, "test"),
				     list_cell(&rows, i, "expect"), &passed);
	tap_comment(&tap, "passed %u", passed);

	for (int i = 0; i < count; i++)
		text_free(&results[i]);
	list_free(&rows);
	return good ? 0 : 2;
}
