#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# patches.sh quick|full: hygiene of the patches of a line. Quick looks at the base
# that is in use; full at the oldest and the newest that Debian's suites offer, and
# at `make refresh`.
# Only the files that the line touches are taken out of the archives.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../../scripts/lib/source.sh
. "$TOP/scripts/lib/source.sh"

unset KERNEL_SRC UPDATE
export GIT_COMMITTER_NAME='Test Identity' GIT_COMMITTER_EMAIL=test@example.org
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

need_packages git rsync xz-utils patch perl
need_work
PACKAGE=$(line_value package)

applies() { stage_line "$BASE" "$WORK/stage"; }

mailed_patches() { find "$WORK/series" -name "[0-9]*.patch" ! -name "0000-*" | sort; }

git_am() {
	local repo=$WORK/am file
	rm -rf "$repo"
	git init -q "$repo"
	for file in $(all_patches | xargs -d '\n' cat | base_files /dev/stdin); do
		mkdir -p "$(dirname "$repo/$file")"
		cp "$BASE/$file" "$repo/$file"
	done
	git -C "$repo" add -A
	git -C "$repo" -c user.name=t -c user.email=t@example.org commit -q -m base
	mailed_patches | xargs git -C "$repo" am >"$WORK/am.out" 2>&1 || {
		cat "$WORK/am.out"
		return 1
	}
	if grep -i -E "warning|whitespace|error" "$WORK/am.out"; then return 1; fi
	rm -rf "$repo/.git"
	diff -r "$repo" "$WORK/stage"
}

# Which commits the kernel has, only its git knows. A fix that newer bases have is, to
# the letter, as it is there: see base_has().
checkpatch() {
	local ignore=FILE_PATH_CHANGES,UNKNOWN_COMMIT_ID
	! grep -q 'left out where the base has it\.$' "$1" || ignore+=,PARENTHESIS_ALIGNMENT
	perl "$BASE/scripts/checkpatch.pl" --strict --no-tree --ignore "$ignore" "$1"
}

# What is edited has to be there: a mutant that is the right kernel would take the whole of
# `make mutants` to be found.
mutants_differ() {
	local rows row what file edit bad=0
	read_list rows "$TOP/tests/machines/mutants.list" what file edit machine test fails
	for row in "${rows[@]}"; do
		IFS='|' read -r what file edit _ <<<"$row"
		! sed "$edit" "$WORK/stage/$file" | cmp -s - "$WORK/stage/$file" || {
			echo "it changes nothing: $what"
			bad=1
		}
	done
	[ $bad = 0 ]
}

# A GPU that the driver does not know gets vfio-pci from libvirt, and the VM no memory of it.
same_gpus() {
	local driver=$WORK/stage/drivers/vfio/pci/nvgrace-gpu/main.c
	diff <(sed -n 's/.*DEVICE_VFIO(PCI_VENDOR_ID_NVIDIA, 0x\([0-9a-fA-F]*\)).*/\1/p' "$driver" | tr A-F a-f | sort) \
		<(list_rows "$TOP/tool/devices.list" driver device | sed -n 's/^nvgrace_gpu_vfio_pci|//p' | sort)
}

# worked_copy: the repository's kernel and scripts, to refresh without harm, and
# the tree that somebody worked on
worked_copy() {
	rm -rf "$WORK/copy" "$WORK/edited"
	mkdir -p "$WORK/copy/rig"
	cp -a "$TOP/kernel" "$TOP/scripts" "$WORK/copy/"
	cp -a "$TOP/rig/packages" "$WORK/copy/rig/"
	cp -a "$BASE" "$WORK/edited"
	cp -a "$WORK/stage/." "$WORK/edited/"
}

refresh_nothing() {
	worked_copy
	"$WORK/copy/scripts/series.sh" refresh "$WORK/edited" "$BASE"
	diff -r "$TOP/kernel" "$WORK/copy/kernel"
}

# What is written beside the patch is lost, the patch is not.
refresh_without_room() {
	local patch file
	worked_copy
	patch=$(series_patches | tail -n 1)
	file=$(touched_by "$LINE_DIR/patches/$patch" | head -n 1)
	sed -i '1i /* an edit */' "$WORK/edited/$file"
	ln -s /dev/full "$WORK/copy/kernel/lines/$LINE/patches/$patch.new"
	! "$WORK/copy/scripts/series.sh" refresh "$WORK/edited" "$BASE" 2>"$WORK/err" || return 1
	cat "$WORK/err"
	grep -q "cannot write .*$patch, which is as it was" "$WORK/err"
	diff -r "$TOP/kernel" "$WORK/copy/kernel"
}

# An edit lands in one patch and one new file, and staging gives it back.
refresh_edit() {
	local patch new file
	worked_copy
	patch=$(series_patches | tail -n 1)
	file=$(touched_by "$LINE_DIR/patches/$patch" | head -n 1)
	new=$(new_files | head -n 1)
	sed -i '1i /* an edit */' "$WORK/edited/$file" "$WORK/edited/$new"
	"$WORK/copy/scripts/series.sh" refresh "$WORK/edited" "$BASE"
	[ "$(diff -rq "$TOP/kernel" "$WORK/copy/kernel" | wc -l)" = 2 ]
	grep -qxF '+/* an edit */' "$WORK/copy/kernel/lines/$LINE/patches/$patch"
	KERNEL_DIR=$WORK/copy/kernel
	use_line
	stage_line "$BASE" "$WORK/restaged"
	cmp "$WORK/restaged/$file" "$WORK/edited/$file"
	cmp "$WORK/restaged/$new" "$WORK/edited/$new"
}

# A patch for a file that counts: line 20 becomes "here".
counting() {
	rm -rf "$WORK/count"
	mkdir "$WORK/count"
	seq 40 >"$WORK/count/file"
	{
		printf -- '--- a/file\n+++ b/file\n@@ -17,7 +17,7 @@\n'
		printf ' 17\n 18\n 19\n-20\n+here\n 21\n 22\n 23\n'
	} >"$WORK/counting.patch"
}

moved_lines() {
	counting
	sed -i '1i 0' "$WORK/count/file"
	apply_patch "$WORK/counting.patch" "$WORK/count"
	grep -qx here "$WORK/count/file"
}

fuzz() {
	counting
	sed -i 's/^17$/seventeen/' "$WORK/count/file"
	! (apply_patch "$WORK/counting.patch" "$WORK/count") 2>"$WORK/err" || return 1
	cat "$WORK/err"
	grep -q 'counting.patch does not apply to file' "$WORK/err"
	grep -q "$CACHE/patch.log" "$WORK/err"
}

check_base() {
	local version=$1
	BASE_NAME="$PACKAGE $version"
	BASE=$(line_base "$2")
	test_that "$version: the patches apply without fuzz" applies
	rm -rf "$WORK/series"
	test_that "$version: make patches writes the series" "$TOP/scripts/series.sh" patches "$2" "$WORK/series"
	test_that "$version: git am gives the files that are built" git_am
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
	versions=$(ends_of "$offered" "$in_use")
	for version in $versions; do
		deb=$("$TOP/scripts/apt.sh" fetch "$PACKAGE" "$version")
		check_base "$version" "$deb"
	done
	;;
*) die "usage: patches.sh quick|full" ;;
esac

mailed=$(mailed_patches)
for patch in $mailed; do
	name=${patch##*/}
	test_that "checkpatch is content with ${name%.patch}" checkpatch "$patch"
done
if [ "$1" = full ]; then
	test_that "refresh leaves no difference" refresh_nothing
	test_that "refresh without room leaves the patches as they were" refresh_without_room
	test_that "refresh takes an edit into its patch and new file" refresh_edit
fi
test_that "the driver and tool/devices.list know the same GPUs" same_gpus
test_that "each edit of mutants.list changes its file" mutants_differ
test_that "moved lines are accepted" moved_lines
test_that "fuzz is refused, with the patch, the file and the log named" fuzz
tap_end
