#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Limits of time: nothing is stopped because the PC is slow, and what is stopped is
# said to be. The tests of the reader of progress come first.

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"

cd "$TOP"
need_packages "${NATIVE_PACKAGES[@]}"
need_work

build() {
	gcc -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror "-fsanitize=address,undefined" -Irig/host/lib -Ilib \
		-o "$WORK/progress_test" tests/unit/limits/progress_test.c rig/host/lib/progress.c lib/tap.c
	gcc -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Ilib -o "$WORK/limit" scripts/limit.c lib/pace.c
}

# run COMMAND...: its STATUS, how many milliseconds it took (MS), and what it SAID
run() {
	local begun=${EPOCHREALTIME/./}
	STATUS=0
	"$@" >"$WORK/said" 2>&1 || STATUS=$?
	MS=$(((${EPOCHREALTIME/./} - begun) / 1000))
	cat "$WORK/said"
	echo "status $STATUS after $MS ms"
}

# competing COMMAND...: on one CPU, which three loops want to have as well
competing() {
	local cpu loops=() rc=0
	cpu=$(taskset -cp $$ | sed 's/.*[:,-] *//')
	for _ in 1 2 3; do
		taskset -c "$cpu" sh -c 'while :; do :; done' &
		loops+=($!)
	done
	taskset -c "$cpu" "$@" || rc=$?
	kill "${loops[@]}"
	wait "${loops[@]}" 2>/dev/null || true
	return "$rc"
}

own_status() {
	run "$WORK/limit" 5 sh -c 'exit 7'
	[ $STATUS = 7 ]
}

# shellcheck disable=SC2016 # for another shell
status_of_signal() {
	run "$WORK/limit" 5 sh -c 'kill -KILL $$'
	[ $STATUS = 137 ]
}

stopped() {
	run "$WORK/limit" 1 sleep 60
	[ $STATUS = 124 ] && [ "$MS" -lt 40000 ]
	grep -x "limit: stopped after 1 s of an idle PC, [0-9]* s by the clock" "$WORK/said"
}

more_time() {
	run competing "$WORK/limit" 2 sleep 60
	[ $STATUS = 124 ] && [ "$MS" -ge 4000 ]
}

nothing_left() {
	run "$WORK/limit" 1 sh -c 'sleep 61.25 & wait'
	[ $STATUS = 124 ]
	# The brackets keep grep from finding itself.
	if grep -lzx '61[.]25' /proc/[0-9]*/cmdline 2>/dev/null; then return 1; fi
}

# shellcheck disable=SC2016 # for another shell
signal_passed_on() {
	run sh -c '"$0" 60 sleep 61 & sleep 0.5; kill -TERM $!; wait $!' "$WORK/limit"
	[ $STATUS = 143 ]
}

no_number() {
	run "$WORK/limit" x true
	[ $STATUS = 125 ]
}

test_that "the programs build" build
export ASAN_OPTIONS=detect_leaks=0
tap_from progress_test "$WORK/progress_test"
test_that "a command that ends in its time has its own status" own_status
test_that "a command that a signal ends has the status of a shell" status_of_signal
test_that "a command that takes too long is stopped, and how long it had is said" stopped
test_that "a command on a busy PC has more time by the clock" more_time
test_that "what a stopped command has started is stopped" nothing_left
test_that "a signal is passed on" signal_passed_on
test_that "a limit that is no number is refused" no_number
tap_end
