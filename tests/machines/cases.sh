#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cases.sh check|full VARIANT...: runs the rows of tests/machines/cases.list of that mode
# and of these kernels, and looks for what has to come of them.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

CASES=build/check/cases

# use_case ROW: its cells, and what follows from them
use_case() {
	IFS='|' read -r variant machine policy result test finds console <<<"$1"
	job=selftests name=${test#job:} args=''
	if [[ $test == job:* ]]; then
		job=${name%%:*}
		[ "$job" = "$name" ] || args=" cohmem.${name#*:}"
	fi
	# Option -p chooses other tests; those without it are run on the same machine.
	[[ $name == *:-p:* ]] || name=${name%%:-*}
	case $result in
	pass) name+=": passes" ;;
	fail) name+=": fails" ;;
	panic) name+=": panics the kernel" ;;
	skip) name+=": cannot run" ;;
	esac
	name+=" on $machine, kernel $variant, policy $policy"
}

# The vCPUs of cohmem_stress need every CPU of the PC: with another run beside it, both
# take longer than one after the other.
needs_all_cpus() { [[ $1 == *cohmem_stress* ]]; }

# run_of ROW: the name of the run that this row is a case of. The debug kernel takes a
# minute to boot and to look for leaks, so its selftests on one machine share a run.
run_of() {
	use_case "$1"
	if [ "$variant:$job" = cohmem-debug:selftests ] && ! needs_all_cpus "$test"; then
		echo "$variant-$machine-$policy"
	else
		echo "${test//[:=]/_}-$variant-$machine-$policy"
	fi
}

# run_cases RUN: they have the kernel, the machine and the policy in common.
run_cases() {
	local options=() tests='' limit=0 row
	while IFS= read -r row; do
		use_case "$row"
		tests+=${tests:+,}$test
		limit=$((limit + TIMEOUT))
	done <<<"${CASES_OF[$1]}"
	[ "$result" != skip ] || return 0
	[ "$job" != selftests ] || options=(--tests "$tests")
	[ "$variant" != cohmem-debug ] || limit=$((3 * limit))
	run_rig "$CASES/$1" --machine "$machine" --kernel "$(kernel_of "$variant")" --job "$job" "${options[@]}" \
		--timeout "$limit" --args "kvm-arm.cacheable_pfnmap=$policy$args"
}

# take_apart OUT NR: of a run with several tests, what test number NR printed, and what the
# kernel said to its program, whose name has 15 characters there. Another test may have
# failed: the status of the run becomes that of this test, or 1 if it has no result.
take_apart() {
	results=$1/results.$2 said=$1/console.$2
	awk -v nr="$2" '/^(not )?ok [0-9]+ / { if (++n == nr) print; next } n == nr - 1' "$1/results.log" >"$results"
	grep -F ": ${test:0:15}: " "$1/console.log" >"$said" || true
	case $status:$(grep -oE '^(not )?ok' "$results") in
	0:ok | 2:ok) status=0 ;;
	[02]:'not ok') status=2 ;;
	[02]:) status=1 ;;
	esac
}

# as_listed OUT NR STATUS: that of the run, which is 0 for pass, 2 for fail and 4 for panic.
# Others are not a fail that was wanted: the machine was lost, or its kernel complained. NR
# is 0 if the run has one case only.
as_listed() {
	local out=$1 results=$1/results.log said=$1/console.log status=$3 wrong=()
	[ "$result" != skip ] || skip "$(list_rows tests/skips.list test reason | sed -n "s/^[^|]*\/${name}|//p")"
	[ "$2" = 0 ] || take_apart "$out" "$2"
	case $result:$status in
	pass:0 | fail:2 | panic:4) ;;
	*) wrong+=("the run to $result, not status $status") ;;
	esac
	[ "$finds" = - ] || grep -qF -- "$finds" "$results" || wrong+=("the test to find: $finds")
	[ "$console" = - ] || grep -qF -- "$console" "$said" || wrong+=("on the console: $console")
	! grep -q '# SKIP' "$results" || wrong+=("nothing skipped")
	! grep -qE '^not ok .* # (too slow|stuck)' "$results" || wrong+=("the test to come to its end")
	[ ${#wrong[@]} -gt 0 ] || return 0
	cat "$out/run.log"
	{ grep -E '^ *(not ok|# seed|# +[^ ]*\.c:[0-9]+:) ' "$results" || true; } | head -n 20 | sed 's/^ *//'
	printf 'wanted: %s\n' "${wrong[@]}"
	echo "logs are in $out; again: make test MACHINE=$machine VARIANT=$variant POLICY=$policy TEST=${test#job:}"
	return 1
}

# judge_cases RUN STATUS: each of its rows
judge_cases() {
	local nr=0 row
	[[ ${CASES_OF[$1]} != *$'\n'* ]] || nr=1
	while IFS= read -r row; do
		use_case "$row"
		results_are_of "$variant" "$machine"
		[ "$result" = skip ] ||
			sed -n 's/^# fact page_size=\([0-9]*\).*/# page_size: \1/p' "$CASES/$1/results.log" 2>/dev/null || true
		test_that "$name" as_listed "$CASES/$1" $nr "$2"
		[ $nr = 0 ] || nr=$((nr + 1))
	done <<<"${CASES_OF[$1]}"
}

mode=${1:-}
# Of one case, in seconds of an idle PC (lib/pace.h): one that hangs must not take all
# the time of its step. On the debug kernel, which checks all it does, it has three times
# as much.
TIMEOUT=900
[ "$mode" != full ] || TIMEOUT=1200
[[ $mode =~ ^(check|full)$ ]] && [ $# -gt 1 ] ||
	die "which cases, and for which kernels?" "usage: tests/machines/cases.sh check|full VARIANT..."
shift
rows=() RUNS=()
declare -A CASES_OF=()	# rows, a line each, by the name of their run
read_list rows tests/machines/cases.list mode kernel machine policy result test finds console
# The stock one is the inner guest's.
need_kernels stock selftests "$@"
for row in "${rows[@]}"; do
	[ "${row%%|*}" = "$mode" ] || continue
	row=${row#*|}
	use_case "$row"
	[[ " $* " == *" $variant "* ]] && is_chosen "$name" || continue
	run=$(run_of "$row")
	[ -n "${CASES_OF[$run]:-}" ] || RUNS+=("$run")
	CASES_OF[$run]+=${CASES_OF[$run]:+$'\n'}$row
done
# Those that need all CPUs come last: nothing else has to wait for them.
for run in "${RUNS[@]}"; do
	needs_all_cpus "$run" || pool_add judge_cases "$run" run_cases "$run"
done
for run in "${RUNS[@]}"; do
	needs_all_cpus "$run" || continue
	pool_finish
	pool_add judge_cases "$run" run_cases "$run"
done
pool_finish
tap_end
