#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# upstream.sh check|full: runs the kernel's own KVM selftests, as the line's upstream.list
# says, on the stock kernel, on cohmem and on cohmem with the policy off: all three have to
# do the same. With check, boots an ordinary guest on each, too.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

LIST=kernel/lines/$LINE/upstream.list
BIN=build/selftests/$LINE
KERNELS=(stock cohmem off)
HUGE_PAGES="hugepagesz=2M hugepages=100"	# for the tests that want them
declare -A STATUS=()	# of each run, by its directory

# tests_on MACHINE: TEST|WHAT-IT-DOES of each, on the stock kernel
tests_on() {
	local when machines test stock
	while IFS='|' read -r when machines test stock; do
		[ "$when" != "$mode" ] || [[ ,$machines, != *,$1,* ]] || printf '%s|%s\n' "$test" "$stock"
	done < <(printf '%s\n' "${rows[@]}")
}

# boot OUT KERNEL ARGS OPTION...
boot() {
	local variant=cohmem args=$3
	case $2 in
	stock) variant=stock ;;
	off) args+=" kvm-arm.cacheable_pfnmap=off" ;;
	esac
	run_rig "$1" --kernel "$(kernel_of "$variant")" --args "$args" "${@:4}"
}

judge() { STATUS[$1]=$2; }

run_all() {
	local machine kernel out
	for machine in "${machines[@]}"; do
		{ echo "test | expect" && tests_on "$machine"; } >"$OUT/$machine.rows"
		for kernel in "${KERNELS[@]}"; do
			out=$OUT/$machine-$kernel
			pool_add judge "$out" boot "$out" "$kernel" "$HUGE_PAGES" --machine "$machine" \
				--job selftests --selftests "$BIN" --limit "$LIMIT" --timeout "$TIMEOUT" \
				--tests "$(tests_on "$machine" | cut -d'|' -f 1 | paste -sd,)"
		done
	done
	for kernel in "${GUESTS[@]}"; do
		out=$OUT/guest-$kernel
		pool_add judge "$out" boot "$out" "$kernel" '' --machine grace --job ram --memory anon
	done
	pool_finish
}

# compare MACHINE: its results on all kernels; keeps what was said of them.
compare() {
	local kernel runs=()
	for kernel in "${KERNELS[@]}"; do
		runs+=("$kernel=$OUT/$1-$kernel")
	done
	build/rig/compare "$OUT/$1.rows" "${runs[@]}" | tee "$OUT/$1.same"
}

report() {
	local machine kernel out
	for machine in "${machines[@]}"; do
		results_are_of cohmem "$machine"
		tap_from "compare on $machine" compare "$machine"
		for kernel in "${KERNELS[@]}"; do
			out=$OUT/$machine-$kernel
			test_that "on $machine, the $kernel kernel came to its end, and did not complain" \
				ended_well "$out" "${STATUS[$out]}" 0 2
		done
	done
	for kernel in "${GUESTS[@]}"; do
		out=$OUT/guest-$kernel
		test_that "an ordinary guest boots and works on the $kernel kernel" ended_well "$out" "${STATUS[$out]}" 0
	done
}

# A row that is never looked at, or a program that has none, would go unnoticed.
list_is_whole() {
	local row when machines test stock
	for row in "${rows[@]}"; do
		IFS='|' read -r when machines test stock <<<"$row"
		case $when in
		passed) continue ;;
		check | full | cases | never) [ -n "$stock" ] && echo "${test%%:*}" >>"$WORK/listed" && continue ;;
		esac
		echo "not a row: $row"
		return 1
	done
	sort -u -o "$WORK/listed" "$WORK/listed"
	diff "$BIN/../upstream" "$WORK/listed" | sed -n 's/^</not listed:/p; s/^>/not there:/p'
}

enough_pass() {
	local passed
	passed=$(cat "$OUT"/*.same | sed -n 's/^# passed //p' | awk '{ n += $1 } END { print n + 0 }')
	echo "$passed passed"
	[ "$passed" -ge "$wanted" ]
}

mode=${1:-}
case $mode in
check) GUESTS=("${KERNELS[@]}") LIMIT=90 TIMEOUT=400 ;;
full) GUESTS=() LIMIT=400 TIMEOUT=1200 ;;
*) die "which of the selftests?" "usage: tests/machines/upstream.sh check|full" ;;
esac
rows=()
read_list rows "$LIST" when machines test stock
wanted=$(printf '%s\n' "${rows[@]}" | sed -n "s/^passed|$mode|\([0-9]*\)|.*/\1/p")
[ -n "$wanted" ] || die "$LIST does not say how many have to pass" "add a row: passed | $mode | NUMBER | -"
mapfile -t machines < <(printf '%s\n' "${rows[@]}" | sed -n "s/^$mode|\([^|]*\).*/\1/p" | tr , '\n' | awk '!seen[$0]++')
need_kernels stock selftests cohmem
OUT=build/check/upstream-$mode
rm -rf "$OUT"
mkdir -p "$OUT"
test_that "each of the kernel's own selftests is in $LIST, and each that is there is one" list_is_whole
run_all
report
test_that "at least $wanted tests passed on the stock kernel" enough_pass
tap_end
