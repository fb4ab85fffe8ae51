#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# jobs.sh: fails if rig/jobs.list has a job that the emulated host cannot do, or the
# emulated host (rig/host/jobs) one that the list does not have.

# shellcheck source=../../scripts/env.sh
. "$(dirname "$0")/../../scripts/env.sh"
# shellcheck source=../../rig/names.sh
. "$TOP/rig/names.sh"

listed=$(jobs_there_are | tr ' ' '\n' | sort)
written=$(sed -nE 's/^const struct job (.*)_job = \{$/\1/p' "$TOP"/rig/host/jobs/*.c | tr _ - | sort)

# need_none FILE OTHER NAMES: what only FILE has
need_none() {
	[ -z "$3" ] || die "$1 has jobs that $2 does not have: $(paste -sd' ' <<<"$3")" "add them to $2, or remove them from $1"
}

[ -n "$written" ] || die "rig/host/jobs defines no struct job" "correct the sed program in this script"
need_none rig/jobs.list rig/host/jobs "$(comm -23 <(echo "$listed") <(echo "$written"))"
need_none rig/host/jobs rig/jobs.list "$(comm -13 <(echo "$listed") <(echo "$written"))"
