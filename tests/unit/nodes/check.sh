#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Each node of the rig's test device has what it needs: an expectation in the selftests
# or a reason why not, a line in its interface's header, and one in docs/rig.md. Reads the
# sources; DIR is another tree than this.
#
#   check.sh [DIR]

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"

cd "${1:-$TOP}"

# strings FILE TABLE PATTERN: what PATTERN has in its parentheses, in the rows of TABLE
strings() { sed -n "/ $2\[.*= {\$/,/^};/p" "$1" | sed -n "s/$3/\1/p"; }

nodes=$(strings rig/devices/testdev.c kinds '.*\.name = "\([^"]*\)".*')
# A private mapping is of one node, whatever was copied.
expected=$(strings kernel/selftests/lib/cohmem_mappings.c mappings '.*{ "\([^",]*\).*' | sort -u)
exempt=$(list_rows tests/unit/nodes/exempt.list node why | awk -F'|' '$2 != "" { print $1 }')
described=$(sed -n 's/^ \*   \([a-z][a-z-]*\)  .*/\1/p' kernel/selftests/include/cohmem_testdev.h)
documented=$(awk -F'|' '$2 ~ /^ `.*` $/ { gsub(/[`,]/, "", $2); print $2 }' docs/rig.md | tr -s ' ' '\n')

# check NAME NODE LIST...: is it in one of the lists?
check() {
	local name=$1 node=$2
	shift 2
	if grep -qxF -- "$node" <<<"$(printf '%s\n' "$@")"; then tap ok "$name"; else tap "not ok" "$name"; fi
}

for node in $nodes; do
	check "node $node has an expectation, or a reason why not" "$node" "$expected" "$exempt"
	check "node $node is described in cohmem_testdev.h" "$node" "$described"
	check "node $node is in the table of docs/rig.md" "$node" "$documented"
done
for node in $expected $exempt; do
	check "what is expected of node $node is of one that is there" "$node" "$nodes"
done
# Nothing would be checked if the tables looked otherwise.
check "the device has more than ten nodes" yes "$([ "$(wc -w <<<"$nodes")" -le 10 ] || echo yes)"
tap_end
