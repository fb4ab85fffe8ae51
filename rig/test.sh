#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# test.sh TEST: one job, or one selftest with its arguments, which stand after colons as
# in tests/machines/cases.list; on MACHINE=, with the kernel of LINE= and VARIANT=, and
# with POLICY= if it is given. Kernels that are not there are built. Its results as TAP.
# Job shell is for people: a shell. Test debian-system has a machine and kernels of its own.

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=names.sh
. "$TOP/rig/names.sh"
supervise "$@"

[ $# = 1 ] || die "which test?" "usage: rig/test.sh TEST; MACHINE=, VARIANT=, POLICY= and LINE= say where"
machine=${MACHINE-grace} variant=${VARIANT-cohmem} test=$1 job=$1 policy=${POLICY:-} options=(--tap)
use_line
[[ $variant != cohmem-debian* ]] ||
	die "the rig does not boot $variant" "it has Debian's configuration, for servers: make deb packs it"
[ "$test" != debian-system ] || exec "$TOP/tests/system/debian_system.sh"
need_machine "$machine"
need_name "job or selftest" "${test%%:*}" "$(jobs_there_are) $(selftests_there_are)"
[ -z "$policy" ] || need_policy "$policy"
if is_selftest "${test%%:*}"; then
	job=selftests
	options+=(--tests "$test")
fi
need_job "$job"
[ "$job" != shell ] || options=()
[ -z "$policy" ] || options+=(--args "kvm-arm.cacheable_pfnmap=$policy")

cd "$TOP"
# What was asked for first: a wrong name is told at once.
scripts/kernel.sh "$variant" >/dev/null
scripts/kernel.sh "$(guest_variant "$job")" >/dev/null
scripts/selftests.sh >/dev/null
rig/run.sh --machine "$machine" --kernel "build/kernels/$LINE-$variant" --job "$job" \
	--out "build/test/$machine-$variant-${test//[:\/]/_}${policy:+-$policy}" "${options[@]}"
