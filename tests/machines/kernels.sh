#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels.sh VARIANT|selftests...: builds what the steps after it run, or finds it in the
# cache, so that the time limits of those steps are for their tests.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# Not by test_that: a build takes long, and shows how far it is.
for what; do
	name="kernel $what of line $LINE builds"
	[ "$what" != selftests ] || name="selftests of line $LINE build"
	if need_kernels "$what"; then
		[ "$what" = selftests ] || diag "$what is $(cat "$(kernel_of "$what")/release")"
		tap ok "$name"
	else
		tap "not ok" "$name"
	fi
done
tap_end
