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

# supervised COMMANDS: a script that supervise() runs, until it gets SIGTERM
supervised() {
	local script=$WORK/script started=$SECONDS
	printf '%s\n' '#!/bin/bash' ". $TOP/scripts/lib/say.sh" ". $TOP/scripts/lib/process.sh" 'supervise "$@"' "$1" >"$script"
	chmod +x "$script"
	(unset COHMEM_SUPERVISED && exec "$script") &
	until [ -s "$WORK/started" ]; do sleep 0.1; done
	sleep 0.5
	kill -TERM $!
	wait $! || true
	echo "it took $((SECONDS - started)) s, and has started: $(sort "$WORK/started" | uniq -c)"
	[ $((SECONDS - started)) -lt 5 ]
}

# Its parent ends with it, and nothing else knows it.
a_late_one() {
	local late
	cd "$WORK"
	supervised 'trap "sleep 100 & echo \$! >late; exit" TERM; echo 1 >started; sleep 100 & wait'
	late=$(cat late)
	! grep '^State:.[^Z]' "/proc/$late/status" || { kill "$late" && return 1; }
}

no_next_one() {
	cd "$WORK"
	rm -f started
	supervised 'for n in {1..9}; do { for i in 1 2; do echo "$n" >>started; sleep 100 || true; done; } & done; wait'
	[ "$(wc -l <started)" = 9 ]
}

test_that "a script that has started nothing has nothing to wait for" nobody
test_that "a script sees what it has started" a_child
test_that "a script goes on seeing what has lost its parent" an_orphan
test_that "what starts while a script is stopped is stopped, too" a_late_one
test_that "a script that is stopped starts nothing else" no_next_one
tap_end
