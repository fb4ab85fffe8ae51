#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# soak.sh MINUTES: the stress test on the debug kernel, again and again, each time
# with the next seed. SEED= says with which to begin.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

minutes=${1:-}
seed=${SEED:-$(date +%s)}
[[ $minutes =~ ^[1-9][0-9]*$ ]] || die "MINUTES=$minutes is not a number of minutes" "for example: make soak MINUTES=60"
[[ $seed =~ ^[0-9]+$ ]] || die "SEED=$seed is not a number" "leave it out for a seed of its own"

need_kernels stock selftests cohmem-debug
SECONDS=0 rounds=0
while [ $SECONDS -lt $((minutes * 60)) ]; do
	note "seed $seed, $((SECONDS / 60)) of $minutes minutes"
	rig/run.sh --machine grace --kernel "$(kernel_of cohmem-debug)" --job selftests \
		--tests "cohmem_stress:-s:$seed:-n:200:-w:1000" --timeout 1800 --out "build/soak/$seed" &&
		nothing_skipped "build/soak/$seed" ||
		die "seed $seed failed after $rounds good ones" \
			"logs are in build/soak/$seed; again: make soak MINUTES=1 SEED=$seed"
	sed -n 's/^ *ok [0-9]* \(.* faults, .* invalidation retries\)$/  \1/p' "build/soak/$seed/results.log"
	rounds=$((rounds + 1))
	seed=$((seed + 1))
done
echo "rounds of the stress test: $rounds, all good; the last seed was $((seed - 1))"
