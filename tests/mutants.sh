#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Tests the tests: each kernel of tests/mutants.list, wrong in one place, must be
# noticed by the selftest named there; the unchanged one must pass them all. A
# mutant that does not build or boot is not noticed. TAP, and the wrong rules of
# the host tests first.
# ONLY= is a pattern for the names of those to try.

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"
supervise "$@"

cd "$TOP"
LINE=${LINE:-6.12}
TREE=$BUILD/mutants/tree
RIGHT=$BUILD/mutants/right
SEEN=$BUILD/mutants
N=0 FAILED=0

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
	rm -rf "$TREE"
	mkdir -p "$TREE"
	git ls-files -z | xargs -0 cp -P --parents -t "$TREE"
}

# variant_of MACHINE[/VARIANT]
variant_of() {
	case $1 in
	*/*) echo "${1#*/}" ;;
	*) echo 4k ;;
	esac
}

# run_in_tree MACHINE[/VARIANT] TEST OUT: status of the run
run_in_tree() {
	"$TREE/rig/run.sh" --machine "${1%/*}" --kernel "$TREE/build/kernels/$LINE-$(variant_of "$1")" \
		--job selftests --tests "$2" --selftests "$BUILD/kernels/$LINE-selftests/bin" --timeout 300 --out "$3" >"$3.log" 2>&1 </dev/null
}

# build_tree LOG VARIANT
build_tree() {
	"$TREE/scripts/kernel.sh" stock "$LINE" >/dev/null 2>"$1" &&
		"$TREE/scripts/kernel.sh" "$2" "$LINE" >/dev/null 2>"$1"
}

# mutate FILE EDIT: an overlay file is edited; any other by one more patch
mutate() {
	local overlay=$TREE/kernel/overlay/$1 line=$TREE/kernel/lines/$LINE
	if [ -e "$overlay" ]; then
		sed -i "$2" "$overlay"
		if cmp -s "$overlay" "$TOP/kernel/overlay/$1"; then return 1; fi
		return 0
	fi
	sed "$2" "$RIGHT/$1" >"$TREE/mutant"
	if cmp -s "$RIGHT/$1" "$TREE/mutant"; then return 1; fi
	{
		printf 'Subject: [PATCH] A mutant\n\nWrong in one place.\n---\n\ndiff --git a/%s b/%s\n' "$1" "$1"
		diff -u --label "a/$1" --label "b/$1" "$RIGHT/$1" "$TREE/mutant" || true
	} >"$line/9999-mutant.patch"
	echo 9999-mutant.patch >>"$line/series"
}

# try_mutant NAME FILE EDIT MACHINE TEST RESULT
try_mutant() {
	local name=$1 out=$SEEN/${1//[^a-z0-9]/-} status=0
	note "mutant: $name"
	rm -rf "$out"*
	mkdir -p "$out"
	fresh_tree
	if ! mutate "$2" "$3"; then
		echo "# the edit no longer applies to $2: $3"
		result "not ok" "noticed: $name"
		return
	fi
	if ! build_tree "$out.build" "$(variant_of "$4")"; then
		sed 's/^/# /' "$out.build"
		result "not ok" "noticed: $name"
		return
	fi
	run_in_tree "$4" "$5" "$out" || status=$?
	case $6:$status in
	splat:5) result ok "noticed: $name, by ${5%%:*}: $(sed -n 's/^outcome: //p' "$out/verdict")" ;;
	*:2 | *:3)
		if grep -Eq "^ *(# )?not ok [0-9]+ ($6)" "$out/results.log"; then
			result ok "noticed: $name, by ${5%%:*}: $6"
		else
			echo "# not failed: $6; logs are in $out"
			result "not ok" "noticed: $name"
		fi
		;;
	*)
		echo "# status $status: $(cat "$out/verdict" 2>/dev/null || cat "$out.log"); logs are in $out"
		result "not ok" "noticed: $name"
		;;
	esac
}

right_kernel() {
	local row what file edit machine test out status
	fresh_tree
	build_tree "$SEEN/right.build" 4k || die "the right kernel does not build" "$(cat "$SEEN/right.build")"
	while read -r file; do
		[ ! -e "$CACHE/work/$LINE-4k/src/$file" ] || install -D "$CACHE/work/$LINE-4k/src/$file" "$RIGHT/$file"
	done < <(for row in "${rows[@]}"; do
		field what && field file && echo "$file"
	done | sort -u)
	while read -r machine test; do
		out=$SEEN/right-${machine/\//-}-${test%%:*} status=0
		build_tree "$SEEN/right.build" "$(variant_of "$machine")" || die "the right kernel does not build" "$(cat "$SEEN/right.build")"
		mkdir -p "$out"
		run_in_tree "$machine" "$test" "$out" || status=$?
		[ "$status" = 0 ] && result ok "control: $test on $machine" ||
			result "not ok" "control: $test on $machine # logs are in $out"
	done < <(for row in "${rows[@]}"; do
		field what && field file && field edit && field machine && field test && echo "$machine $test"
	done | sort -u)
}

need_packages "${ALL_PACKAGES[@]}"
grep -E -- "${ONLY:-.}" /dev/null 2>&1 || [ $? = 1 ] ||
	die "ONLY=$ONLY is not a pattern for grep -E" "for example: make mutants ONLY=lock"
mapfile -t rows < <(grep -Ev "^(#|$)" tests/mutants.list | grep -E -- "${ONLY:-.}")
[ ${#rows[@]} -gt 0 ] || die "no mutant is named like ONLY=$ONLY" "the names are in tests/mutants.list"
scripts/kernel.sh selftests "$LINE" >/dev/null
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
echo "1..$N"
exit $FAILED
