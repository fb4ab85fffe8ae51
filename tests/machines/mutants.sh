#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests the tests: each kernel of tests/machines/mutants.list, wrong in one place, must be
# noticed by the selftest or job named there; the unchanged one must pass them all. A
# mutant that does not build or boot is not noticed. The wrong rules of tests/unit come
# first. While one mutant is tested, the next is built.
# ONLY= is a pattern for the rows to try.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=../../scripts/lib/source.sh
. "$TOP/scripts/lib/source.sh"
# shellcheck source=trees.sh
. "$(dirname "$0")/trees.sh"

SEEN=$BUILD/mutants
RIGHT=$SEEN/right
TREES=$SEEN

# tester TEST: the selftest's name without its arguments, or that of the job
tester() {
	local test=${1#job:}
	echo "${test%%:*}"
}

# use_row ROW: its cells, and what follows from them
use_row() {
	IFS='|' read -r what file edit machine test fails <<<"$1"
	IFS=/ read -r machine variant policy <<<"$machine"
	variant=${variant:-cohmem}
	name="$(tester "$test") notices: $what"
	out=$SEEN/${what//[^a-z0-9]/-}
}

# run_row TREE ROW OUT: the test of that row, with the kernel of that tree
run_row() {
	use_row "$2"
	run_in_tree "$1" "$machine" "$variant" "$test" "$3" "$policy"
}

# has_failed OUT: what has to fail in this row. A panic or a complaint is for the end of the run.
has_failed() {
	grep -Eqs "^ *((# )?not ok [0-9]+|# +[^ ]*\.c:[0-9]+:) (${fails//, /|})" "$1/results.log"
}

# run_until_failed TREE ROW OUT: run_row, which ends with status 2 as soon as that has failed:
# most of a test is in what comes after it.
run_until_failed() {
	local run status=0
	use_row "$2"
	rm -rf "$3"	# or a failure of the last time would count
	run_row "$@" &
	run=$!
	while kill -0 "$run" 2>/dev/null; do
		if has_failed "$3"; then
			kill "$run"
			wait "$run" || true
			return 2
		fi
		sleep 1
	done
	wait "$run" || status=$?
	return "$status"
}

# mutate: makes the edit of this row in TREE: in a new file, or, for a file of the base,
# by one more patch
mutate() {
	local stored line=$TREE/kernel/lines/$LINE
	stored=$(stored "$file")
	if [ -e "$stored" ]; then
		sed -i "$edit" "${stored/#"$TOP"/$TREE}"
		if cmp -s "${stored/#"$TOP"/$TREE}" "$stored"; then return 1; fi
		return 0
	fi
	sed "$edit" "$RIGHT/$file" >"$TREE/mutant"
	if cmp -s "$RIGHT/$file" "$TREE/mutant"; then return 1; fi
	{
		printf 'Subject: [PATCH] A mutant\n\nWrong in one place.\n---\n\ndiff --git a/%s b/%s\n' "$file" "$file"
		diff -u --label "a/$file" --label "b/$file" "$RIGHT/$file" "$TREE/mutant" || true
	} >"$line/patches/9999-mutant.patch"
	echo '9999-mutant.patch |' >>"$line/series"
}

# has_complained: the kernel has, of what this row names, and behind the line that says that it has
# booted
has_complained() {
	local text=${fails#*: }
	case $fails in
	panic) text="Kernel panic" ;;
	splat) text="cut here" ;;
	esac
	grep -q '^1\.\.' "$out/results.log" &&
		sed '1,/ Run \/init as init process/d' "$out/console.log" | grep -F -- "$text" >/dev/null
}

# is_noticed STATUS: that of the run; 2 is fail and 3 is timeout, 4 that the kernel
# panicked and 5 that it complained, perhaps beside the test that failed.
is_noticed() {
	case $fails:$1 in
	panic*:4 | splat*:5) ! has_complained || return 0 ;;
	*:2 | *:3 | *:5) ! has_failed "$out" || return 0 ;;
	esac
	cat "$out/run.log"
	echo "status $1, and not failed: $fails; logs are in $out"
	return 1
}

judge_mutant() {
	use_row "$1"
	test_that "$name" is_noticed "$2"
}

# judge_control NAME|OUT STATUS
judge_control() { test_that "${1%|*}" ended_well "${1##*|}" "$2" 0; }

not_made() {
	[ ! -s "$1" ] || cat "$1"
	echo "$2"
	return 1
}

# try_mutant ROW: starts its test when that of the one before has been judged.
try_mutant() {
	local wrong=''
	use_row "$1"
	note "mutant: $what"
	fresh_tree
	: >"$SEEN/wrong.build"
	if ! mutate; then
		wrong="the edit no longer applies to $file: $edit"
	elif ! build_tree "$variant" 2>"$SEEN/wrong.build"; then
		wrong="it does not build"
	fi
	pool_finish
	use_row "$1"	# the judge of the one before has used that
	if [ -n "$wrong" ]; then
		test_that "$name" not_made "$SEEN/wrong.build" "$wrong"
	else
		keep_only "$TREE/$(kernel_of "$variant")"
		pool_add judge_mutant "$1" run_until_failed "$TREE" "$1" "$out"
	fi
}

# right_variant VARIANT: it builds, or nothing here means anything.
right_variant() {
	build_tree "$1" 2>"$SEEN/right.build" && return
	pool_finish
	die "the right kernel does not build" "$(cat "$SEEN/right.build")"
}

# try_right_kernel: passes each test that has to notice a mutant, on the same machine.
try_right_kernel() {
	local row control
	declare -A tried=()
	fresh_tree
	right_variant cohmem
	# Not the cache's work tree, which may be that of a mutant.
	find_base
	stage_line "${BASE_SRC:-$(line_base "$BASE_DEB")}" "$RIGHT"
	for row in "${rows[@]}"; do
		use_row "$row"
		control="the right kernel passes $test on $machine, kernel $variant${policy:+, policy $policy}"
		[ -z "${tried[$control]:-}" ] || continue
		tried[$control]=1
		right_variant "$variant"
		out=$SEEN/right-$machine-$variant-${policy:+$policy-}${test//[^a-z0-9_]/-}
		pool_add judge_control "$control|$out" run_row "$TREE" "$row" "$out"
	done
	pool_finish
}

need_packages "${ALL_PACKAGES[@]}"
need_pattern "make mutants ONLY=lock"
all=() rows=()
read_list all tests/machines/mutants.list what file edit machine test fails
for row in "${all[@]}"; do
	! grep -qE -- "${ONLY:-.}" <<<"$row" || rows+=("$row")
done
[ ${#rows[@]} -gt 0 ] || die "no mutant is named like ONLY=$ONLY" "the names are in tests/machines/mutants.list"
mkdir -p "$SEEN"
for suite in rule extent guestram; do
	test_that "each wrong rule of tests/unit/$suite is noticed" make -s -C "tests/unit/$suite" check STEPS=40000
done
try_right_kernel
for row in "${rows[@]}"; do
	try_mutant "$row"
done
pool_finish
keep_only ''
tap_end
