// SPDX-License-Identifier: GPL-2.0-only
#include "lib_test.h"
#include "tap.h"

int main(void)
{
	test_text();
	test_atomic_file();
	test_list();
	test_json();
	test_keyval();
	test_stage2_text();
	test_tap();
	return tap_end();
}
