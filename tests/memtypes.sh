#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the selftest cohmem_memory_types wherever tests/memtypes.list says, and
# looks for what it finds there and for what the kernel has to say.

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"

cd "$TOP"
LINE=${LINE:-6.12}
N=0 FAILED=0

# run_one KERNEL MACHINE POLICY RESULT FACTS CONSOLE-LINE
run_one() {
	local out=build/check/memtypes-$1-$2-$3 kernel=build/kernels/$LINE-$1
	local test=cohmem_memory_types status=0 wrong=() policy fwb dic mte
	[ "$2" != mte ] || test+=:-m
	N=$((N + 1))
	rig/run.sh --machine "$2" --kernel "$kernel" --job selftests --tests "$test" \
		--args "kvm-arm.cacheable_pfnmap=$3" --out "$out" >"$TMP" 2>&1 || status=$?

	# 0 is pass and 2 is fail; neither is a machine that was lost, or complained.
	case $4:$status in
	pass:0 | fail:2) ;;
	*) wrong+=("the run to $4, not status $status") ;;
	esac
	IFS=, read -r policy fwb dic mte <<<"$5"
	grep -qF "# policy $policy, fwb $fwb, dic $dic, vm_mte $mte" "$out/results.log" ||
		wrong+=("policy $policy, fwb $fwb, dic $dic, vm_mte $mte")
	[ -n "$6" ] && grep -qF "$6" "$out/console.log" ||
		wrong+=("'$6' on the console")
	! grep -q '# SKIP' "$out/results.log" || wrong+=("nothing skipped")

	echo "# kernel: $(cat "$kernel/release")"
	echo "# machine: $2"
	sed -n 's/^# fact page_size=\([0-9]*\).*/# page_size: \1/p' "$out/results.log"
	if [ ${#wrong[@]} -eq 0 ]; then
		echo "ok $N - $1 kernel, $2, policy $3: $4"
	else
		FAILED=1
		sed 's/^/# /' "$TMP"
		printf '# wanted: %s\n' "${wrong[@]}"
		echo "# logs are in $out"
		echo "not ok $N - $1 kernel, $2, policy $3: $4"
	fi
}

for variant in stock 4k; do
	scripts/kernel.sh $variant "$LINE" >/dev/null
done
TMP=$(mktemp)
trap 'rm -f "$TMP"' EXIT
mapfile -t runs < <(grep -Ev '^(#|$)' tests/memtypes.list)
echo "1..${#runs[@]}"
for run in "${runs[@]}"; do
	read -r variant machine policy result facts line <<<"$run"
	run_one "$variant" "$machine" "$policy" "$result" "$facts" "$line"
done
exit $FAILED
