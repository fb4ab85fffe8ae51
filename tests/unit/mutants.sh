# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Tests the test of one C file: each wrong version of it, a row of a mutants.list, must be
# noticed. Sourced, after lib.sh. Who sources it has CC, CFLAGS, SANITIZE, SOURCES (without
# the C file; or objects) and SEED from its Makefile.

# build_with CFILE PROGRAM: the test, with that C file
build_with() {
	# shellcheck disable=SC2086 # lists of flags and of files
	$CC $CFLAGS $SANITIZE -w -o "$2" $SOURCES "$1"
}

# run_limited PROGRAM ARGUMENT...: a sanitizer must not end like a program whose tests failed.
run_limited() { ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99 timeout 120 "$@"; }

right_passes() {
	build_with "$1" "$OUT/control"
	run_limited "$OUT/control" "$SEED" "$2"
}

# is_noticed CFILE AMOUNT EDIT FAILS: a test whose name begins like that fails; or, if it is
# "stops", a sanitizer or an assertion of the shim stops the program.
is_noticed() {
	local status=0
	sed "$3" "$1" >"$OUT/mutant.c"
	if cmp -s "$1" "$OUT/mutant.c"; then
		echo "mutants.list: the edit no longer applies to ${1##*/}: $3"
		return 1
	fi
	build_with "$OUT/mutant.c" "$OUT/mutant"
	run_limited "$OUT/mutant" "$SEED" "$2" >"$OUT/log" 2>"$OUT/log.err" || status=$?
	if [ $status = 1 ] && grep -Eq "^not ok ([0-9]+ )?- ([^:]*: )?($4)" "$OUT/log"; then
		return 0
	elif [ $status -gt 1 ] && [ $status != 124 ] && [ "$4" = stops ] && grep -Eq "Assertion|Sanitizer|runtime error" "$OUT/log.err"; then
		return 0
	fi
	echo "exit status $status, and not failed: $4"
	grep -h '^not ok' "$OUT/log" || true
	head -n 3 "$OUT/log.err"
	return 1
}

# try_mutants CFILE AMOUNT: each row of mutants.list. The right file, built as the wrong ones
# are, passes: what fails below fails because of its edit.
try_mutants() {
	local rows=() row what edit fails
	test_that "control: the unchanged ${1##*/} passes" right_passes "$1" "$2"
	read_list rows mutants.list what edit fails
	for row in "${rows[@]}"; do
		IFS='|' read -r what edit fails <<<"$row"
		test_that "noticed: $what" is_noticed "$1" "$2" "$edit" "$fails"
	done
}
