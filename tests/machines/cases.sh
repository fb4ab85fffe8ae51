#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cases.sh check|full VARIANT...: runs the rows of tests/machines/cases.list of that mode
# and of these kernels, and looks for what has to come of them.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# use_case ROW: its cells, and what follows from them
use_case() {
	IFS='|' read -r variant machine policy result test finds console <<<"$1"
	job=selftests name=${test#job:}
	[[ $test != job:* ]] || job=$name
	out=build/check/cases/${name//[:=]/_}-$variant-$machine-$policy
	case $result in
	pass) name="${name%%:-*}: passes" ;;
	fail) name="${name%%:-*}: fails" ;;
	skip) name="${name%%:-*}: cannot run" ;;
	esac
	name+=" on $machine, kernel $variant, policy $policy"
}

run_case() {
	local options=() limit=$TIMEOUT
	use_case "$1"
	[ "$result" != skip ] || return 0
	[ "$job" != selftests ] || options=(--tests "$test")
	[ "$variant" != cohmem-debug ] || limit=$((3 * TIMEOUT))
	run_rig "$out" --machine "$machine" --kernel "$(kernel_of "$variant")" --job "$job" "${options[@]}" \
		--timeout "$limit" --args "kvm-arm.cacheable_pfnmap=$policy"
}

# as_listed STATUS: that of the run, which is 0 for pass and 2 for fail. Others are not
# a fail that was wanted: the machine was lost, or its kernel complained.
as_listed() {
	local wrong=()
	[ "$result" != skip ] || skip "$(list_rows tests/skips.list test reason | sed -n "s/^[^|]*\/${name}|//p")"
	case $result:$1 in
	pass:0 | fail:2) ;;
	*) wrong+=("the run to $result, not status $1") ;;
	esac
	[ "$finds" = - ] || grep -qF -- "$finds" "$out/results.log" || wrong+=("the test to find: $finds")
	[ "$console" = - ] || grep -qF -- "$console" "$out/console.log" || wrong+=("on the console: $console")
	! grep -q '# SKIP' "$out/results.log" || wrong+=("nothing skipped")
	! grep -qE '^not ok .* # (too slow|stuck)' "$out/results.log" || wrong+=("the test to come to its end")
	[ ${#wrong[@]} -gt 0 ] || return 0
	cat "$out/run.log"
	{ grep -E '^ *(not ok|# seed|# +[^ ]*\.c:[0-9]+:) ' "$out/results.log" || true; } | head -n 20 | sed 's/^ *//'
	printf 'wanted: %s\n' "${wrong[@]}"
	echo "logs are in $out; again: make test MACHINE=$machine VARIANT=$variant POLICY=$policy TEST=${test#job:}"
	return 1
}

judge_case() {
	use_case "$1"
	results_are_of "$variant" "$machine"
	[ "$result" = skip ] || sed -n 's/^# fact page_size=\([0-9]*\).*/# page_size: \1/p' "$out/results.log" 2>/dev/null || true
	test_that "$name" as_listed "$2"
}

mode=${1:-}
# Of one run, in seconds of an idle PC (lib/pace.h): one that hangs must not take all
# the time of its step. A run on the debug kernel, which checks all it does, has three times
# as much.
TIMEOUT=900
[ "$mode" != full ] || TIMEOUT=1200
[[ $mode =~ ^(check|full)$ ]] && [ $# -gt 1 ] ||
	die "which cases, and for which kernels?" "usage: tests/machines/cases.sh check|full VARIANT..."
shift
rows=()
read_list rows tests/machines/cases.list mode kernel machine policy result test finds console
# The stock one is the inner guest's.
need_kernels stock selftests "$@"
for row in "${rows[@]}"; do
	[ "${row%%|*}" = "$mode" ] || continue
	row=${row#*|}
	use_case "$row"
	if [[ " $* " == *" $variant "* ]] && is_chosen "$name"; then
		pool_add judge_case "$row" run_case "$row"
	fi
done
pool_finish
tap_end
