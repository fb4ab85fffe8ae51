#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The readers of the operator's command: tool_test, which has the tests in C, and the inputs
# of fuzzing, which do no harm to them.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# With the target's corpus; the last line of $WORK/replayed has the number of inputs.
replay() { "$OUT/replay/$1" "fuzz/corpus/$1" | tee "$WORK/replayed"; }

# Each reader that is fuzzed has inputs, and no inputs have no reader.
targets_and_corpora() {
	diff <(basename -s .c fuzz/targets/*.c) <(find fuzz/corpus -mindepth 1 -maxdepth 1 -printf '%f\n' | sort)
}

canary_is_noticed() {
	local status=0
	printf 'dead' >"$WORK/input"
	"$OUT/replay/canary" "$WORK/input" >"$WORK/out" 2>&1 || status=$?
	[ $status != 0 ]
	grep -q 'heap-buffer-overflow' "$WORK/out"
	printf 'alive' >"$WORK/input"
	"$OUT/replay/canary" "$WORK/input"
}

empty_corpus_is_noticed() {
	mkdir "$WORK/corpus"
	if "$OUT/replay/canary" "$WORK/corpus"; then return 1; fi
}

tap_from tool_test "$OUT/tool_test"
test_that "a reader that reads behind its text is noticed" canary_is_noticed
test_that "a corpus without an input is noticed" empty_corpus_is_noticed
test_that "each target of fuzzing has a corpus" targets_and_corpora
for target in fuzz/targets/*.c; do
	target=$(basename "$target" .c)
	rm -f "$WORK/replayed"
	test_that "no input of its corpus does harm to $target" replay "$target"
	[ ! -s "$WORK/replayed" ] || diag "$target: $(tail -n 1 "$WORK/replayed")"
done
tap_end
