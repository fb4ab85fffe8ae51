// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tests of tool/.
 *
 *   tool_test			run them
 *   tool_test FILE		make a directory of the host in roots/FILE, and print its name
 */
#include <stdio.h>

#include "fixture.h"
#include "tap.h"
#include "tool_test.h"

int main(int argc, char **argv)
{
	if (argc == 2)
		return puts(fixture_begin(argv[1])) < 0;
	test_kernel_texts();
	test_debian();
	test_texts();
	test_hostile();
	test_hostile_host();
	test_root();
	test_devices();
	test_report();
	test_lines();
	test_whole();
	test_vms();
	test_memslots();
	test_dump();
	test_map();
	test_why();
	test_watch();
	test_export();
	test_redact();
	fixture_end();
	return tap_end();
}
