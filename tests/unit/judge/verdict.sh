#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Does the verdict tell the outcomes apart? Logs made up for each of them.
#   verdict.sh PATH-OF-VERDICT; prints TAP.
set -eu

verdict=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
number=0 failed=0
good=$'KTAP version 1\n1..2\nok 1 a\n    not ok 1 nested\nok 2 b # text\n# done'

# expect OUTCOME EXIT-STATUS NAME QEMU-STATUS RESULTS CONSOLE
expect() {
	local status=0 outcome
	number=$((number + 1))
	rm -f "$dir/verdict"
	printf '%s\n' "$5" >"$dir/results.log"
	printf '%s\n' "$6" >"$dir/console.log"
	"$verdict" "$dir" "$4" "$dir" || status=$?
	outcome=$(sed -n 's/^outcome: //p' "$dir/verdict")
	if [ "$outcome:$status" = "$1:$2" ]; then
		echo "ok $number $3"
	else
		echo "not ok $number $3 # $outcome and status $status, not $1 and $2"
		failed=1
	fi
}

# tap_fails NAME RESULTS: TAP must show a failure, or it would count as none.
tap_fails() {
	number=$((number + 1))
	printf '%s\n' "$2" >"$dir/results.log"
	: >"$dir/console.log"
	if { "$verdict" --tap "$dir" 0 "$dir" || true; } | grep '^not ok ' >/dev/null; then
		echo "ok $number $1"
	else
		echo "not ok $number $1 # the TAP shows no failure"
		failed=1
	fi
}

printf 'text | reason\nharmless thing | a reason\n' >"$dir/splats.allow"

echo "TAP version 13"
echo "1..23"
expect pass 0 'all well' 0 "$good" 'booted'
expect fail 2 'a failed result' 0 "${good/ok 1 a/not ok 1 a}" ''
expect fail 2 'a missing result' 0 "${good/ok 1 a/# nothing}" ''
expect fail 2 'a result too many' 0 "${good/ok 1 a/$'ok 1 a\nok 2 c'}" ''
expect fail 2 'a result twice' 0 "${good/ok 2 b/ok 1 a}" ''
expect fail 2 'a plan after the results' 0 $'ok 1 a\n1..1\n# done' ''
expect fail 2 'no plan' 0 $'KTAP version 1\nok 1 a\n# done' ''
expect fail 2 'bail out' 0 $'KTAP version 1\nBail out! no' ''
expect pass 0 'a skip' 0 "${good/b # text/b # SKIP why}" ''
expect lost 6 'no end' 0 "${good/\# done/}" ''
expect lost 6 'no results at all' 0 '' ''
expect lost 6 'QEMU failed' 1 "$good" ''
expect lost 6 'QEMU was killed' 137 "${good/\# done/}" ''
expect timeout 3 'out of time' 124 "${good/\# done/}" ''
expect panic 4 'panic' 0 '' 'Kernel panic - not syncing: x'
expect panic 4 'panic, out of time, after a splat' 124 '' \
	$'WARNING: x\nKernel panic - not syncing: x'
expect splat 5 'a kernel warning in a run that passed' 0 "$good" '[ 1.0] WARNING: CPU: 0 PID: 1 at x'
expect splat 5 'lost memory' 0 "$good" '[ 9.0] kmemleak: 2 new suspected memory leaks (see /sys/kernel/debug/kmemleak)'
expect pass 0 'a look for lost memory' 0 "$good" '[ 9.0] kmemleak: Automatic memory scanning thread started'
expect pass 0 'an allowed splat' 0 "$good" '[ 1.0] WARNING: harmless thing'
expect pass 0 'what a test says is not a splat' 0 "$good" 'rig: | WARNING: x'
expect splat 5 'a splat after what a test says' 0 "$good" 'rig: | ok[   3.649281] WARNING: x'
tap_fails 'TAP shows that there is no plan' 'KTAP version 1'
exit "$failed"
