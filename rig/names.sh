# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The names of machines, jobs, selftests and policies. With them a script refuses a wrong name
# before it builds a kernel for it. Sourced, after env.sh and use_line.

machines_there_are() { (cd "$TOP/rig/machines" && printf '%s\n' *.conf) | sed 's/\.conf$//' | paste -sd' '; }

jobs_there_are() { list_rows "$TOP/rig/jobs.list" job | paste -sd' '; }

# job_columns JOB COLUMN...: those cells of the job's row of rig/jobs.list, with | between them
job_columns() { list_rows "$TOP/rig/jobs.list" job "${@:2}" | sed -n "s/^$1|//p"; }

# guest_variant JOB: the variant of the kernel that its guests have
guest_variant() { is_one_of efi-guest "$(job_columns "$1" needs)" && echo cohmem-efi || echo stock; }

# is_one_of NAME NAMES
is_one_of() { [ -n "$1" ] && [[ $1 != *[[:space:]]* && " $2 " == *" $1 "* ]]; }

is_selftest() { is_one_of "$1" "$(selftests_there_are)"; }

# need_name WHAT NAME KNOWN
need_name() { is_one_of "$2" "$3" || die "there is no $1 '$2'" "known: $3"; }

need_machine() { need_name machine "$1" "$(machines_there_are)"; }

need_job() { need_name job "$1" "$(jobs_there_are)"; }

policies_there_are() { echo declared strict any off; }

need_policy() { need_name policy "$1" "$(policies_there_are)"; }
