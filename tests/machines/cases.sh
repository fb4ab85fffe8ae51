#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cases.sh MODE VARIANT...: the rows of tests/machines/cases.list that are for this mode
# (check or full) and these kernels: runs each, and looks for what is to be found
# there and for what the kernel has to say.

# shellcheck source=../../scripts/env.sh
. "$(dirname "$0")/../../scripts/env.sh"
supervise "$@"

cd "$TOP"
use_line
N=0 FAILED=0

# split_row ROW: its fields, and what follows from them
split_row() {
	local name
	IFS='|' read -r mode variant machine policy result test finds line <<<"$1"
	for name in mode variant machine policy result test finds line; do
		read -r "${name?}" <<<"${!name}"
	done
	job=selftests kernel=build/kernels/$LINE-$variant
	[[ $test != job:* ]] || job=${test#job:}
	name=${test#job:}
	out=build/check/matrix/${name//[:=]/_}-$variant-$machine-$policy
}

# name_of_row: as it is reported
name_of_row() {
	local name=${test#job:}
	echo "${name%%:-*}: $variant kernel, $machine, policy $policy: $result"
}

# run_row ROW: leaves its logs, what it said, and its status in its directory.
run_row() {
	local status=0 tests=()
	split_row "$1"
	mkdir -p "$out"
	if [ "$result" = skip ]; then
		echo 0 >"$out/status"
		return
	fi
	[ "$job" != selftests ] || tests=(--tests "$test")
	rig/run.sh --machine "$machine" --kernel "$kernel" --job "$job" "${tests[@]}" --timeout $TIMEOUT \
		--args "kvm-arm.cacheable_pfnmap=$policy" --out "$out" >"$out/run.log" 2>&1 || status=$?
	echo "$status" >"$out/status.new"
	mv "$out/status.new" "$out/status"
}

report_row() {
	local status name wrong=()
	split_row "$1"
	name=$(name_of_row)
	N=$((N + 1))
	echo "# kernel: $(cat "$kernel/release")"
	echo "# line: $LINE"
	echo "# machine: $machine"
	if [ "$result" = skip ]; then
		echo "ok $N - $name # SKIP $(grep -F "/$name | " tests/skips.list | sed 's/.* | //')"
		return
	fi
	status=$(cat "$out/status")
	# 0 is pass and 2 is fail; neither is a machine that was lost, or complained.
	case $result:$status in
	pass:0 | fail:2) ;;
	*) wrong+=("the run to $result, not status $status") ;;
	esac
	[ "$finds" = - ] || grep -qF "$finds" "$out/results.log" || wrong+=("the test to find: $finds")
	[ "$line" = - ] || grep -qF "$line" "$out/console.log" || wrong+=("'$line' on the console")
	! grep -q '# SKIP' "$out/results.log" || wrong+=("nothing skipped")
	! grep -qE '^not ok .* # (too slow|stuck)' "$out/results.log" || wrong+=("the test to come to its end")

	sed -n 's/^# fact page_size=\([0-9]*\).*/# page_size: \1/p' "$out/results.log"
	if [ ${#wrong[@]} -eq 0 ]; then
		echo "ok $N - $name"
	else
		FAILED=1
		sed 's/^/# /' "$out/run.log"
		{ grep -E '^ *(not ok|# seed|# +[^ ]*\.c:[0-9]+:) ' "$out/results.log" || true; } | head -n 20 | sed 's/^ */# /'
		printf '# wanted: %s\n' "${wrong[@]}"
		echo "# logs are in $out; again: make test MACHINE=$machine VARIANT=$variant POLICY=$policy TEST=${test#job:}"
		echo "not ok $N - $name"
	fi
}

mode=${1:-}
# Of one run, in seconds of an idle machine (lib/pace.h): one that hangs must not take all
# the time of its step. The longer ones, on the slow debug kernel, are for the full mode.
TIMEOUT=900
[ "$mode" != full ] || TIMEOUT=1200
[[ $mode =~ ^(check|full)$ ]] && [ $# -gt 1 ] ||
	die "which rows, and for which kernels?" "usage: tests/machines/cases.sh check|full VARIANT..."
shift
# The stock one is the inner guest's.
for variant in stock "$@"; do
	scripts/kernel.sh "$variant" >/dev/null
done
scripts/selftests.sh >/dev/null
mapfile -t rows < <(grep -E "^$mode *\| *($(IFS='|' && echo "$*")) *\|" tests/machines/cases.list)
echo "1..${#rows[@]}"
for row in "${rows[@]}"; do
	split_row "$row"
	rm -rf "$out"
done
# report_finished: those that are next in the list's order and have ended
report_finished() {
	while [ $N -lt ${#rows[@]} ]; do
		split_row "${rows[N]}"
		[ -e "$out/status" ] || break
		report_row "${rows[N]}"
	done
}

# Two at once: an emulated host keeps little more than one CPU busy.
for row in "${rows[@]}"; do
	if [ "$(jobs -rp | wc -l)" -ge 2 ]; then
		wait -n
		report_finished
	fi
	run_row "$row" &
done
wait
report_finished
exit $FAILED
