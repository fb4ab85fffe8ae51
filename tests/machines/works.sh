#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# works.sh: runs the jobs behind docs/what-works.md, and compares: each result is
# to be named in that table, and each name in the table is to be a result.

# shellcheck source=../../scripts/env.sh
. "$(dirname "$0")/../../scripts/env.sh"
supervise "$@"

cd "$TOP"
use_line
KERNEL=build/kernels/$LINE-cohmem
TABLE=docs/what-works.md
N=0 FAILED=0

# result STATUS NAME: one line of TAP
result() {
	local not=''
	N=$((N + 1))
	[ "$1" = 0 ] || { not='not ' FAILED=1; }
	echo "${not}ok $N - $2"
}

# results FILE: "ok NAME # what was found", without the numbers
results() { sed -nE 's/^((not )?ok) [0-9]+ /\1 /p' "$1"; }

# run_job JOB: leaves its logs, what it said, and its status in build/check/JOB.
run_job() {
	local out=build/check/$1 status=0
	mkdir -p "$out"
	rig/run.sh --machine grace --kernel "$KERNEL" --job "$1" --out "$out" \
		--timeout 240 >"$out/run.log" 2>&1 || status=$?
	echo "$status" >"$out/status"
}

# report_job JOB: 0 is pass and 2 is fail, which the results tell themselves. Any other
# is a machine that was lost or stuck, or a kernel that complained.
report_job() {
	local job=$1 out=build/check/$1 status line wrong=0
	status=$(cat "$out/status")
	echo "# kernel: $(cat "$KERNEL/release")"
	echo "# line: $LINE"
	echo "# machine: grace"
	while read -r line; do
		case $line in
		ok\ *) result 0 "$job: ${line#ok }" ;;
		*) result 1 "$job: ${line#not ok }" ;;
		esac
		line=${line#not }
		line=${line#ok }
		NAMES+=("${line%% *}")
	done < <(results "$out/results.log")
	case $status in
	0 | 2) ;;
	*) wrong=1 ;;
	esac
	[ "$status" = 0 ] || sed "s/^/# /" "$out/run.log"
	result $wrong "$job: the machine came to its end, and its kernel did not complain"
}

# The last column of the table has the names, in back quotes.
# shellcheck disable=SC2016 # a back quote is a back quote
named() {
	sed -nE 's/^\|.*\|([^|]*)\|$/\1/p' "$TABLE" | grep -oE '`[a-z0-9_]+`' | tr -d '`' | sort -u
}

for variant in stock cohmem; do
	scripts/kernel.sh "$variant" >/dev/null
done
NAMES=()
JOBS=(works-dma works-vm works-zap works-dax works-gpu)
rm -rf "${JOBS[@]/#/build/check/}"
# Two at once: an emulated host keeps little more than one CPU busy.
for job in "${JOBS[@]}"; do
	[ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
	run_job "$job" &
done
wait
for job in "${JOBS[@]}"; do
	report_job "$job"
done

unnamed=$(comm -13 <(named) <(printf '%s\n' "${NAMES[@]}" | sort) | paste -sd' ')
result "$([ -z "$unnamed" ] && echo 0 || echo 1)" "each result is named in $TABLE${unnamed:+, but not: $unnamed}"
untested=$(comm -23 <(named) <(printf '%s\n' "${NAMES[@]}" | sort) | paste -sd' ')
result "$([ -z "$untested" ] && echo 0 || echo 1)" "each name in $TABLE is a result${untested:+, but not: $untested}"
echo "1..$N"
exit $FAILED
