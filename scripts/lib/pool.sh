# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# One pool for jobs of which a few run at a time, and which are judged in the order in
# which they were added, each as soon as it and all before it have ended. Sourced, after
# say.sh.
#
#	judge() { echo "$1 ended with status $2"; }
#	for row in "${rows[@]}"; do
#		pool_add judge "$row" run_row "$row"
#	done
#	pool_finish

# An emulated host keeps little more than one CPU busy.
POOL_MOST=2

# By the number of the job: what is judged and who judges it, until it is judged; and
# its status, once it has ended. By the process: the number of the job.
POOL_ITEMS=() POOL_JUDGES=() POOL_STATUSES=() POOL_ADDED=0 POOL_JUDGED=0
declare -A POOL_RUNNING=()

# pool_add JUDGE ITEM COMMAND...: waits for room, then starts COMMAND. JUDGE is called
# with ITEM and the status of COMMAND, by this shell; if nobody is to judge, it is `:`.
pool_add() {
	pool_wait $((POOL_MOST - 1))
	POOL_JUDGES[POOL_ADDED]=$1 POOL_ITEMS[POOL_ADDED]=$2
	"${@:3}" </dev/null &
	POOL_RUNNING[$!]=$POOL_ADDED
	POOL_ADDED=$((POOL_ADDED + 1))
}

# pool_wait MOST: until no more than MOST jobs run, and what can be judged is judged
pool_wait() {
	local pid status n
	while [ ${#POOL_RUNNING[@]} -gt "$1" ]; do
		pid='' status=0
		wait -n -p pid "${!POOL_RUNNING[@]}" || status=$?
		[ -n "$pid" ] || die "the pool has lost its jobs" "run this again, with nothing else that waits for them"
		n=${POOL_RUNNING[$pid]}
		POOL_STATUSES[n]=$status
		unset "POOL_RUNNING[$pid]"
		pool_judge
	done
}

# pool_finish: until all have ended and are judged
pool_finish() { pool_wait 0; }

pool_judge() {
	local n
	while n=$POOL_JUDGED && [ -n "${POOL_STATUSES[n]:-}" ]; do
		POOL_JUDGED=$((n + 1))
		"${POOL_JUDGES[n]}" "${POOL_ITEMS[n]}" "${POOL_STATUSES[n]}"
		unset "POOL_ITEMS[n]" "POOL_JUDGES[n]" "POOL_STATUSES[n]"
	done
}
