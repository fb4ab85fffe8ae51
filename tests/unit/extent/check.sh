#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# All tests of the extent rule, as one TAP stream: extent_test for each geometry,
# and then the test of the test, which changes the rule in one place at a time.
#
# usage: check.sh OUT EXTENT_DIR GEOMETRY...	(the rest from the Makefile)
set -eu

out=$1
extent=$2
shift 2
tab=$(printf '\t')

# shellcheck source=../tap.sh
. "$(dirname "$0")/../tap.sh"

# With large tables: reading beyond them, or for too long, shows there only.
build() {	# cohmem_extent.c program
	# shellcheck disable=SC2086 # lists of flags
	$CC $CFLAGS $SANITIZE -w -DPAGE_SHIFT=14 -DLEVELS=3 -o "$2" $SOURCES "$1"
}

run() {	# program cases: results to $out/log, and the exit status
	status=0
	# A sanitizer is not to end like a program whose tests failed.
	ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99 \
		timeout 120 "$1" "$SEED" "$2" >"$out/log" 2>"$out/log.err" || status=$?
}

mutant() {	# what edit tests
	sed "$2" "$extent/cohmem_extent.c" >"$out/mutant.c"
	if cmp -s "$extent/cohmem_extent.c" "$out/mutant.c"; then
		echo "# mutants.list: no longer applies to cohmem_extent.c: $2"
		tap "not ok" "noticed: $1"
		return
	fi
	if ! build "$out/mutant.c" "$out/mutant"; then
		tap "not ok" "noticed: $1"
		return
	fi
	run "$out/mutant" 400
	case $status in
	1) grep -Eq "^not ok - [^:]*: ($3)" "$out/log" && tap ok "noticed: $1" && return ;;
	124) ;;
	*) case "|$3|" in
	   *"|stops|"*) grep -Eq "Assertion|Sanitizer|runtime error" "$out/log.err" &&
			tap ok "noticed: $1" && return ;;
	   esac ;;
	esac
	echo "# exit status $status, and not failed: $3"
	grep -h '^not ok' "$out/log" | sed 's/^/# /' || :
	head -n 3 "$out/log.err" | sed 's/^/# /'
	tap "not ok" "noticed: $1"
}

echo "# SEED=$SEED CASES=$CASES"
for geometry; do
	run "$out/extent_test-$geometry" "$CASES"
	while IFS= read -r line; do
		case $line in
		'ok - '*) tap ok "${line#ok - }" ;;
		'not ok - '*) tap "not ok" "${line#not ok - }" ;;
		*) echo "$line" ;;
		esac
	done <"$out/log"
	if [ "$status" -gt 1 ] || ! grep -q 'random blocks' "$out/log"; then
		sed 's/^/# /' "$out/log.err"
		tap "not ok" "extent_test for $geometry came to its end"
	fi
done

# Built as the wrong rules are, but right: what fails below fails by the edit.
if build "$extent/cohmem_extent.c" "$out/control"; then
	run "$out/control" 400
else
	status=2
fi
[ "$status" = 0 ] && tap ok "control: the unchanged rule passes" ||
	tap "not ok" "control: the unchanged rule passes"

while IFS=$tab read -r what edit tests; do
	case $what in
	'#'*) ;;
	*) mutant "$what" "$edit" "$tests" ;;
	esac
done <mutants.list

tap_end
