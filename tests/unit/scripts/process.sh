#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What has come of a script (scripts/lib/process.sh): it is stopped with the script, which
# waits until that is gone, and for nothing else.

# shellcheck disable=SC2016 # what is in single quotes is for another shell

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"

# in_shell COMMANDS: in a new shell that has the functions. look sets seen.
in_shell() {
	bash -c 'set -e; . "$0"
		look() { mapfile -t seen < <(still_running "$@"); seen=" ${seen[*]} "; }
		'"$1" "$TOP/scripts/lib/process.sh"
}

nobody() { in_shell 'look; echo "seen:$seen"; [ "$seen" = "  " ]'; }

a_child() {
	in_shell 'sleep 100 & child=$!
		look
		kill $child
		echo "seen:$seen; the child: $child"
		[ "$seen" = " $child " ]'
}

# The grandchild is orphaned while it is looked for.
an_orphan() {
	cd "$WORK"
	in_shell 'sh -c "sleep 100 & echo \$!; exec sleep 100" >orphan & child=$!
		until [ -s orphan ]; do sleep 0.1; done
		orphan=$(cat orphan)
		look
		kill $child
		wait $child || true
		look $seen
		kill $orphan
		echo "seen:$seen; the orphan: $orphan"
		[ "$seen" = " $orphan " ]'
}

test_that "a script that has started nothing has nothing to wait for" nobody
test_that "a script sees what it has started" a_child
test_that "a script goes on seeing what has lost its parent" an_orphan
tap_end
