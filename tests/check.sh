#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh quick|check|full: runs the steps of tests/steps.list and sums them up, in
# build/results.json, build/junit.xml, and a last line "N passed, N failed,
# N skipped", which is always there and always the last.

OUT=''
trap finish EXIT

# finish: whatever happened, with the steps that were run.
finish() {
	local status=$?
	trap - EXIT
	trap '' INT TERM HUP
	set +e
	mkdir -p "$BUILD"
	[ -z "${RUNNING:-}" ] || record 130
	if [ -n "$OUT" ] && [ -x "$OUT/summary" ]; then
		"$OUT/summary" "$OUT/steps" "$TOP/tests/skips.list" "$BUILD/results.json" "$BUILD/junit.xml" |
			tee "$OUT/table" || status=1
		[ -z "${BAD:-}" ] || status=1
		tail -n 1 "$OUT/table" >"$BUILD/count"
		exit $status
	fi
	echo "0 passed, 1 failed, 0 skipped" | tee "$BUILD/count" 2>/dev/null
	exit 1
}

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"

record() {
	printf '%s | %d | %d | %d | %s\n' "$RUNNING" "$((SECONDS - STARTED))" "$LIMIT" "$1" "$OUT/$RUNNING.log" >>"$OUT/steps"
	RUNNING=''
}

stop() {
	note "interrupted"
	kill -TERM "$JOB" 2>/dev/null || true
	wait "$JOB" 2>/dev/null || true
	exit 130
}

# run_step NAME SECONDS COMMAND: with a process group of its own, to all of which limit
# passes signals on, so nothing is left behind.
run_step() {
	local log=$OUT/$1.log tail rc=0
	RUNNING=$1 LIMIT=$2 STARTED=$SECONDS
	printf '\n== %s (at most %d s): %s\n' "$1" "$2" "$3"
	: >"$log"
	"$OUT/limit" "$2" bash -c "$3" >"$log" 2>&1 </dev/null &
	JOB=$!
	tail -n +1 -s 0.2 -f --pid=$JOB "$log" &
	tail=$!
	wait $JOB || rc=$?
	wait $tail || true
	[ $rc = 0 ] || BAD=1
	record $rc
}

mode=${1:-}
case $mode in
quick) modes="quick both" ;;
check) modes="check both" ;;
full) modes="full check both" ;;
*) die "there is no mode '$mode'" "usage: check.sh quick|check|full" ;;
esac

use_line	# the steps read it
mkdir -p "$BUILD"
take_lock check.lock "$BUILD"
rm -rf "$BUILD"/{check,results.json,junit.xml}
if [ "$mode" = quick ]; then
	need_packages "${NATIVE_PACKAGES[@]}"
else
	need_packages "${ALL_PACKAGES[@]}"
fi
mkdir -p "$BUILD/check"
OUT=$BUILD/check
echo "step | seconds | limit | status | log" >"$OUT/steps"
cd "$TOP"
# Not an absolute path, which may have a blank in it that make does not take.
make -s -C tests/summary OUT=../../build/check
gcc -D_GNU_SOURCE -O2 -Wall -Ilib -o "$OUT/limit" scripts/limit.c lib/pace.c
trap stop INT TERM HUP

# The steps are read before any is run: none can eat the list as its input.
mapfile -t steps < <(grep -Ev '^(#|[[:space:]]*$)' tests/steps.list)
for line in "${steps[@]}"; do
	read -r name when seconds command <<<"$line"
	if [[ " $modes " == *" $when "* ]]; then
		run_step "$name" "$seconds" "$command"
	fi
done
