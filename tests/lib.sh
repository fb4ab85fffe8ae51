# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The library of the tests that are shell scripts: it runs them, and prints TAP.
# tests/README.md says how to write a test with it. Sourced, in place of
# scripts/env.sh.

# shellcheck source=../scripts/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/../scripts/env.sh"

use_line	# LINE is the kernel line under test

TAP_NR=0 TAP_FAILED=0
WORK=''

# tap ok|"not ok"|skip NAME [REASON]: prints one result.
tap() {
	TAP_NR=$((TAP_NR + 1))
	case $1 in
	ok) echo "ok $TAP_NR - $2" ;;
	skip) echo "ok $TAP_NR - $2 # SKIP $3" ;;
	*)
		TAP_FAILED=$((TAP_FAILED + 1))
		echo "not ok $TAP_NR - $2"
		;;
	esac
}

# diag [TEXT...]: each argument, or each line of the input, as a diagnostic.
diag() {
	if [ $# -gt 0 ]; then
		printf '# %s\n' "$@"
	else
		cut -c1-300 | sed 's/^/# /'
	fi
}

# need_work: makes WORK, a directory that is removed when the script ends. It is in
# the cache, because /tmp may be a small file system in memory.
need_work() {
	[ -z "$WORK" ] || return 0
	WORK=$(mktemp -d "$CACHE/tests.XXXXXX")
	# shellcheck disable=SC2154 # rc is set in the trap
	trap 'rc=$?; at_end; rm -rf "$WORK"; exit $rc' EXIT
	trap 'exit 143' INT TERM HUP
}

# Two functions that a family of tests may define anew: run_test runs the command of a
# test, in the shell of the test; at_end cleans up before WORK is removed.
run_test() { "$@"; }
at_end() { :; }

# is_chosen NAME: CHECK= is a pattern for grep -E, and only tests whose names match are run.
is_chosen() { [ -z "${CHECK:-}" ] || grep -qE -- "$CHECK" <<<"$1"; }

# test_that NAME COMMAND [ARGUMENT...]: runs COMMAND, mostly a function, in a shell of
# its own that ends at the first command that fails. The test passes if that shell ends
# with status 0. Its output is shown if it fails, and its time if that is long.
test_that() {
	local name=$1 status=0 begun=$SECONDS took
	shift
	is_chosen "$name" || return 0
	need_work
	rm -f "$WORK/skip"
	(
		trap - EXIT INT TERM HUP
		set -e
		run_test "$@"
	) >"$WORK/output" 2>&1 </dev/null &
	# In the background, so that a signal to this shell is obeyed at once.
	wait $! || status=$?
	took=$((SECONDS - begun))
	[ $took -lt 5 ] || diag "the next took $took s"
	if [ $status != 0 ]; then
		diag <"$WORK/output"
		tap "not ok" "$name"
	elif [ -e "$WORK/skip" ]; then
		tap skip "$name" "$(cat "$WORK/skip")"
	else
		tap ok "$name"
	fi
}

# skip REASON: ends the test that calls it. tests/skips.list has to allow that.
skip() {
	echo "$*" >"$WORK/skip"
	exit 0
}

# tap_from NAME COMMAND...: runs a program that prints TAP, with or without numbers and
# a plan. Its results become results of this script. If it has not printed as many as
# it planned, nothing at all, or that it bails out, or has failed without a failed
# result, "NAME comes to its end" fails.
tap_from() {
	local name=$1 line status=0 plan='' bails_out='' nr=$TAP_NR failed=$TAP_FAILED
	shift
	while IFS= read -r line; do
		if [[ $line =~ ^((not )?ok)( [0-9]+)?( -)?( (.*))?$ ]]; then
			tap "${BASH_REMATCH[1]}" "${BASH_REMATCH[6]}"
		elif [[ $line =~ ^1\.\.([0-9]+) ]]; then
			plan=${BASH_REMATCH[1]}
		elif [[ $line = 'Bail out!'* ]]; then
			bails_out=$line
		else
			printf '%s\n' "$line"
		fi
	done < <("$@")
	wait $! || status=$?
	nr=$((TAP_NR - nr)) failed=$((TAP_FAILED - failed))
	if [ -n "$bails_out" ]; then
		diag "$bails_out"
	elif [ "${plan:-$nr}" != $nr ]; then
		diag "$nr results of $plan planned"
	elif [ -z "$plan" ] && [ $nr = 0 ] && [ $status = 0 ]; then
		diag "neither a plan nor a result"
	elif [ $status != 0 ] && [ $failed = 0 ]; then
		diag "exit status $status"
	else
		return 0
	fi
	tap "not ok" "$name comes to its end"
}

# tap_end: prints the plan. The last command of a script: its status is that of all tests.
tap_end() {
	if [ $TAP_NR = 0 ]; then
		echo "1..0 # SKIP no test is named like CHECK=${CHECK:-}"
	else
		echo "1..$TAP_NR"
	fi
	[ $TAP_FAILED = 0 ]
}

# read_list ARRAY FILE COLUMN...: the rows of a list (scripts/lib/list.sh), each as "a|b|c".
read_list() {
	local -n rows_read=$1
	local text
	text=$(list_rows "${@:2}")
	rows_read=()
	# shellcheck disable=SC2034 # it is a name for the array
	[ -z "$text" ] || mapfile -t rows_read <<<"$text"
}

# need_pattern EXAMPLE: ONLY= is something that grep -E understands.
need_pattern() {
	grep -E -- "${ONLY:-.}" /dev/null 2>&1 || [ $? = 1 ] ||
		die "ONLY=${ONLY:-} is not a pattern for grep -E" "for example: $1"
}
