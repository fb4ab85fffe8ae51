# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What there is to choose from, so that a wrong name is told before a kernel is built
# for it. Sourced, after env.sh.

# need_name WHAT NAME KNOWN
need_name() {
	[ -n "$2" ] && [[ $2 != *[[:space:]]* && " $3 " == *" $2 "* ]] ||
		die "there is no $1 '$2'" "known: $3"
}

need_machine() { need_name machine "$1" "$(cd "$TOP/rig/machines" && printf '%s\n' *.conf | sed 's/\.conf$//' | paste -sd' ')"; }

need_job() { need_name job "$1" "$(sed -nE 's/^\t\{ \.name = "([a-z-]+)".*/\1/p' "$TOP/rig/init/main.c" | paste -sd' ')"; }
