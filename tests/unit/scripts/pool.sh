#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The pool of jobs (scripts/lib/pool.sh): how many run at once, and what is judged when.

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"
# shellcheck source=../../../scripts/lib/pool.sh
. "$TOP/scripts/lib/pool.sh"

need_work

# is NAME WANTED FOUND
is() {
	if [ "$2" = "$3" ]; then
		tap ok "$1"
	else
		diag "wanted: $2, found: $3"
		tap "not ok" "$1"
	fi
}

JUDGED=''
judge() { JUDGED+="$1=$2 "; }

# job SECONDS STATUS: leaves in RUNNING how many ran beside it
job() {
	: >"$WORK/$BASHPID.runs"
	find "$WORK" -name '*.runs' | wc -l >>"$WORK/most"
	sleep "$1"
	rm "$WORK/$BASHPID.runs"
	exit "$2"
}

wanted=''
for n in {1..60}; do
	wanted+="job $n=$((n % 3)) "
	pool_add judge "job $n" job "0.0$((n * 7 % 10))" $((n % 3))
done
pool_finish
is "jobs are judged in their order, each once, with their status" "$wanted" "$JUDGED"
is "as many run at once as may, and no more" "$POOL_MOST" "$(sort -n "$WORK/most" | tail -n 1)"

JUDGED=''
pool_add judge short job 0 0
pool_add judge long job 1 0
pool_add judge next job 0 5
is "a job is judged while a later one still runs" "short=0 " "$JUDGED"
pool_finish
is "a job that ends before an earlier one waits for its turn" "short=0 long=0 next=5 " "$JUDGED"

JUDGED=''
pool_finish
is "an empty pool is finished" "" "$JUDGED"
POOL_MOST=1
pool_add judge a job 0.2 0
pool_add judge b job 0 0
is "POOL_MOST=1 runs one after the other" "a=0 " "$JUDGED"
pool_finish
tap_end
