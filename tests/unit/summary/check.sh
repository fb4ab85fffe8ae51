#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests of the test summary: a step that fails, in any way a step can, is never
# counted as passed. Each case is the log of one step.

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"

need_packages "${NATIVE_PACKAGES[@]}"
need_work
make -s -C "$TOP/tests/summary" OUT="$WORK" CFLAGS="-O1 -g -fsanitize=address,undefined"
export ASAN_OPTIONS=detect_leaks=0
printf 'test | reason\nstep/listed | there is a reason\n' >"$WORK/skips"

# counted STATUS LOG: the last line of the summary of a step with that status and log
counted() {
	local status=0
	printf '%b' "$2" >"$WORK/log"
	printf 'step | seconds | limit | status | log\nstep | 1 | 9 | %d | %s\n' "$1" "$WORK/log" >"$WORK/steps"
	"$WORK/summary" "$WORK/steps" "$WORK/skips" "$WORK/json" "$WORK/junit" >"$WORK/out" || status=$?
	COUNT=$(tail -n 1 "$WORK/out")
	echo "$COUNT, status $status"
	return "$status"
}

# is_counted STATUS LOG COUNT: the summary fails if it has counted a failure.
is_counted() {
	local status=0
	counted "$1" "$2" || status=$?
	[ "$COUNT" = "$3" ]
	case $3 in
	*' 0 failed'*) [ $status = 0 ] ;;
	*) [ $status = 1 ] ;;
	esac
}

test_that 'results are counted' is_counted 0 '1..2\nok 1 - a\nok 2 b\n' '2 passed, 0 failed, 0 skipped'
test_that 'a plan may come last' is_counted 0 'KTAP version 1\nok 1 a\n1..1\n' '1 passed, 0 failed, 0 skipped'
test_that 'a failed result is counted as failed' is_counted 1 '1..2\nok 1 a\nnot ok 2 b\n' '1 passed, 1 failed, 0 skipped'
test_that 'nested results are not counted beside their parent' is_counted 1 '1..1\n    1..2\n    ok 1 x\n    not ok 2 y\nnot ok 1 a\n' '0 passed, 1 failed, 0 skipped'
test_that 'a step without a plan has failed' is_counted 0 'ok 1 a\n' '1 passed, 1 failed, 0 skipped'
test_that 'a step without output has failed' is_counted 0 '' '0 passed, 1 failed, 0 skipped'
test_that 'a planned result that is missing has failed' is_counted 0 '1..3\nok 1 a\n' '1 passed, 1 failed, 0 skipped'
test_that 'more results than planned are a failure' is_counted 0 '1..1\nok 1 a\nok 2 b\n' '2 passed, 1 failed, 0 skipped'
test_that 'a bad exit status alone is a failure' is_counted 3 '1..1\nok 1 a\n' '1 passed, 1 failed, 0 skipped'
test_that 'a step that was stopped by its limit has failed' is_counted 124 '1..2\nok 1 a\n' '1 passed, 2 failed, 0 skipped'
test_that 'a step that bails out has failed' is_counted 0 '1..1\nok 1 a\nBail out! no kernel\n' '1 passed, 1 failed, 0 skipped'
test_that 'a listed skip is counted as skipped' is_counted 0 '1..2\nok 1 a\nok 2 listed # SKIP none here\n' '1 passed, 0 failed, 1 skipped'
test_that 'a skip that is not listed has failed' is_counted 0 '1..2\nok 1 a\nok 2 other # SKIP none here\n' '1 passed, 1 failed, 0 skipped'
test_that 'a failed result that says SKIP has failed' is_counted 1 '1..1\nnot ok 1 listed # SKIP none here\n' '0 passed, 1 failed, 0 skipped'

json_says_where_from() {
	counted 0 '1..1\n# kernel: 6.12.117\n# line: 6.12\n# machine: grace\n# page_size: 4096\nok 1 a\n'
	paste -sd' ' "$WORK/json" |
		grep '"kernel": "6.12.117", *"line": "6.12", *"machine": "grace", *"page_size": 4096'
}
test_that 'results.json says where a result is from' json_says_where_from

# table_has KERNEL COLUMN: a result on that kernel is in that column of the table.
table_has() {
	counted 1 "1..3\n# kernel: $1\n# line: 6.12\n# machine: mte\nok 1 - blocks:-n:2: a\nnot ok 2 - blocks: b\nok 3 listed # SKIP none here\n" || true
	cat "$WORK/out"
	paste -sd' ' "$WORK/out" | grep -E "passed +line +machine +$2 blocks +6.12 +mte +1/2 +step +6.12 +mte +skip "
}
test_that 'the table of machines has a column for cohmem' table_has 6.12.1-rig-cohmem-0123 cohmem
test_that 'the table of machines has a column for cohmem-64k' table_has 6.12.1-rig-cohmem-64k-0123 cohmem-64k
test_that 'the table of machines has a column for other kernels' table_has 6.12.1 other
tap_end
