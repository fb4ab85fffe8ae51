#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# patches.sh quick|full: hygiene of the patches of a line. Quick looks at the base
# that is in use; full at the oldest and the newest that Debian's suites offer, and
# at `make refresh`.
# Only the files that the line touches are taken out of the archives.

# shellcheck source=../../scripts/env.sh
. "$(dirname "$0")/../../scripts/env.sh"
# shellcheck source=../../scripts/lib/source.sh
. "$TOP/scripts/lib/source.sh"

unset KERNEL_SRC UPDATE
export GIT_COMMITTER_NAME='Test Identity' GIT_COMMITTER_EMAIL=test@example.org
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

use_line
PACKAGE=$(line_value package)
need_packages git rsync xz-utils patch perl
TMP=$(mktemp -d "$CACHE/patches.XXXXXX")
trap 'rm -rf "$TMP"' EXIT
N=0 FAILED=0

# check NAME COMMAND...: in a shell of its own, for die() ends it. The output is
# shown when it fails.
check() {
	local name=$1 rc=0
	shift
	N=$((N + 1))
	(set -e; "$@") >"$TMP/out" 2>&1 &
	wait $! || rc=$?
	if [ $rc -eq 0 ]; then
		echo "ok $N - $name"
	else
		FAILED=1
		sed 's/^/# /' "$TMP/out"
		echo "not ok $N - $name"
	fi
}

applies() { stage_line "$BASE" "$TMP/stage"; }

mailed_patches() { find "$TMP/series" -name "[0-9]*.patch" ! -name "0000-*" | sort; }

git_am() {
	local repo=$TMP/am file
	rm -rf "$repo"
	git init -q "$repo"
	for file in $(all_patches | xargs -d '\n' cat | base_files /dev/stdin); do
		mkdir -p "$(dirname "$repo/$file")"
		cp "$BASE/$file" "$repo/$file"
	done
	git -C "$repo" add -A
	git -C "$repo" -c user.name=t -c user.email=t@example.org commit -q -m base
	mailed_patches | xargs git -C "$repo" am >"$TMP/am.out" 2>&1 || {
		cat "$TMP/am.out"
		return 1
	}
	if grep -i -E "warning|whitespace|error" "$TMP/am.out"; then return 1; fi
	rm -rf "$repo/.git"
	diff -r "$repo" "$TMP/stage"
}

checkpatch() {
	perl "$BASE/scripts/checkpatch.pl" --strict --no-tree --ignore FILE_PATH_CHANGES "$1"
}

# worked_copy: the repository's kernel and scripts, to refresh without harm, and
# the tree that somebody worked on
worked_copy() {
	rm -rf "$TMP/copy" "$TMP/edited"
	mkdir -p "$TMP/copy"
	cp -a "$TOP/kernel" "$TOP/scripts" "$TMP/copy/"
	cp -a "$BASE" "$TMP/edited"
	cp -a "$TMP/stage/." "$TMP/edited/"
}

refresh_nothing() {
	worked_copy
	"$TMP/copy/scripts/series.sh" refresh "$TMP/edited" "$BASE"
	diff -r "$TOP/kernel" "$TMP/copy/kernel"
}

# What is written beside the patch is lost, the patch is not.
refresh_without_room() {
	local patch file
	worked_copy
	patch=$(series_patches | tail -n 1)
	file=$(touched_by "$LINE_DIR/patches/$patch" | head -n 1)
	sed -i '1i /* an edit */' "$TMP/edited/$file"
	ln -s /dev/full "$TMP/copy/kernel/lines/$LINE/patches/$patch.new"
	! "$TMP/copy/scripts/series.sh" refresh "$TMP/edited" "$BASE" 2>"$TMP/err" || return 1
	cat "$TMP/err"
	grep -q "cannot write .*$patch, which is as it was" "$TMP/err"
	diff -r "$TOP/kernel" "$TMP/copy/kernel"
}

# An edit lands in one patch and one new file, and staging gives it back.
refresh_edit() {
	local patch new file
	worked_copy
	patch=$(series_patches | tail -n 1)
	file=$(touched_by "$LINE_DIR/patches/$patch" | head -n 1)
	new=$(new_files | head -n 1)
	sed -i '1i /* an edit */' "$TMP/edited/$file" "$TMP/edited/$new"
	"$TMP/copy/scripts/series.sh" refresh "$TMP/edited" "$BASE"
	[ "$(diff -rq "$TOP/kernel" "$TMP/copy/kernel" | wc -l)" = 2 ]
	grep -qxF '+/* an edit */' "$TMP/copy/kernel/lines/$LINE/patches/$patch"
	KERNEL_DIR=$TMP/copy/kernel
	use_line
	stage_line "$BASE" "$TMP/restaged"
	cmp "$TMP/restaged/$file" "$TMP/edited/$file"
	cmp "$TMP/restaged/$new" "$TMP/edited/$new"
}

# A patch for a file that counts: line 20 becomes "here".
counting() {
	rm -rf "$TMP/count"
	mkdir "$TMP/count"
	seq 40 >"$TMP/count/file"
	{
		printf -- '--- a/file\n+++ b/file\n@@ -17,7 +17,7 @@\n'
		printf ' 17\n 18\n 19\n-20\n+here\n 21\n 22\n 23\n'
	} >"$TMP/counting.patch"
}

moved_lines() {
	counting
	sed -i '1i 0' "$TMP/count/file"
	apply_patch "$TMP/counting.patch" "$TMP/count"
	grep -qx here "$TMP/count/file"
}

fuzz() {
	counting
	sed -i 's/^17$/seventeen/' "$TMP/count/file"
	! (apply_patch "$TMP/counting.patch" "$TMP/count") 2>"$TMP/err" || return 1
	cat "$TMP/err"
	grep -q 'counting.patch does not apply to file' "$TMP/err"
	grep -q "$CACHE/patch.log" "$TMP/err"
}

check_base() {
	local version=$1
	BASE_NAME="$PACKAGE $version"
	BASE=$(line_base "$2")
	check "$version: the patches apply without fuzz" applies
	rm -rf "$TMP/series"
	check "$version: make patches" "$TOP/scripts/series.sh" patches "$2" "$TMP/series"
	check "$version: git am gives the files that are built" git_am
}

# ends_of OFFERED IN-USE: the oldest and the newest. Debian builds one kernel
# release for several of its own; the one that is here already will do.
ends_of() {
	local version ends
	ends=$(sed -n "1s/ .*//p; \$s/ .*//p" <<<"$1" | sort -u)
	for version in $ends; do
		[ "${version%%-*}" != "${2%%-*}" ] || version=$2
		echo "$version"
	done
}

case ${1:-} in
quick)
	deb=$("$TOP/scripts/apt.sh" fetch "$PACKAGE")
	version=${deb##*/"${PACKAGE}"_}
	check_base "${version%.deb}" "$deb"
	;;
full)
	offered=$("$TOP/scripts/apt.sh" versions "$PACKAGE")
	in_use=$("$TOP/scripts/apt.sh" fetch "$PACKAGE")
	in_use=$(basename "${in_use##*_}" .deb)
	for version in $(ends_of "$offered" "$in_use"); do
		deb=$("$TOP/scripts/apt.sh" fetch "$PACKAGE" "$version")
		check_base "$version" "$deb"
	done
	;;
*) die "usage: patches.sh quick|full" ;;
esac

for patch in $(mailed_patches); do
	name=${patch##*/}
	check "checkpatch: ${name%.patch}" checkpatch "$patch"
done
if [ "$1" = full ]; then
	check "refresh leaves no difference" refresh_nothing
	check "refresh without room leaves the patches as they were" refresh_without_room
	check "refresh takes an edit into its patch and new file" refresh_edit
fi
check "moved lines are accepted" moved_lines
check "fuzz is refused, with the patch, the file and the log named" fuzz
echo "1..$N"
exit $FAILED
