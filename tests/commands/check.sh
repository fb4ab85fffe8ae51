#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make check: its last line is the count, whatever happens.

# shellcheck disable=SC2016 # what is in single quotes is for another shell

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

counts() {
	steps 'one | quick | 10 | printf "1..2\nok 1 a\nok 2 b\n"' 'two | quick | 10 | printf "1..2\nok 1 a\nnot ok 2 b\n"; exit 1' \
		'three | quick | 1 | echo 1..1; sleep 30'
	run make check-quick
	exits 2
	tail_is "3 passed, 3 failed, 0 skipped"
	[ "$(cat "$CLONE/build/count")" = "3 passed, 3 failed, 0 skipped" ]
	steps 'one | quick | 10 | printf "1..1\nok 1 a\n"'
	run make -C "$CLONE" check-quick
	exits 0
	tail_is "1 passed, 0 failed, 0 skipped"
}

counts_when_interrupted() {
	steps 'one | quick | 10 | printf "1..1\nok 1 a\n"' 'two | quick | 60 | echo 1..1; sleep 50; echo ok 1 a' \
		'three | quick | 10 | printf "1..1\nok 1 a\n"'
	start tests/check.sh quick
	until_true 20 says "== two"
	kill "-$1" "$PID"
	ended
	exits 1 130 143
	says interrupted
	tail_is "1 passed, 2 failed, 0 skipped"
}

counts_on_full_disk() {
	need_namespaces
	local mount='mount -t tmpfs -o size=$SIZE none "$0" && exec "$@"'
	steps 'one | quick | 10 | printf "1..1\nok 1 a\n"' 'two | quick | 10 | head -c 2000000 /dev/zero >build/filler; printf "1..1\nok 1 a\n"'
	mkdir -p "$CLONE/build"
	for SIZE in 4k 16k 1m; do
		export SIZE
		run "${OWN_MOUNTS[@]}" sh -c "$mount" "$CLONE/build" make check-quick
		exits 2
		says "No space left on device"
		grep -E '^[0-9]+ passed, [1-9][0-9]* failed, 0 skipped$' <(tail -n 2 "$SAID")
	done
}

# Steps of another mode are not run, and two words are two modes.
modes() {
	steps 'one | quick | 10 | printf "1..1\nok 1 a\n"' 'two | quick,check | 10 | printf "1..1\nok 1 a\n"' \
		'three | full | 10 | printf "1..1\nok 1 a\n"'
	run tests/check.sh quick
	exits 0
	tail_is "2 passed, 0 failed, 0 skipped"
	run tests/check.sh full
	exits 0
	says "== two"
	tail_is "2 passed, 0 failed, 0 skipped"
}

only() {
	local step='printf "1..1\nok 1 a\n"'
	steps "one | quick | 10 | $step" "two | quick | 10 | $step" "three | quick | 10 | $step; [ -z \"\${ONLY:-}\" ]"
	run make check-quick ONLY='^t'
	exits 0
	says "this was a part: 2 of 3 steps (ONLY=^t)"
	tail_is "2 passed, 0 failed, 0 skipped"
	run make check-quick
	exits 0
	if says "this was a part" >/dev/null; then return 1; fi
	refused "no step of this mode is named like ONLY=four" make check-quick ONLY=four
	tail_is "0 passed, 1 failed, 0 skipped"
	refused "ONLY=[ is not a pattern" make check-quick ONLY='['
}

bad_list() {
	steps 'one | quick | 10'
	refused "tests/steps.list cannot be read as a list" tests/check.sh quick
	says "tests/steps.list:2: a row of 3 cells in a list of 4 columns"
	tail_is "0 passed, 1 failed, 0 skipped"
}

two_checks() {
	rm -rf "$CLONE/build/check"
	steps 'one | quick | 60 | until [ -e build/go ]; do sleep 0.1; done; printf "1..1\nok 1 a\n"'
	SAID=$WORK/first start tests/check.sh quick
	until_true 60 test -e "$CLONE/build/check/one.log"
	second_waits check "$CLONE/build/go" tests/check.sh quick
}

test_that "make check ends with the count and fails if a test did" counts
for signal in INT TERM; do
	test_that "make check that gets SIG$signal ends with the count" counts_when_interrupted $signal
done
test_that "make check runs the steps of its mode" modes
test_that "ONLY= makes make check run a part and say so" only
test_that "a damaged list of steps is reported" bad_list
test_that "make check on a full disk ends with the count" counts_on_full_disk
test_that "a second make check waits for the first" two_checks
tap_end
