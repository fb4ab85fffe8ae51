#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# test.sh MACHINE VARIANT TEST [POLICY]: one job, or one selftest with its arguments,
# which stand after colons as in tests/machines/cases.list; with the kernels that it takes,
# which are built if they are not there. Its results as TAP. Job shell is for people: a
# shell.

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=names.sh
. "$TOP/rig/names.sh"
supervise "$@"

[ $# = 3 ] || [ $# = 4 ] ||
	die "which machine, variant and test?" "usage: rig/test.sh MACHINE VARIANT TEST [POLICY]"
machine=$1 variant=$2 test=$3 job=$3 policy=${4:-} line=${LINE:-6.12} options=(--tap)
need_machine "$machine"
need_name "job or selftest" "${test%%:*}" "$(jobs_there_are) $(selftests_there_are)"
[ -z "$policy" ] || need_policy "$policy"
[ "$variant" != selftests ] || die "there is no kernel 'selftests'" "VARIANT= is a kernel; for its tests, TEST=selftests"
if is_selftest "${test%%:*}"; then
	job=selftests
	options+=(--tests "$test")
fi
need_job "$job"
[ "$job" != shell ] || options=()
[ -z "$policy" ] || options+=(--args "kvm-arm.cacheable_pfnmap=$policy")

cd "$TOP"
# What was asked for first: a wrong name is told at once.
scripts/kernel.sh "$variant" "$line" >/dev/null
for kernel in stock selftests; do
	scripts/kernel.sh "$kernel" >/dev/null
done
rig/run.sh --machine "$machine" --kernel "build/kernels/$line-$variant" --job "$job" \
	--out "build/test/$machine-$variant-${test//[:\/]/_}${policy:+-$policy}" "${options[@]}"
