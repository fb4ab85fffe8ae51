#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the test summary: a step that fails, in any way a step can, is never
# counted as passed. Each case is the log of one step.

# shellcheck source=../../../scripts/env.sh
. "$(dirname "$0")/../../../scripts/env.sh"

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
make -s -C "$TOP/tests/summary" OUT="$WORK" CFLAGS="-O1 -g -fsanitize=address,undefined"
export ASAN_OPTIONS=detect_leaks=0
printf 'test | reason\nstep/listed | there is a reason\n' >"$WORK/skips"

N=0 FAILED=0
# case_is WHAT STATUS LOG LAST-LINE: the exit status must say the same.
case_is() {
	local got status=0 want=0
	N=$((N + 1))
	printf '%b' "$3" >"$WORK/log"
	printf 'step | seconds | limit | status | log\nstep | 1 | 9 | %d | %s\n' "$2" "$WORK/log" >"$WORK/steps"
	"$WORK/summary" "$WORK/steps" "$WORK/skips" "$WORK/json" "$WORK/junit" >"$WORK/out" || status=$?
	got=$(tail -n 1 "$WORK/out")
	case $4 in
	*' 0 failed'*) ;;
	*) want=1 ;;
	esac
	if [ "$got" = "$4" ] && [ "$status" = "$want" ]; then
		echo "ok $N - $1"
	else
		FAILED=1
		echo "# expected '$4' and status $want, got '$got' and $status"
		echo "not ok $N - $1"
	fi
}

echo "1..18"
case_is 'results are counted' 0 '1..2\nok 1 - a\nok 2 b\n' '2 passed, 0 failed, 0 skipped'
case_is 'a plan may come last' 0 'KTAP version 1\nok 1 a\n1..1\n' '1 passed, 0 failed, 0 skipped'
case_is 'a failure is one' 1 '1..2\nok 1 a\nnot ok 2 b\n' '1 passed, 1 failed, 0 skipped'
case_is 'nested results are in their parent' 1 '1..1\n    1..2\n    ok 1 x\n    not ok 2 y\nnot ok 1 a\n' '0 passed, 1 failed, 0 skipped'
case_is 'no plan' 0 'ok 1 a\n' '1 passed, 1 failed, 0 skipped'
case_is 'no output' 0 '' '0 passed, 1 failed, 0 skipped'
case_is 'fewer results than planned' 0 '1..3\nok 1 a\n' '1 passed, 1 failed, 0 skipped'
case_is 'more results than planned' 0 '1..1\nok 1 a\nok 2 b\n' '2 passed, 1 failed, 0 skipped'
case_is 'bad exit status alone' 3 '1..1\nok 1 a\n' '1 passed, 1 failed, 0 skipped'
case_is 'time is up' 124 '1..2\nok 1 a\n' '1 passed, 2 failed, 0 skipped'
case_is 'bail out' 0 '1..1\nok 1 a\nBail out! no kernel\n' '1 passed, 1 failed, 0 skipped'
case_is 'a listed skip' 0 '1..2\nok 1 a\nok 2 listed # SKIP none here\n' '1 passed, 0 failed, 1 skipped'
case_is 'a skip that is not listed' 0 '1..2\nok 1 a\nok 2 other # SKIP none here\n' '1 passed, 1 failed, 0 skipped'
case_is 'a failure is not skipped' 1 '1..1\nnot ok 1 listed # SKIP none here\n' '0 passed, 1 failed, 0 skipped'
case_is 'where a result is from' 0 '1..1\n# kernel: 6.12.117\n# line: 6.12\n# machine: grace\n# page_size: 4096\nok 1 a\n' '1 passed, 0 failed, 0 skipped'
grep -q '"kernel": "6.12.117", *"line": "6.12", *"machine": "grace", *"page_size": 4096' <(paste -sd' ' "$WORK/json") || FAILED=1
# table_has KERNEL COLUMN: a result on that kernel is in that column of the table.
table_has() {
	N=$((N + 1))
	printf "1..3\n# kernel: %s\n# line: 6.12\n# machine: mte\nok 1 - blocks:-n:2: a\nnot ok 2 - blocks: b\nok 3 listed # SKIP none here\n" "$1" >"$WORK/log"
	printf "step | seconds | limit | status | log\nstep | 1 | 9 | 1 | %s\n" "$WORK/log" >"$WORK/steps"
	"$WORK/summary" "$WORK/steps" "$WORK/skips" "$WORK/json" "$WORK/junit" >"$WORK/out" || true
	if paste -sd" " "$WORK/out" | grep -E "passed +line +machine +$2 blocks +6.12 +mte +1/2 +step +6.12 +mte +skip " >/dev/null; then
		echo "ok $N - the table of machines has $2"
	else
		FAILED=1
		echo "not ok $N - the table of machines has $2"
	fi
}
table_has 6.12.1-rig-cohmem-0123 cohmem
table_has 6.12.1-rig-cohmem-64k-0123 cohmem-64k
table_has 6.12.1 other
exit $FAILED
