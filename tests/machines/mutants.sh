#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests the tests: each kernel of tests/machines/mutants.list, wrong in one place, must be
# noticed by the selftest named there; the unchanged one must pass them all. A
# mutant that does not build or boot is not noticed. TAP, and the wrong rules of
# the host tests first. While one is tested, the next is built.
# ONLY= is a pattern for the names of those to try.

# shellcheck source=../../scripts/env.sh
. "$(dirname "$0")/../../scripts/env.sh"
# shellcheck source=../../scripts/lib/source.sh
. "$(dirname "$0")/../../scripts/lib/source.sh"
supervise "$@"

cd "$TOP"
use_line
TREES=0	# made so far; the one of a test that runs stays as it is
RIGHT=$BUILD/mutants/right
SEEN=$BUILD/mutants
N=0 FAILED=0
MUTANT=''	# the last mutant's kernel, in the cache
RUNNING=() # judges of the tests that run, the oldest first: PID OUT JUDGE ARGUMENT...

result() {	# ok|"not ok" name
	N=$((N + 1))
	[ "$1" = ok ] || FAILED=1
	echo "$1 $N - $2"
}

# field: the next one of $row, without the blanks around it; edits can have \|.
field() {
	local value=${row%% | *}
	row=${row#* | }
	read -r "$1" <<<"$value"
}

# fresh_tree: the repository as it is, for a mutant to be made in
fresh_tree() {
	TREES=$((TREES + 1))
	TREE=$SEEN/tree-$((TREES % 3))
	rm -rf "$TREE"
	mkdir -p "$TREE"
	git ls-files -z | xargs -0 cp -P --parents -t "$TREE"
}

# variant_of MACHINE[/VARIANT]
variant_of() {
	case $1 in
	*/*) echo "${1#*/}" ;;
	*) echo cohmem ;;
	esac
}

# run_in_tree MACHINE[/VARIANT] TEST OUT: status of the run
run_in_tree() {
	"$TREE/rig/run.sh" --machine "${1%/*}" --kernel "$TREE/build/kernels/$LINE-$(variant_of "$1")" \
		--job selftests --tests "$2" --selftests "$BUILD/selftests/$LINE" --timeout 600 --out "$3" >"$3.log" 2>&1 </dev/null
}

# build_tree LOG VARIANT: asks for all that the test needs, since the cache keeps what
# was asked for last.
build_tree() {
	scripts/selftests.sh >/dev/null 2>"$1" &&
		"$TREE/scripts/kernel.sh" stock >/dev/null 2>"$1" &&
		"$TREE/scripts/kernel.sh" "$2" >/dev/null 2>"$1"
}

# mutate FILE EDIT: a new file is edited; one of the base by one more patch
mutate() {
	local stored line=$TREE/kernel/lines/$LINE
	stored=$(stored "$1")
	if [ -e "$stored" ]; then
		sed -i "$2" "${stored/#"$TOP"/$TREE}"
		if cmp -s "${stored/#"$TOP"/$TREE}" "$stored"; then return 1; fi
		return 0
	fi
	sed "$2" "$RIGHT/$1" >"$TREE/mutant"
	if cmp -s "$RIGHT/$1" "$TREE/mutant"; then return 1; fi
	{
		printf 'Subject: [PATCH] A mutant\n\nWrong in one place.\n---\n\ndiff --git a/%s b/%s\n' "$1" "$1"
		diff -u --label "a/$1" --label "b/$1" "$RIGHT/$1" "$TREE/mutant" || true
	} >"$line/patches/9999-mutant.patch"
	echo '9999-mutant.patch |' >>"$line/series"
}

# start_test MACHINE[/VARIANT] TEST OUT JUDGE ARGUMENT...: JUDGE gets the status of the
# run and OUT before its arguments, when it is the test's turn.
start_test() {
	local machine=$1 test=$2 out=$3
	shift 3
	rm -rf "$out"*
	mkdir -p "$out"
	run_in_tree "$machine" "$test" "$out" &
	RUNNING+=("$! $(printf '%q ' "$out" "$@")")
}

# finish_tests MOST: until no more than that many run
finish_tests() {
	local most=$1 pid judge out status
	while [ ${#RUNNING[@]} -gt "$most" ]; do
		read -r pid judge <<<"${RUNNING[0]}"
		RUNNING=("${RUNNING[@]:1}")
		status=0
		wait "$pid" || status=$?
		eval "set -- $judge"
		out=$1 judge=$2
		shift 2
		"$judge" $status "$out" "$@"
	done
}

# keep_only LINK: the kernel that it leads to, of the mutants'. In the cache they would
# take the place of right ones. Two rows can have the same kernel.
keep_only() {
	local kernel
	kernel=$(readlink -e "$1") || kernel=''
	kernel=${kernel%/rig/*}
	[ -z "$MUTANT" ] || [ "$MUTANT" = "$kernel" ] || rm -rf "$MUTANT"
	MUTANT=$kernel
}

# judge_mutant STATUS OUT NAME TEST RESULT
judge_mutant() {
	local status=$1 out=$2 name=$3 test=${4%%:*} result=$5
	case $result:$status in
	splat:5) result ok "noticed: $name, by $test: $(sed -n 's/^outcome: //p' "$out/verdict")" ;;
	*:2 | *:3)
		if grep -Eq "^ *((# )?not ok [0-9]+|# +[^ ]*\.c:[0-9]+:) ($result)" "$out/results.log"; then
			result ok "noticed: $name, by $test: $result"
		else
			echo "# not failed: $result; logs are in $out"
			result "not ok" "noticed: $name"
		fi
		;;
	*)
		echo "# status $status: $(cat "$out/verdict" 2>/dev/null || cat "$out.log"); logs are in $out"
		result "not ok" "noticed: $name"
		;;
	esac
}

judge_control() {	# STATUS OUT NAME
	[ "$1" = 0 ] && result ok "$3" || result "not ok" "$3 # logs are in $2"
}

# try_mutant NAME FILE EDIT MACHINE TEST RESULT
try_mutant() {
	local out=$SEEN/${1//[^a-z0-9]/-} variant
	variant=$(variant_of "$4")
	note "mutant: $1"
	fresh_tree
	if ! mutate "$2" "$3"; then
		finish_tests 0
		echo "# the edit no longer applies to $2: $3"
		result "not ok" "noticed: $1"
	elif ! build_tree "$SEEN/wrong.build" "$variant"; then
		finish_tests 0
		sed 's/^/# /' "$SEEN/wrong.build"
		result "not ok" "noticed: $1"
	else
		finish_tests 0
		keep_only "$TREE/build/kernels/$LINE-$variant"
		start_test "$4" "$5" "$out" judge_mutant "$1" "$5" "$6"
	fi
}

# right_variant VARIANT: it builds, or nothing here means anything
right_variant() {
	build_tree "$SEEN/right.build" "$1" && return
	finish_tests 0
	die "the right kernel does not build" "$(cat "$SEEN/right.build")"
}

right_kernel() {
	local row what file edit machine test
	fresh_tree
	right_variant cohmem
	# Not the cache's work tree, which may be that of a mutant.
	find_base
	stage_line "${BASE_SRC:-$(line_base "$BASE_DEB")}" "$RIGHT"
	# Two at once: an emulated host keeps little more than one CPU busy.
	while read -r machine test; do
		right_variant "$(variant_of "$machine")"
		finish_tests 1
		start_test "$machine" "$test" "$SEEN/right-${machine/\//-}-${test%%:*}" judge_control "control: $test on $machine"
	done < <(for row in "${rows[@]}"; do
		field what && field file && field edit && field machine && field test && echo "$machine $test"
	done | sort -u)
	finish_tests 0
}

need_packages "${ALL_PACKAGES[@]}"
grep -E -- "${ONLY:-.}" /dev/null 2>&1 || [ $? = 1 ] ||
	die "ONLY=$ONLY is not a pattern for grep -E" "for example: make mutants ONLY=lock"
mapfile -t rows < <(grep -Ev "^(#|$)" tests/machines/mutants.list | grep -E -- "${ONLY:-.}")
[ ${#rows[@]} -gt 0 ] || die "no mutant is named like ONLY=$ONLY" "the names are in tests/machines/mutants.list"
mkdir -p "$SEEN"
for suite in rule extent; do
	status=0
	make -s -C "tests/$suite" check >"$SEEN/$suite.log" 2>&1 || status=$?
	[ "$status" = 0 ] && result ok "the wrong rules of tests/$suite: $(grep -c '^ok.*noticed' "$SEEN/$suite.log") noticed" ||
		result "not ok" "the wrong rules of tests/$suite # see $SEEN/$suite.log"
done
right_kernel
for row in "${rows[@]}"; do
	for name in what file edit machine test fails; do
		field $name
	done
	# shellcheck disable=SC2154 # set by field
	try_mutant "$what" "$file" "$edit" "$machine" "$test" "$fails"
done
finish_tests 0
keep_only ''
echo "1..$N"
exit $FAILED
