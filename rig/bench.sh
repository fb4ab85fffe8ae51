#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bench.sh: what stage-2 faults cost on the stock kernel, on cohmem's and, with PEERS=1, on
# Debian's newest: a table and build/bench.json. Then what it costs to give a VM its RAM, on
# cohmem's: a table and build/bench-ram.json. Fails if a goal is missed, or if a second run of
# the same does not find the same.

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"
supervise "$@"

RIG=$TOP/rig
OUT=build/bench
[ $# = 0 ] || die "'$*' is not understood" "usage: rig/bench.sh; PEERS=1 adds mainline"
case ${PEERS:-0} in
0 | 1) ;;
*) die "PEERS=$PEERS is not understood" "PEERS=1 adds mainline to the table; leave it out otherwise" ;;
esac

# run COLUMN KERNEL RUN OPTION...: one run. Wrong values in it are judged with the table, but a
# run that could not be made ends the script. All runs have the same guest.
run() {
	local column=$1 kernel=$2 run=$3 status=0
	shift 3
	note "$column, run $run: booting the emulated host"
	"$RIG/run.sh" --kernel "$BUILD/kernels/$kernel" --guest "$BUILD/kernels/$LINE-stock" --out "$OUT/$column-$run" "$@" >&2 || status=$?
	[ "$status" != 1 ] || die "run $run could not be made on $column" "the reason is above"
	note "$column, run $run: $(sed -n 's/^outcome: //p' "$OUT/$column-$run/verdict") (after $SECONDS s)"
}

# column COLUMN KERNEL [TESTS]: TESTS are those to be run again. The boots count
# faults only, which is quicker with more than one CPU.
column() {
	local column=$1 kernel=$2 mib
	for mib in 512 1024; do
		run "$column" "$kernel" "$mib" --machine grace --job ram --timeout 180 \
			--args "cohmem.ram=$mib cohmem.boot=1"
	done
	run "$column" "$kernel" 1 --machine bench --job bench --timeout 900
	run "$column" "$kernel" 2 --machine bench --job bench --timeout 900 \
		--args cohmem.counts=0 ${3:+--tests "$3"}
}

cd "$TOP"
use_line
need_packages "${ALL_PACKAGES[@]}"
columns=(stock cohmem)
"$TOP/scripts/kernel.sh" stock >&2
"$TOP/scripts/kernel.sh" cohmem >&2
if [ "${PEERS:-0}" = 1 ]; then
	columns+=(mainline)
	env -u KERNEL_SRC LINE=mainline "$TOP/scripts/kernel.sh" --compare stock >&2
fi
SECONDS=0
rm -rf "$OUT"
mkdir -p "$OUT"
# Not by pages: that takes minutes for 1 GiB.
QUICK=contiguous,last_page,each_2m,anon_4k,anon_thp,log_anon,unlog_thp
column stock "$LINE-stock" "$QUICK"
column cohmem "$LINE-cohmem"
[ "${PEERS:-0}" = 0 ] || column mainline mainline-stock "$QUICK"
run cohmem "$LINE-cohmem" ram-1 --machine bench-ram --job bench-ram --timeout 900
run cohmem "$LINE-cohmem" ram-2 --machine bench-ram --job bench-ram --timeout 900 --args cohmem.counts=0
[ ! -e build/demo/seconds ] || cp build/demo/seconds "$OUT/seconds"

status=0 of_ram=0
"$BUILD/rig/bench" bench "$OUT" build/bench.json "${columns[@]}" || status=$?
"$BUILD/rig/bench_ram" bench-ram "$OUT"/cohmem-ram-{1,2} build/bench-ram.json || of_ram=$?
[ "$status" -le 1 ] && [ "$of_ram" -le 1 ] || die "the tables could not be made" "the reason is above"
exit $((status | of_ram))
