#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# All tests of the memory-type rule, as one TAP stream: rule_test, and then the
# test of the test. That changes the rule, its table or its tracepoints in one
# place at a time, and passes if rule_test then fails, at the row that was changed.
#
# usage: check.sh OUT RULE_DIR RULE.md	(CC, CFLAGS and SOURCES from the Makefile)
set -eu

out=$1
rule=$2
page=$3

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"

# A run counts only if it came to its end.
is_complete() {	# log
	grep -q '^1\.\.[1-9]' "$1"
}

# Passes if the program fails, among others, the test that begins as given.
expect_failure() {	# name program page failing-test
	status=0
	"$2" "$3" >"$out/mutant.log" 2>&1 || status=$?
	if [ "$status" = 1 ] && is_complete "$out/mutant.log" &&
	   grep -q "^not ok [0-9]* - $4" "$out/mutant.log"; then
		tap ok "$1"
	else
		echo "# exit status $status, and not failed: $4"
		grep -v '^ok' "$out/mutant.log" | sed 's/^/# /'
		tap "not ok" "$1"
	fi
}

build() {	# cohmem_rule.c program
	# shellcheck disable=SC2086 # a list of flags
	$CC $CFLAGS -w -o "$2" "$1" "$out/rest.o"
}

rule_mutant() {	# row what edit
	name="noticed: in the function, row $1 $2"
	# The header beside it is the one that it includes.
	sed "$3" "$rule/cohmem_rule.c" >"$out/mutant.c"
	sed "$3" "$rule/cohmem_rule.h" >"$out/cohmem_rule.h"
	if cmp -s "$rule/cohmem_rule.c" "$out/mutant.c" &&
	   cmp -s "$rule/cohmem_rule.h" "$out/cohmem_rule.h"; then
		echo "# mutants.list: no longer applies to cohmem_rule.[ch]: $3"
		tap "not ok" "$name"
	elif ! build "$out/mutant.c" "$out/mutant"; then
		tap "not ok" "$name"
	else
		expect_failure "$name" "$out/mutant" "$page" "row $1 agrees"
	fi
}

# Put new text into one column of one row of the rule's table.
table_mutant() {	# row column text what failing-test
	awk -F '|' -v OFS='|' -v row="$1" -v col="$2" -v text="$3" '
		/^<!-- table: / { here = /: rule -->/ }
		here && $2 == " `" row "` " { $(col + 1) = text }
		{ print }' "$page" >"$out/mutant.md"
	expect_failure "noticed: in the table, row $1 $4" "$out/control" \
		"$out/mutant.md" "$5"
}

# The names of the rows, from the table.
# shellcheck disable=SC2016 # a back quote is a back quote
table_rows() {
	sed -n '/^<!-- table: rule -->$/,/^$/s/^| `\([a-z-]*\)` |.*/\1/p' "$page"
}

trace_mutant() {	# what edit failing-test
	mkdir -p "$out/trace"
	sed "$2" "$rule/trace_cohmem.h" >"$out/trace/trace_cohmem.h"
	if cmp -s "$rule/trace_cohmem.h" "$out/trace/trace_cohmem.h"; then
		echo "# no longer applies to trace_cohmem.h: $2"
		tap "not ok" "noticed: $1"
		return
	fi
	# shellcheck disable=SC2086 # lists of flags and of files
	$CC -I"$out/trace" $CFLAGS -w -o "$out/mutant" $SOURCES "$rule/cohmem_rule.c"
	expect_failure "noticed: $1" "$out/mutant" "$page" "$3"
}

# Tools that read the format of an event know only those values.
trace_values() {
	sed -n 's/^.*{ \(COHMEM_[A-Z_]*\), ".*/\1/p' "$rule/trace_cohmem.h" | sort >"$out/printed"
	sed -n 's/^TRACE_DEFINE_ENUM(\(.*\));$/\1/p' "$rule/trace_cohmem.h" | sort >"$out/defined"
	diff "$out/printed" "$out/defined" | sed 's/^/# /'
	cmp -s "$out/printed" "$out/defined" && [ -s "$out/defined" ]
}

table_mutants() {	# row
	table_mutant "$1" 2 " never " "decides nothing" "row $1 decides"
	table_mutant "$1" 3 " DEVICE if exec else NORMAL " \
		"has another verdict" "row $1 agrees"
	table_mutant "$1" 4 " not exec " "is executable at other times" \
		"row $1 agrees"
	table_mutant "$1" 5 " host-read-only " "has another reason" \
		"row $1 agrees"
}

status=0
"$out/rule_test" "$page" >"$out/rule_test.log" || status=$?
grep -v '^1\.\.' "$out/rule_test.log" || :
if [ "$status" -gt 1 ] || ! is_complete "$out/rule_test.log"; then
	echo "Bail out! rule_test did not come to its end (status $status)"
	exit 2
fi
TAP_NR=$(grep -c '^\(not \)\{0,1\}ok ' "$out/rule_test.log")
TAP_FAILED=$(grep -c '^not ok ' "$out/rule_test.log" || :)

# Built as the wrong rules are, but right: what fails below fails by the edit.
if build "$rule/cohmem_rule.c" "$out/control" &&
   "$out/control" "$page" >"$out/mutant.log"; then
	tap ok "control: the unchanged function passes"
else
	tap "not ok" "control: the unchanged function passes"
fi

mutants=()
read_list mutants mutants.list row what edit
for mutant in "${mutants[@]}"; do
	IFS='|' read -r row what edit <<<"$mutant"
	rule_mutant "$row" "$what" "$edit"
done

rows=$(table_rows)
for row in $rows; do
	if printf '%s\n' "${mutants[@]}" | grep "^$row|" >/dev/null; then
		tap ok "mutants.list has a wrong rule for row $row"
	else
		tap "not ok" "mutants.list has a wrong rule for row $row"
	fi
	table_mutants "$row"
done

sed '/^|[^|]*| .otherwise. |/d' "$page" >"$out/mutant.md"
expect_failure "noticed: the table has no row for some facts" \
	"$out/control" "$out/mutant.md" "each combination of facts has a row"

sed '/^| .linear. |/{h; d}; /^| .uncached. |/G' "$page" >"$out/mutant.md"
expect_failure "noticed: two rows of the table have changed places" \
	"$out/control" "$out/mutant.md" "the table has the rows of the function"

sed '/^| .no-fwb. /s/ FEAT_S2FWB/ FEAT_FWB/' "$page" >"$out/mutant.md"
expect_failure "noticed: a remedy is not what the kernel prints" \
	"$out/control" "$out/mutant.md" "reason no-fwb"

sed '/^| .linear-no-tags. | /s/ and / xor /' "$page" >"$out/mutant.md"
status=0
"$out/control" "$out/mutant.md" >"$out/mutant.log" 2>&1 || status=$?
if [ "$status" = 2 ]; then
	tap ok "noticed: a condition cannot be read"
else
	tap "not ok" "noticed: a condition cannot be read"
fi

if trace_values; then
	tap ok "the format of the events has each value that they print"
else
	tap "not ok" "the format of the events has each value that they print"
fi
shows="a trace shows all facts"
trace_mutant "in the trace, a row has another name" 's/"coherent"/"cached"/' "$shows"
trace_mutant "in the trace, a row has no name" '/{ COHMEM_ROW_NO_TAGS,/d' "$shows"
trace_mutant "in the trace, a fact is missing" 's/ fwb=%d/ %d/' "$shows"
trace_mutant "in the trace, two facts are mixed up" 's/= f->declared;/= f->fwb;/' "$shows"
trace_mutant "in the trace, a reason has no name" \
	's/"no-host-mapping"/"nothing"/' "a trace shows each reason"

tap_end
