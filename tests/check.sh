#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh quick|check|full: runs the steps of tests/steps.list and sums them up, in
# build/results.json, build/junit.xml, and a last line "N passed, N failed,
# N skipped", which is always there and always the last. ONLY= is a pattern for
# grep -E: only the steps whose names match are run, and the summary says so.

OUT='' PART='' RECORDED=0 chosen=()
trap finish EXIT

# finish: sums up the steps that were run, whatever has ended this script.
finish() {
	local status=$? table=''
	trap - EXIT
	trap '' INT TERM HUP
	set +e
	mkdir -p "$BUILD"
	[ -z "${RUNNING:-}" ] || record 130
	[ -z "$OUT" ] || record_rest
	if [ -n "$OUT" ] && [ -x "$OUT/summary" ]; then
		table=$("$OUT/summary" "$OUT/steps" "$TOP/tests/skips.list" "$BUILD/results.json" "$BUILD/junit.xml") ||
			status=1
		[ -z "${BAD:-}" ] || status=1
	fi
	if [ -z "$table" ]; then
		table="0 passed, 1 failed, 0 skipped" status=1
	fi
	[[ $table != *$'\n'* ]] || printf '%s\n' "${table%$'\n'*}"
	[ -z "$PART" ] || printf '%s\n' "$PART"
	table=${table##*$'\n'}
	printf '%s\n' "$table" >"$BUILD/count"	# complains if the disk is full
	printf '%s\n' "$table"
	exit $status
}

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# record_rest: a step that did not come to its turn has not passed
record_rest() {
	local step
	for step in "${chosen[@]:$RECORDED}"; do
		IFS='|' read -r RUNNING LIMIT step <<<"$step"
		STARTED=$SECONDS
		: >"$OUT/$RUNNING.log"
		record 130
	done
}

record() {
	RECORDED=$((RECORDED + 1))
	printf '%s | %d | %d | %d | %s\n' "$RUNNING" "$((SECONDS - STARTED))" "$LIMIT" "$1" "$OUT/$RUNNING.log" >>"$OUT/steps"
	RUNNING=''
}

stop() {
	# A signal may come when the step has begun, and JOB is not set yet.
	local job=${JOB:-${!:-}}
	note "interrupted"
	kill -TERM "$job" 2>/dev/null || true
	wait "$job" 2>/dev/null || true
	exit 130
}

# run_step NAME SECONDS COMMAND: with a process group of its own, to all of which limit
# passes signals on, so nothing is left behind.
run_step() {
	local log=$OUT/$1.log tail rc=0
	RUNNING=$1 LIMIT=$2 STARTED=$SECONDS JOB=''
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
quick | check) modes=$mode ;;
full) modes='check|full' ;;
*) die "there is no mode '$mode'" "usage: check.sh quick|check|full" ;;
esac
need_pattern "make check-full ONLY=cases"
only=${ONLY:-.}
unset ONLY	# some commands of the steps know another one

# The steps of this mode, and those of them that are run
rows=() steps=() chosen=()
read_list rows "$TOP/tests/steps.list" mode step seconds command
for row in "${rows[@]}"; do
	[[ ,${row%%|*}, =~ ,($modes), ]] || continue
	step=${row#*|}
	steps+=("$step")
	! grep -qE -- "$only" <<<"${step%%|*}" || chosen+=("$step")
done
[ ${#chosen[@]} -gt 0 ] ||
	die "no step of this mode is named like ONLY=$only" "the names: $(printf '%s\n' "${steps[@]%%|*}" | paste -sd' ')"
[ ${#chosen[@]} = ${#steps[@]} ] ||
	PART="this was a part: ${#chosen[@]} of ${#steps[@]} steps (ONLY=$only)"

use_line	# the steps read it
mkdir -p "$BUILD"
take_lock check.lock "$BUILD"
rm -rf "$BUILD"/{check,results.json,junit.xml}
need_packages "${ALL_PACKAGES[@]}" "${REPO_PACKAGES[@]}"
[[ " ${chosen[*]%%|*} " != *" tool-fuzz "* ]] || need_packages "${FUZZ_PACKAGES[@]}"
mkdir -p "$BUILD/check"
OUT=$BUILD/check
echo "step | seconds | limit | status | log" >"$OUT/steps"
cd "$TOP"
# Not an absolute path, which may have a blank in it that make does not take.
make -s -C tests/summary OUT=../../build/check
gcc -D_GNU_SOURCE -O2 -Wall -Ilib -o "$OUT/limit" scripts/limit.c lib/pace.c
trap stop INT TERM HUP

for step in "${chosen[@]}"; do
	IFS='|' read -r name seconds command <<<"$step"
	run_step "$name" "$seconds" "$command"
done
