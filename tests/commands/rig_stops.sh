#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs of the rig that are stopped: none leaves anything behind, and the next works.

# shellcheck source=rig_lib.sh
. "$(dirname "$0")/rig_lib.sh"

killed_qemu() {
	local pids
	rm -rf "$OUT"
	start "${RUN[@]}"
	until_true 300 booting
	mapfile -t pids < <(qemus)
	kill -KILL "${pids[@]}"
	ended
	exits 6
	grep -x "outcome: lost" "$OUT/verdict"
	grep "^reason: QEMU was ended by signal 9: " "$OUT/verdict"
	until_true 25 nobody_left
	# shellcheck disable=SC2119 # its arguments are not those of this script
	by_hand
}

# interrupted SIGNAL HOW: a signal to the script alone, or to all, as Ctrl-C sends it
interrupted() {
	rm -rf "$OUT"
	start setsid "${RUN[@]}"
	until_true 300 booting
	if [ "$2" = alone ]; then
		kill "-$1" "$PID"
	else
		kill "-$1" -- "-$PID"
	fi
	ended
	exits 130 137 143
	until_true 25 nobody_left || { echo "the run goes on" && return 1; }
}

# interrupted_hosts COMMAND: the emulated hosts, two or HOSTS=, and what started them
interrupted_hosts() {
	start setsid "$@"
	until_true 300 running "${HOSTS:-2}"
	kill "-$SIGNAL" "$([ "$1" = make ] && echo "-$PID" || echo "$PID")"
	ended
	exits 2 130 143
	# A case would end by itself in 10.
	until_true 4 nobody_left || { echo "$* goes on" && return 1; }
}

interrupted_demo() {
	rm -rf "$CLONE/build/demo"*
	interrupted_hosts "$@"
	[ ! -e "$CLONE/build/demo.json" ]
}

interrupted_check() {
	steps 'one | check | 10 | printf "1..1\nok 1 a\n"' "two | check | 100 | ${RUN[*]} --tap"
	rm -rf "$OUT"
	start setsid tests/check.sh check
	until_true 300 booting
	kill -TERM "$PID"
	ended
	exits 1 130
	tail_is "1 passed, 1 failed, 0 skipped"
	until_true 25 nobody_left
}

test_that "the kernels and package trees are there" kernels
test_that "a killed QEMU is a lost machine and the next run works" killed_qemu
test_that "a run that gets SIGINT by Ctrl-C leaves nothing behind" interrupted INT group
test_that "a run whose script gets SIGTERM leaves nothing behind" interrupted TERM alone
test_that "a run whose script gets SIGKILL leaves nothing behind" interrupted KILL alone
SIGNAL=INT test_that "make demo that gets SIGINT by Ctrl-C leaves nothing behind" interrupted_demo make demo
SIGNAL=TERM test_that "demo.sh that gets SIGTERM leaves nothing behind" interrupted_demo rig/demo.sh
SIGNAL=TERM test_that "cases.sh that gets SIGTERM leaves nothing behind" interrupted_hosts tests/machines/cases.sh check cohmem
SIGNAL=TERM test_that "upstream.sh that gets SIGTERM leaves nothing behind" interrupted_hosts tests/machines/upstream.sh check
SIGNAL=TERM test_that "works.sh that gets SIGTERM leaves nothing behind" interrupted_hosts tests/machines/works.sh check
HOSTS=1 SIGNAL=INT test_that "make soak that gets SIGINT by Ctrl-C leaves nothing behind" interrupted_hosts make soak MINUTES=1
HOSTS=1 SIGNAL=TERM test_that "bench.sh that gets SIGTERM leaves nothing behind" interrupted_hosts rig/bench.sh
test_that "make check that gets SIGTERM while the rig runs ends with the count" interrupted_check
tap_end
