#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# All tests of the extent rule, as one TAP stream: extent_test for each geometry,
# and then the test of the test, which changes the rule in one place at a time.
#
# usage: check.sh OUT EXTENT_DIR GEOMETRY...	(CC, CFLAGS, SANITIZE, SEED and CASES from
# the Makefile)

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"
# shellcheck source=../../../scripts/lib/pool.sh
. "$TOP/scripts/lib/pool.sh"
supervise "$@"

out=$1
rule=$2/cohmem_extent.c
shift 2

# build CFILE PROGRAM: for large tables, since only those show that a wrong rule reads
# beyond them, or for too long
build() {
	# shellcheck disable=SC2086 # lists of flags
	$CC $CFLAGS $SANITIZE -w -DPAGE_SHIFT=14 -DLEVELS=3 -o "$2" $SOURCES "$1"
}

# run PROGRAM CASES: a sanitizer must not end like a program whose tests failed.
run() {
	ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99 timeout 120 "$1" "$SEED" "$2"
}

run_geometry() { run "$out/extent_test-$1" "$CASES" >"$out/log-$1"; }

# geometry_ended GEOMETRY STATUS: and it must have come to the random cases, its last ones.
geometry_ended() { tap_from "extent_test for $1" print_geometry "$1" "$2"; }
print_geometry() { cat "$out/log-$1" && grep -q 'random blocks' "$out/log-$1" && return "$2"; }

unchanged_rule_passes() {
	build "$rule" "$out/control"
	run "$out/control" 400
}

# mutant_is_noticed EDIT FAILS: a test whose name begins like that fails; or, if it is
# "stops", a sanitizer or an assertion of the shim stops the program.
mutant_is_noticed() {
	local status=0
	sed "$1" "$rule" >"$out/mutant.c"
	if cmp -s "$rule" "$out/mutant.c"; then
		echo "unit/extent/mutants.list: the edit no longer applies to ${rule##*/}: $1"
		return 1
	fi
	build "$out/mutant.c" "$out/mutant"
	run "$out/mutant" 400 >"$out/log" 2>"$out/log.err" || status=$?
	if [ $status = 1 ] && grep -Eq "^not ok - [^:]*: ($2)" "$out/log"; then
		return 0
	elif [ $status -gt 1 ] && [ $status != 124 ] && [ "$2" = stops ] && grep -Eq "Assertion|Sanitizer|runtime error" "$out/log.err"; then
		return 0
	fi
	echo "exit status $status, and not failed: $2"
	grep -h '^not ok' "$out/log" || true
	head -n 3 "$out/log.err"
	return 1
}

diag "SEED=$SEED CASES=$CASES"
for geometry; do
	pool_add geometry_ended "$geometry" run_geometry "$geometry"
done
pool_finish
# Built as the wrong rules are: what fails below fails because of its edit.
test_that "control: the unchanged rule passes" unchanged_rule_passes
rows=()
read_list rows mutants.list what edit fails
for row in "${rows[@]}"; do
	IFS='|' read -r what edit fails <<<"$row"
	test_that "noticed: $what" mutant_is_noticed "$edit" "$fails"
done
tap_end
