#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# upstream.sh check|full: runs the kernel's own KVM selftests, as the list
# says, on the stock kernel, on cohmem and on cohmem with the policy off, and wants
# them to do the same on all three; with check, boots an ordinary guest there too.

# shellcheck source=../../scripts/env.sh
. "$(dirname "$0")/../../scripts/env.sh"
supervise "$@"

cd "$TOP"
use_line
LIST=kernel/lines/$LINE/upstream.list
BIN=build/selftests/$LINE
KERNELS=(stock cohmem off)
HUGE_PAGES="hugepagesz=2M hugepages=100"	# for the tests that want them
FAILED=0

# The list, with tabs between its columns.
all_rows() { sed -E '/^#/d; /^[[:space:]]*$/d; s/[[:space:]]*\|[[:space:]]*/\t/g' "$LIST"; }
rows() { all_rows | awk -F '\t' -v when="$1" '$1 == when'; }
machines() { rows "$mode" | cut -f 2 | tr , '\n' | awk '!seen[$0]++'; }
rows_on() { rows "$mode" | awk -F '\t' -v OFS='\t' -v on="$1" 'index("," $2 ",", "," on ",") { print $3, $4 }'; }

# result STATUS TEXT: one line of TAP
result() {
	local not=''
	[ "$1" = 0 ] || not='not ' FAILED=1
	echo "${not}ok $2"
}

# boot OUT KERNEL ARGS OPTION...: leaves in OUT the logs and the status of the run.
boot() {
	local out=$1 variant=cohmem args=$3 status=0
	case $2 in
	stock) variant=stock ;;
	off) args+=" kvm-arm.cacheable_pfnmap=off" ;;
	esac
	shift 3
	rm -rf "$out"
	mkdir -p "$out"
	rig/run.sh --kernel "build/kernels/$LINE-$variant" --args "$args" --out "$out" "$@" \
		>"$out/run.log" 2>&1 || status=$?
	echo "$status" >"$out/status"
}

# ended OUT TEXT STATUS...: whether the run had one of these.
ended() {
	local out=$1 text=$2 bad=1
	shift 2
	[[ " $* " != *" $(cat "$out/status") "* ]] || bad=0
	[ $bad = 0 ] || {
		sed 's/^/# /' "$out/run.log"
		sed -n 's/^\(outcome\|reason\|source\): /# &/p' "$out/verdict" || true
		echo "# logs are in $out"
	}
	result $bad "$text"
}

# Two at once: an emulated host keeps little more than one CPU busy.
run_all() {
	local machine kernel
	for machine in $(machines); do
		{ echo "test | expect" && rows_on "$machine" | tr '\t' '|'; } >"$OUT/$machine.rows"
		for kernel in "${KERNELS[@]}"; do
			[ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
			boot "$OUT/$machine-$kernel" "$kernel" "$HUGE_PAGES" --machine "$machine" \
				--job selftests --selftests "$BIN" --limit "$LIMIT" --timeout "$TIMEOUT" \
				--tests "$(rows_on "$machine" | cut -f 1 | paste -sd,)" &
		done
	done
	for kernel in "${GUESTS[@]}"; do
		[ "$(jobs -rp | wc -l)" -lt 2 ] || wait -n
		boot "$OUT/guest-$kernel" "$kernel" '' --machine grace --job ram --memory anon &
	done
	wait
}

report() {
	local machine kernel runs status
	for machine in $(machines); do
		echo "# machine: $machine"
		runs=() status=0
		for kernel in "${KERNELS[@]}"; do
			runs+=("$kernel=$OUT/$machine-$kernel")
		done
		build/rig/compare "$OUT/$machine.rows" "${runs[@]}" | tee "$OUT/$machine.same" || status=$?
		[ $status = 0 ] || FAILED=1
		for kernel in "${KERNELS[@]}"; do
			# 0 is pass and 2 is fail, which the results tell themselves.
			ended "$OUT/$machine-$kernel" \
				"on $machine, the $kernel kernel came to its end, and did not complain" 0 2
		done
	done
	for kernel in "${GUESTS[@]}"; do
		ended "$OUT/guest-$kernel" "an ordinary guest boots and works on the $kernel kernel" 0
	done
}

# A row that is never looked at, or a program that has none, would go unnoticed.
check_list() {
	local named built
	named=$(all_rows | awk -F '\t' '$1 != "passed" { sub(/:.*/, "", $3); print $3 }' | sort -u)
	built=$(cat "$BIN/../upstream")
	[ "$named" = "$built" ] || diff <(echo "$built") <(echo "$named") | sed -n 's/^</# not listed:/p; s/^>/# not there:/p'
	! all_rows | awk -F '\t' 'NF != 4 || $1 !~ /^(check|full|never|passed)$/ || $4 == "" && $1 != "passed"' | sed 's/^/# not a row: /' | grep . || return 1
	[ "$named" = "$built" ]
}

mode=${1:-}
case $mode in
check) GUESTS=("${KERNELS[@]}") LIMIT=90 TIMEOUT=400 ;;
full) GUESTS=() LIMIT=400 TIMEOUT=1200 ;;
*) die "usage: tests/machines/upstream.sh check|full" ;;
esac
for variant in stock cohmem; do
	scripts/kernel.sh "$variant" >/dev/null
done
scripts/selftests.sh >/dev/null
OUT=build/check/upstream-$mode
rm -rf "$OUT"
mkdir -p "$OUT"
wanted=$(rows passed | awk -F '\t' -v when="$mode" '$2 == when { print $3 }')
[ -n "$wanted" ] || die "$LIST does not say how many have to pass"
planned=2
for machine in $(machines); do
	planned=$((planned + $(rows_on "$machine" | wc -l) + ${#KERNELS[@]}))
done
echo "1..$((planned + ${#GUESTS[@]}))"
echo "# kernel: $(cat "build/kernels/$LINE-cohmem/release")"
echo "# line: $LINE"
status=0
check_list || status=1
result $status "each of the kernel's own selftests is in $LIST, and each that is there is one"
run_all
report
passed=$(sed -n 's/^# passed //p' "$OUT"/*.same | awk "{ n += \$1 } END { print n + 0 }")
status=0
[ "$passed" -ge "$wanted" ] || status=1
result $status "$passed tests ran and passed on the stock kernel, at least $wanted wanted"
exit $FAILED
