#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# stream.sh SCRIPT...: runs scripts that print TAP, two at a time, as one stream in the
# order in which they are named.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=../scripts/lib/pool.sh
. "$TOP/scripts/lib/pool.sh"
supervise "$@"
need_work

run_script() { "$1" >"$WORK/${1##*/}.tap"; }
print_again() { cat "$1" && return "$2"; }
script_ended() { tap_from "${1#"$TOP"/}" print_again "$WORK/${1##*/}.tap" "$2"; }

for script; do
	pool_add script_ended "$script" run_script "$script"
done
pool_finish
tap_end
