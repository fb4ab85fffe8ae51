#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Is a difference between two kernels seen? Logs made up for each kind of it.
#   compare.sh PATH-OF-COMPARE; prints TAP.
set -eu

same=$(readlink -f "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir a b
number=0 failed=0
pass=$'1..2\n    ok 1 x\n    # 12 us\nok 1 one\nok 2 two'
fail=$'1..1\n    #   arm64/two.c:12: x == y\nnot ok 1 two # exit status 254'
skip=$'1..1\nok 1 two # SKIP why'

# expect EXIT-STATUS PASSED NAME ROWS RESULTS RESULTS
expect() {
	local status=0 passed
	number=$((number + 1))
	printf 'test | expect\n%b\n' "$4" >rows
	printf '%s\n' "$5" >a/results.log
	printf '%s\n' "$6" >b/results.log
	"$same" rows a=a b=b >out 2>&1 || status=$?
	passed=$(sed -n 's/^# passed //p' out)
	# A status without a failed line, or the other way round, would be lost on the way.
	if [ "$status:$passed" = "$1:$2" ] && [ "$status" = "$(grep -c '^not ok ' out | sed 's/^[1-9].*/2/')" ]; then
		echo "ok $number $3"
	else
		echo "not ok $number $3 # status $status and $passed passed, not $1 and $2"
		failed=1
	fi
}

echo "TAP version 13"
echo "1..15"
both='one|pass\ntwo:-x|pass'
expect 0 2 'all well, and other times' "$both" "$pass" "${pass/12 us/99 us}"
expect 2 2 'it fails on the second kernel' "$both" "$pass" "${pass/ok 2/not ok 2}"
expect 2 1 'it fails on the first kernel' "$both" "${pass/ok 2/not ok 2}" "$pass"
expect 2 1 'it fails on both, and is to pass' "$both" "${pass/ok 2/not ok 2}" "${pass/ok 2/not ok 2}"
expect 2 2 'it is skipped on the second kernel' "$both" "$pass" "${pass/two/two # SKIP why}"
expect 2 1 'it is skipped on both' "$both" "${pass/two/two # SKIP why}" "${pass/two/two # SKIP why}"
expect 2 2 'it is missing on the second kernel' "$both" "$pass" "${pass%ok 2 two}"
expect 2 0 'there are no results' "$both" '' ''
expect 2 2 'another result within it' "$both" "$pass" "${pass/ok 1 x/ok 1 x # SKIP}"
expect 2 2 'another test' 'one|pass\nthree|pass' "$pass" "$pass"
expect 0 0 'a failure that is listed' 'two|fail two.c:12' "$fail" "$fail"
expect 2 0 'a listed failure, elsewhere on the second kernel' 'two|fail two.c:12' "$fail" "${fail/:12/:13}"
expect 2 0 'a failure elsewhere than listed' 'two|fail two.c:12' "${fail/:12/:13}" "${fail/:12/:13}"
expect 2 1 'a listed failure that is none' 'two|fail two.c:12' $'1..1\nok 1 two' $'1..1\nok 1 two'
expect 2 0 'nothing can be listed but a pass and a failure' 'two|skip' "$skip" "$skip"
exit "$failed"
