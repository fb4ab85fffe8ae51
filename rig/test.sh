#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# test.sh MACHINE VARIANT JOB: one job, with the kernels that it takes, which are built
# if they are not there; its results as TAP. Job shell is for people: a shell.

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=names.sh
. "$TOP/rig/names.sh"
supervise "$@"

[ $# = 3 ] || die "which machine, variant and job?" "usage: rig/test.sh MACHINE VARIANT JOB"
machine=$1 variant=$2 job=$3 line=${LINE:-6.12} options=(--tap)
need_machine "$machine"
need_job "$job"
[ "$variant" != selftests ] || die "there is no kernel 'selftests'" "VARIANT= is a kernel; for its tests, TEST=selftests"
[ "$job" != shell ] || options=(--timeout 0)

cd "$TOP"
# What was asked for first: a wrong name is told at once.
scripts/kernel.sh "$variant" "$line" >/dev/null
for kernel in stock selftests; do
	scripts/kernel.sh "$kernel" >/dev/null
done
rig/run.sh --machine "$machine" --kernel "build/kernels/$line-$variant" --job "$job" \
	--out "build/test/$machine-$variant-$job" "${options[@]}"
