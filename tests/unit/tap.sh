# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# TAP of a test that is a script: results, and the plan at the end. Sourced.

nr=0
failed=0

tap() {	# ok|"not ok" name
	nr=$((nr + 1))
	echo "$1 $nr - $2"
	[ "$1" = ok ] || failed=$((failed + 1))
}

# The last command: its status is that of the test.
tap_end() {
	echo "1..$nr"
	echo "# $((nr - failed)) passed, $failed failed"
	[ "$failed" = 0 ]
}
