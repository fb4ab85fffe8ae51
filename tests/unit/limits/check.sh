#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Limits of time: is nothing stopped because the machine is slow, and is all that is
# stopped said to be? TAP; the tests of the reader of progress come first.

TOP=$(cd "$(dirname "$0")/../../.." && pwd -P)
cd "$TOP" || exit 1
# shellcheck source=../tap.sh
. tests/unit/tap.sh
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

gcc -D_GNU_SOURCE -O1 -g -Wall -Wextra -Werror "-fsanitize=address,undefined" \
	-Irig/host/lib -Itests/unit/rule -o "$WORK/progress_test" \
	tests/unit/limits/progress_test.c rig/host/lib/progress.c tests/unit/rule/tap.c || exit 1
gcc -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -Ilib -o "$WORK/limit" scripts/limit.c lib/pace.c || exit 1
export ASAN_OPTIONS=detect_leaks=0
"$WORK/progress_test" >"$WORK/results" || failed=1
sed '/^1\.\./d' "$WORK/results"
nr=$(grep -cE '^(not )?ok ' "$WORK/results")

# run COMMAND...: its status, the milliseconds that it took, and what it said
run() {
	local begun=${EPOCHREALTIME/./}
	status=0
	"$@" >"$WORK/said" 2>&1 || status=$?
	ms=$(((${EPOCHREALTIME/./} - begun) / 1000))
}

# wants NAME STATUS [COMMAND...]: of the last run, and what has to be true then
wants() {
	local name=$1 wanted=$2
	shift 2
	if [ "$status" = "$wanted" ] && { [ $# = 0 ] || "$@"; }; then
		tap ok "$name"
	else
		sed 's/^/# /' "$WORK/said"
		echo "# status $status after $ms ms; wanted: status $wanted, $*"
		tap "not ok" "$name"
	fi
}

took_less_than() { [ "$ms" -lt "$1" ]; }
took_at_least() { [ "$ms" -ge "$1" ]; }
said() { grep -qx "$1" "$WORK/said"; }
none_runs() { ! pgrep -f "$1" >/dev/null; }

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
	wait "${loops[@]}" 2>/dev/null
	return "$rc"
}

run "$WORK/limit" 5 sh -c 'exit 7'
wants "a command in its time has its own status" 7
run "$WORK/limit" 5 sh -c 'kill -KILL $$'
wants "a command that a signal ended has that of a shell" 137
run "$WORK/limit" 1 sleep 60
wants "a command that takes too long is stopped" 124 took_less_than 40000
wants "how long it had is said" 124 said "limit: stopped after 1 s of an idle machine, [0-9]* s by the clock"
run competing "$WORK/limit" 2 sleep 60
wants "on a busy machine a command has more time by the clock" 124 took_at_least 4000
run "$WORK/limit" 1 sh -c 'sleep 61.25 & wait'
wants "what a stopped command has started is stopped" 124 none_runs "^sleep 61.25"
run sh -c '"$0" 60 sleep 61 & sleep 0.5; kill -TERM $!; wait $!' "$WORK/limit"
wants "a signal is passed on" 143
run "$WORK/limit" x true
wants "a limit that is no number is refused" 125
tap_end
