# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# How every script speaks, and what it expects of its shell. Sourced, never run.

set -euo pipefail
export LC_ALL=C
unset CDPATH	# cd would go elsewhere, and say so

note() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# die WHAT-AND-WHY [WHAT-TO-DO]: every further argument is a line of its own.
die() {
	printf '%s: error: %s\n' "${0##*/}" "$1" >&2
	shift
	[ $# -eq 0 ] || printf '    %s\n' "$@" >&2
	exit 1
}
