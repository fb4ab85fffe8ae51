#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Does the table of make bench see a goal that is missed? Logs made up for it.
#   bench.sh PATH-OF-BENCH; prints TAP.
set -eu

bench=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
number=0 failed=0

# log COLUMN-RUN OUTCOME FACT=VALUE...
log() {
	local run=$dir/$1 outcome=$2 fact
	shift 2
	mkdir -p "$run"
	echo "outcome: $outcome" >"$run/verdict"
	echo "KTAP version 1" >"$run/results.log"
	for fact in release=6.12.0 page_size=4096 "$@"; do
		echo "# fact $fact from=results.log:1"
	done >>"$run/results.log"
}

# touches COLUMN FAULTS INSTRUCTIONS TABLES: both runs of job bench
touches() {
	local run kind facts=()
	for kind in pte pmd nvgrace; do
		facts+=("${kind}_faults=$2" "${kind}_instructions=$3" "${kind}_tables=$4")
	done
	for kind in contiguous last_page each_2m; do
		facts+=("${kind}_worst=5000")
	done
	for kind in anon_4k anon_thp; do
		facts+=("${kind}_faults=100" "${kind}_instructions=500000")
	done
	for run in 1 2; do
		log "$1-$run" pass "${facts[@]}"
	done
}

# boots COLUMN OUTCOME FAULTS-512 FAULTS-1024 [FACT=VALUE]
boots() {
	log "$1-512" "$2" "stage2_faults=$3" "${@:5}"
	log "$1-1024" "$2" "stage2_faults=$4" "${@:5}"
}

good() {
	rm -rf "$dir"
	mkdir "$dir"
	touches stock 262144 1200000000 513
	touches cohmem 1 3000000 0
	touches mainline 262144 900000000 513
	boots stock fail 1 1 'executes="never ran"'
	boots cohmem pass 16 2
	boots mainline pass 6000 6000
}

# change RUN OLD NEW: in its log, where it has to be
change() {
	grep -q "$2" "$dir/$1/results.log"
	sed -i "s/$2/$3/" "$dir/$1/results.log"
}

# expect STATUS NAME COLUMN...
expect() {
	local status=0 want=$1 name=$2
	shift 2
	number=$((number + 1))
	"$bench" bench "$dir" "$dir/json" stock cohmem "$@" >"$dir/table" || status=$?
	if [ "$status" = "$want" ]; then
		echo "ok $number $name"
	else
		echo "not ok $number $name # status $status, not $want"
		sed 's/^/# /' "$dir/table"
		failed=1
	fi
}

echo "TAP version 13"
echo "1..15"
good && expect 0 'all goals met'
good && expect 0 'all goals met, with mainline' mainline
good && change cohmem-512 faults=16 faults=17 && expect 1 'a fault too many'
good && change cohmem-1 pte_tables=0 pte_tables=1 && change cohmem-2 pte_tables=0 pte_tables=1 &&
	expect 1 'a table too many'
good && touches mainline 262144 590000000 513 && expect 0 'mainline was not asked for'
good && touches mainline 262144 590000000 513 && expect 1 'not 200 times fewer' mainline
good && touches stock 262144 590000000 513 && expect 1 'not 200 times fewer than stock'
good && for run in 1 2; do change cohmem-$run anon_4k_instructions=500000 anon_4k_instructions=505001; done &&
	expect 1 'ordinary memory pays'
good && for run in 1 2; do change cohmem-$run anon_4k_instructions=500000 anon_4k_instructions=504999; done &&
	expect 0 'ordinary memory pays less than 1 %'
good && change stock-2 last_page_worst=5000 last_page_worst=5006 && expect 1 'not repeatable'
good && change stock-2 last_page_worst=5000 last_page_worst=5005 && expect 0 'repeatable within 0.1 %'
good && change stock-1 each_2m_worst=5000 each_2m_worst=x && expect 1 'a value that is no number'
good && echo "outcome: splat" >"$dir/stock-1/verdict" && expect 1 'a run that did not pass'
good && rm -r "$dir/cohmem-1024" && expect 1 'a run that is missing'
good && boots stock pass 6000 6000 && boots cohmem fail 1 1 'executes="never ran"' &&
	expect 1 'a guest that never ran on cohmem'
exit "$failed"
