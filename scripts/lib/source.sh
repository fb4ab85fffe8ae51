# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A kernel line's source: its base (Debian's package, or KERNEL_SRC), and what
# the line puts over it: its patches, in the order of `series`, and new files, which
# `line` gives their places. Sourced, after env.sh and use_line.

# find_base: BASE_ID names the base's content, BASE_SRC or BASE_DEB is where it is.
find_base() {
	local linux version
	linux=$(line_value linux)
	BASE_DEB='' BASE_SRC=''
	if [ -z "${KERNEL_SRC:-}" ]; then
		find_deb
		return
	fi

	[ -r "$KERNEL_SRC/Makefile" ] && [ -r "$KERNEL_SRC/arch/arm64/kvm/mmu.c" ] ||
		die "KERNEL_SRC=$KERNEL_SRC is not a Linux source tree" "name the top directory of one"
	BASE_SRC=$(cd "$KERNEL_SRC" && pwd -P)
	need_plain_path "KERNEL_SRC" "$BASE_SRC" "move the tree, or name another"
	version=$(sed -n 's/^\(VERSION\|PATCHLEVEL\) = //p' "$BASE_SRC/Makefile" | paste -sd.)
	[ "$version" = "$linux" ] ||
		die "KERNEL_SRC=$KERNEL_SRC is a tree of Linux $version, and line $LINE is put on Linux ${linux:-(none named)}" \
			"name a tree of that version, or another line: LINE= one of $(lines_there_are)"
	[ ! -e "$BASE_SRC/.config" ] && [ ! -d "$BASE_SRC/include/config" ] ||
		die "KERNEL_SRC=$KERNEL_SRC has been built in, which an out-of-tree build cannot use" \
			"clean it with 'make mrproper', or name a fresh 'git worktree'"
	BASE_NAME="the tree $BASE_SRC"
	# Names, sizes and times: reading 80,000 files would take longer than a rebuild.
	BASE_ID=$(find "$BASE_SRC" -name .git -prune -o -type f -printf '%P %s %T@\n' | sort | sha256sum)
	BASE_ID="$BASE_SRC ${BASE_ID%% *}"
}

# find_deb: the package that the line names: in the version that it names, or the newest
# that is offered when it is first asked for.
find_deb() {
	local newest version suite
	PACKAGE=$(line_value package) newest=$(line_value newest) version=$(line_value version)
	suite=$(line_value suite)
	[ -z "$suite" ] || export APT_SUITE=$suite
	[ -z "$newest" ] || PACKAGE=$("$TOP/scripts/apt.sh" newest "$newest")
	BASE_DEB=$("$TOP/scripts/apt.sh" fetch "$PACKAGE" ${version:+"$version"})
	BASE_NAME="Debian's ${BASE_DEB##*/}"
	BASE_NAME=${BASE_NAME%.deb}
	BASE_ID=$BASE_NAME
}

# AMD's GPU register headers are a third of the source, and nothing that is built for the rig
# reads them.
SPARED=drivers/gpu/drm/amd/include

# unpack_deb DEB DIR [FILE...]: the source without them, or the files named
unpack_deb() { untar_deb "$1" "$2" --exclude="*/$SPARED" "${@:3}"; }

# unpack_rest DEB DIR: what unpack_deb has left out
unpack_rest() { untar_deb "$1" "$2" "$SPARED"; }

# untar_deb DEB DIR [--exclude=PATTERN] [FILE...]
untar_deb() {
	local deb=$1 dir=$2 package=${1##*/} options=()
	package=${package%%_*}
	shift 2
	if [[ ${1:-} == --* ]]; then
		options=("$1")
		shift
	fi
	mkdir -p "$dir"
	dpkg-deb --fsys-tarfile "$deb" |
		tar -xO "./usr/src/$package.tar.xz" |
		tar -xJ -C "$dir" --strip-components=1 "${options[@]}" "${@/#/$package/}"
}

series_patches() { list_rows "$LINE_DIR/series" patch | sed 's/^?//'; }
is_optional() { list_rows "$LINE_DIR/series" patch | grep -qxF "?$1"; }

# new_files: the files that the line adds to the kernel's tree, by their paths there
new_files() { placed_files | cut -d'|' -f1; }

# placed_files: PATH-IN-THE-TREE|PATH-IN-THE-REPOSITORY of each
placed_files() {
	local put folder where
	list_rows "$LINE_DIR/line" what which where | sed -n 's/^put|//p' | while IFS='|' read -r put where; do
		folder=$(put_folder "$put")
		[ -d "$folder" ] || die "kernel/lines/$LINE/line puts $put, which is not there" "name a folder of kernel/, or with ./ one of the line"
		find "$folder" -maxdepth 1 -type f -printf "$where/%f|$folder/%f\n"
	done | sort
}

# put_folder FOLDER: where in the repository it is
put_folder() {
	case $1 in
	./*) echo "$LINE_DIR/${1#./}" ;;
	*) echo "$KERNEL_DIR/$1" ;;
	esac
}

# stored FILE: where the repository keeps this file of the tree, or would keep it: with
# the line's own files, if two folders are put there
stored() {
	local put
	placed_files | awk -F '|' -v file="$1" '$1 == file { print $2; found = 1 } END { exit !found }' && return
	put=$(list_rows "$LINE_DIR/line" which where | awk -F '|' -v where="${1%/*}" '$2 == where { put = $1 } END { print put }')
	[ -z "$put" ] || echo "$(put_folder "$put")/${1##*/}"
}

# touched_by PATCH...: the files they change, make or remove
touched_by() {
	sed -n 's/^\(---\|+++\) [ab]\/\([^[:space:]]*\).*/\2/p' "$@" | sort -u
}

# base_files PATCH...: those of them that the base must have
base_files() {
	cat "$@" | awk '/^--- \/dev\/null/ { getline; sub(/^b\//, "", $2); made[$2] }
		/^--- a\// { sub(/^a\//, "", $2); old[$2] }
		END { for (f in old) if (!(f in made)) print f }' | sort
}

all_patches() { series_patches | while read -r patch; do echo "$LINE_DIR/patches/$patch"; done; }

# check_series: the lists of the line can be read, and what they name is there. Where
# they are read again, in the head of a loop, a failure would go unnoticed.
check_series() {
	local patch patches
	[ -r "$LINE_DIR/series" ] ||
		die "kernel/lines/$LINE/series is missing" "it lists the patches of this line"
	patches=$(series_patches)
	for patch in $patches; do
		[ -r "$LINE_DIR/patches/$patch" ] || die "kernel/lines/$LINE/series names $patch, which is not in patches/ there"
	done
	placed_files >/dev/null
}

# base_has PATCH DIR: is it a fix that this base has already?
base_has() {
	is_optional "${1##*/}" && patch -d "$2" -R -p1 -F0 -f -s --dry-run <"$1" >/dev/null 2>&1
}

# apply_patch PATCH DIR: moved lines are accepted, fuzz is not.
apply_patch() {
	local patch=$1 dir=$2 log=$CACHE/patch.log file
	patch -d "$dir" -p1 -F0 -N --no-backup-if-mismatch <"$patch" >"$log" 2>&1 && return
	file=$(awk '/^(patching|checking) file/ { f = $3 } /FAILED|fail|can.t find|malformed|Reversed/ { print f; exit }' "$log")
	die "${patch##*/} does not apply to ${file:-the base} of ${BASE_NAME:-the base} (fuzz is not accepted)" \
		"$(grep -m3 -E 'FAILED|fail|find file|malformed|Reversed' "$log" | paste -sd' ')" \
		"what patch said is in $log; correct kernel/lines/$LINE/patches/${patch##*/} or use another base (KERNEL_SRC=DIR)"
}

# stage_line BASE STAGE: the line's files as they are to be, and no others.
stage_line() {
	local base=$1 stage=$2 patch file stored patches
	check_series
	mapfile -t patches < <(all_patches)
	rm -rf "$stage"
	mkdir -p "$stage"
	if [ ${#patches[@]} -gt 0 ]; then
		for file in $(touched_by "${patches[@]}"); do
			[ -e "$base/$file" ] || continue
			mkdir -p "$(dirname "$stage/$file")"
			cp -p "$base/$file" "$stage/$file"
		done
		for patch in "${patches[@]}"; do
			base_has "$patch" "$stage" || apply_patch "$patch" "$stage"
		done
	fi
	while IFS='|' read -r file stored; do
		[ ! -e "$base/$file" ] && [ ! -e "$stage/$file" ] ||
			die "${stored#"$TOP"/} hides a file of the base" "edits to existing files are patches of the line"
		mkdir -p "$stage/${file%/*}"
		cp "$stored" "$stage/$file"
	done < <(placed_files)
}

# line_base DEB: a directory with those files of the base that the line changes,
# and checkpatch. Kept in the cache: to get a few files out of the archive takes
# as long as to unpack all of it.
line_base() {
	local deb=$1 dir files
	mapfile -t files < <(all_patches | xargs -d '\n' cat | base_files /dev/stdin)
	files+=(Makefile scripts/checkpatch.pl scripts/spelling.txt scripts/const_structs.checkpatch)
	dir=$CACHE/touched/${deb##*/}-$(printf '%s\n' "${files[@]}" | sha256sum | cut -c1-12)
	if [ ! -d "$dir" ]; then
		rm -rf "$dir.new"
		unpack_deb "$deb" "$dir.new" "${files[@]}" ||
			die "cannot unpack $deb, or it lacks files that the patches change (tar says which, above)" \
				"if it is damaged, remove it and run this again; if the disk is full, free some of it"
		mv -T "$dir.new" "$dir"
		find "$CACHE/touched" -mindepth 1 -maxdepth 1 -printf '%T@ %p\n' | sort -rn |
			sed -n '9,$s/^[^ ]* //p' | xargs -r rm -rf
	fi
	touch "$dir"
	echo "$dir"
}
