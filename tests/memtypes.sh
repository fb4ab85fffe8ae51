#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the selftest cohmem_memory_types wherever tests/memtypes.list says, and
# looks for what the kernel has to say there. The kernels are built already.

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"

cd "$TOP"
N=0 FAILED=0

# run_one KERNEL MACHINE POLICY RESULT LINE
run_one() {
	local out=build/check/memtypes-$1-$2-$3 status=0 test=cohmem_memory_types good=ok
	[ "$2" != mte ] || test+=:-m
	N=$((N + 1))
	rig/run.sh --machine "$2" --kernel "build/kernels/6.12-$1" --job selftests --tests "$test" \
		--args "kvm-arm.cacheable_pfnmap=$3" --out "$out" >"$TMP" 2>&1 || status=$?
	grep -E '^    (ok|not ok|1\.\.)' "$out/results.log" || true
	# 0 is pass and 2 is fail; neither is a machine that was lost, or complained.
	case $4:$status in
	pass:0 | fail:2) ;;
	*) good='not ok' ;;
	esac
	grep -qF "$5" "$out/console.log" || good='not ok'
	if [ "$good" != ok ]; then
		FAILED=1
		sed 's/^/# /' "$TMP"
		echo "# wanted: $4, and on the console \"$5\"; logs are in $out"
	fi
	echo "$good $N - $1 kernel, $2, $3: $4"
}

TMP=$(mktemp)
trap 'rm -f "$TMP"' EXIT
mapfile -t runs < <(grep -Ev '^(#|$)' tests/memtypes.list)
echo "1..${#runs[@]}"
for run in "${runs[@]}"; do
	read -r kernel machine policy result line <<<"$run"
	run_one "$kernel" "$machine" "$policy" "$result" "$line"
done
exit $FAILED
