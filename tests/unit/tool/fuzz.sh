#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# fuzz.sh [SECONDS]: clang's libFuzzer gives inputs of its own to each of the tool's readers
# (fuzz/targets), for a minute each, and begins with those of fuzz/corpus. In
# build/tests/tool-fuzz it keeps what it has found: found/ has inputs that lead somewhere new,
# with which the next run begins, too, and crashes/ those that do harm.

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"
# shellcheck source=../../../scripts/lib/pool.sh
. "$TOP/scripts/lib/pool.sh"

supervise "$@"

FOR=${1:-60}
OUT=$BUILD/tests/tool-fuzz
# The readers take microseconds. The time-out is by the clock, for which a PC may be busy.
LIMITS=(-timeout=100 -report_slow_units=100 -rss_limit_mb=1024 -max_len=8192)
export ASAN_OPTIONS=quarantine_size_mb=32

# fuzz NAME CORPUS...
fuzz() {
	mkdir -p "$OUT/found/$1" "$OUT/crashes"
	"$OUT/fuzzer/$1" -max_total_time="$FOR" "${LIMITS[@]}" -artifact_prefix="$OUT/crashes/$1-" \
		"$OUT/found/$1" "${@:2}" >"$OUT/$1.log" 2>&1
}

# number NAME PROGRAM: what the sed program finds in the log of that target
number() { sed -nE "$2" "$OUT/$1.log" | tail -n 1; }

# judge NAME STATUS: sets VERDICT, and FOUND to the input that does harm, if there is one
judge() {
	local runs seconds edges all
	runs=$(number "$1" 's/^Done ([0-9]+) runs in .*/\1/p')
	seconds=$(number "$1" 's/^Done [0-9]+ runs in ([0-9]+) second.*/\1/p')
	edges=$(number "$1" 's/^#[0-9]+\s+DONE\s+cov: ([0-9]+) .*/\1/p')
	all=$(number "$1" 's/^INFO: Loaded 1 modules +\(([0-9]+) inline .*/\1/p')
	FOUND=$(number "$1" 's/.*Test unit written to //p')
	VERDICT='not ok'
	if [ "$2" = 0 ] && [ -z "$FOUND" ] && [ "${runs:-0}" -gt 0 ] && [ "${seconds:-0}" -ge "$FOR" ]; then
		VERDICT=ok
		diag "$1: $runs executions in $seconds s, which cover $edges of $all edges"
	fi
}

# report NAME STATUS: the result of one target. The stack is by gcc's sanitizer, which
# needs no program to say lines.
report() {
	judge "$1" "$2"
	if [ "$VERDICT" != ok ]; then
		diag "libFuzzer ended with status $2, its log is $OUT/$1.log"
		sed -nE '/ERROR|it is not so|SUMMARY/p' "$OUT/$1.log" | diag
	fi
	if [ -n "$FOUND" ]; then
		diag "the input: $FOUND"
		make -s -C "$TOP/tests/unit/tool" replays
		("$BUILD/tests/tool/replay/$1" "$FOUND" 2>&1 || true) | sed -e '/^SUMMARY/q' -e 30q | diag
	fi
	tap "$VERDICT" "libFuzzer finds no input that does harm to $1"
}

# A reader that reads behind its text is what all this is to notice. That takes some
# thousand executions, for which a busy PC may need longer than a minute.
canary_is_found() {
	local status=0 FOR=600
	rm -rf "$OUT/found/canary"
	fuzz canary || status=$?
	judge canary $status
	[ "$VERDICT" = "not ok" ]
	[ "$(head -c 4 "$FOUND")" = dead ]
	grep -q 'heap-buffer-overflow' "$OUT/canary.log"
	rm "$FOUND"
}

cd "$TOP/tests/unit/tool"
need_packages "${NATIVE_PACKAGES[@]}" "${FUZZ_PACKAGES[@]}"
make -s fuzzers
test_that "a reader that reads behind its text is found" canary_is_found
for target in fuzz/targets/*.c; do
	target=$(basename "$target" .c)
	pool_add report "$target" fuzz "$target" "fuzz/corpus/$target"
done
pool_finish
tap_end
