# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# A work tree in the cache, WORK: the base and the line's files in src/, what is built in
# obj/. Work trees are kept, so that a small change is a small build. NAME is what is
# built there, for messages; UNREAD are folders of the source that it does not need; with
# WHOLE it needs also what unpack_deb leaves out. ROOM is how many GiB a build from nothing takes.
# MAKE_ARGS is what each make gets. Sourced, after source.sh.

# What a caller's environment may set must not reach the build.
unset MAKEFLAGS MFLAGS MAKELEVEL KBUILD_OUTPUT O M LLVM CC CFLAGS CPPFLAGS LDFLAGS KCFLAGS KAFLAGS LOCALVERSION OUTPUT
export KBUILD_BUILD_USER=cohmem KBUILD_BUILD_HOST=rig KBUILD_BUILD_VERSION=1
UNREAD=() MAKE_ARGS=() WHOLE='' ROOM=5

need_build_tools() {
	local tool
	need_packages "${NATIVE_PACKAGES[@]}" "${TARGET_PACKAGES[@]}" \
		bc bison flex rsync xz-utils patch
	for tool in "${CROSS_COMPILE}gcc" "${CROSS_COMPILE}ld" gcc make bc bison flex rsync xz patch; do
		command -v "$tool" >/dev/null ||
			die "$tool is not in PATH, though its package is installed" "correct PATH, or reinstall the package"
	done
	[ -d "$CACHE/work" ] || need_space "$CACHE" 6 "building the first kernel"
}

# use_work_tree NAME: what is built where
use_work_tree() {
	NAME=$LINE-$1
	WORK=$CACHE/work/$NAME
	[ -z "$BASE_SRC" ] || WORK=$WORK-tree
	OBJ=$WORK/obj
	LOG=$WORK/build.log
	TOTAL=''
}

# begin_build stock|patched: prepares the work tree, and marks it as one in which a build
# runs
begin_build() {
	need_space "$CACHE" "$([ -e "$OBJ/vmlinux" ] && echo 1 || echo "$ROOM")" "building a kernel"
	mkdir -p "$CACHE/work"
	prepare_source "$1"
	if [ -e "$WORK/building" ]; then
		note "the last build was killed: starting again"
		rm -rf "$OBJ" "$WORK/built" "$WORK/selftests"
	fi
	# Left behind only by a build that had no chance to stop in order. An object of such a build
	# may be half, and make would take it for whole: a .cmd file is written before the symbol
	# versions that belong to the object, and if one is made anew, its old .cmd file is there. One
	# that is interrupted removes what it is making, and goes on later.
	touch "$WORK/building"
	trap 'rm -f "$WORK/building"' EXIT
	SECONDS=0
	note "log: $LOG"
}

# prepare_source stock|patched: SRC, the tree to build. The base is never written to: the
# stock kernel is built from it, all else from a copy with the line's files in it.
prepare_source() {
	local base stage=$WORK/stage.new
	if [ -n "$BASE_SRC" ]; then
		base=$BASE_SRC
	else
		base=$CACHE/work/$LINE-base
		if [ "$(cat "$base.id" 2>/dev/null)" != "$BASE_ID" ]; then
			note "unpacking $BASE_NAME"
			rm -rf "$base" "$base.id" "$base.new"
			unpack_deb "$BASE_DEB" "$base.new" ||
				die "cannot unpack $BASE_DEB (the reason is above)" \
					"if it is damaged, remove it and run this again; if the disk is full, free some of it"
			mv "$base.new" "$base"
			echo "$BASE_ID" >"$base.id"
		fi
	fi

	if [ "$(cat "$WORK/id" 2>/dev/null)" != "$BASE_ID" ]; then
		rm -rf "$WORK"
		mkdir -p "$WORK"
	fi
	SRC=$base
	if [ "$1" = patched ]; then
		SRC=$WORK/src
		stage_line "$base" "$stage"
		if [ ! -e "$WORK/id" ]; then
			note "copying the base for $NAME"
			rm -rf "$SRC" "$WORK/stage"
			mkdir -p "$SRC"
			tar -C "$base" --exclude=./.git "${UNREAD[@]/#/--exclude=./}" -c . | tar -C "$SRC" -x
			if [ -n "$WHOLE" ] && [ -n "$BASE_DEB" ]; then
				note "unpacking the rest of $BASE_NAME"
				unpack_rest "$BASE_DEB" "$SRC" || die "cannot unpack $BASE_DEB (the reason is above)" "if the disk is full, free some of it, and run this again"
			fi
			: >"$WORK/placed"
		else
			keep_edits "$stage" "$base"
		fi
		place_line "$stage" "$base"
	fi
	echo "$BASE_ID" >"$WORK/id"
}

# keep_edits STAGE BASE: ends the script if somebody has edited the work tree, and the edits are
# not in the repository: they would be overwritten, or built without a trace of them.
keep_edits() {
	local stage=$1 base=$2 file edited=()
	while read -r file; do
		cmp -s "$SRC/$file" "$WORK/stage/$file" || cmp -s "$SRC/$file" "$stage/$file" ||
			cmp -s "$SRC/$file" "$base/$file" || edited+=("$file")
	done < <(find "$SRC" -type f -newer "$WORK/placed" -printf '%P\n')
	[ ${#edited[@]} -eq 0 ] ||
		die "the work tree $SRC has edits that are not in the repository: ${edited[*]}" \
			"'make refresh' takes them into the patches; 'rm -r $WORK' gives them up"
}

# place_line: puts the staged files into SRC and the base's own back where the
# line no longer has a file. Only files that differ are written, and get the time of now, so
# that make builds what has changed and nothing else.
place_line() {
	local stage=$1 base=$2 file
	while read -r file; do
		[ ! -e "$stage/$file" ] || continue
		if [ -e "$base/$file" ]; then
			mkdir -p "$(dirname "$SRC/$file")"
			cp "$base/$file" "$SRC/$file"
		else
			rm -f "${SRC:?}/$file"
		fi
	done <"$WORK/placed"
	rsync -rlpc "$stage/" "$SRC/"
	rm -rf "$WORK/stage"
	mv "$stage" "$WORK/stage"
	(cd "$WORK/stage" && find . -type f -printf '%P\n') >"$WORK/placed"
}

kmake() { make -C "$SRC" O="$OBJ" -j"$(nproc)" "${MAKE_ARGS[@]}" "$@"; }

# TOUCHED_FOLDERS: where the series changes what is compiled
# shellcheck disable=SC2034 # used by the scripts that source this file
TOUCHED_FOLDERS=(arch/arm64/kvm/ arch/arm64/mm/ drivers/vfio/ fs/guestramfs/ fs/proc/ kernel/futex/ mm/ virt/kvm/)

# compile_folders FOLDER...: what is in them, and what all that is compiled needs before
compile_folders() { kmake -s prepare && kmake "$@"; }

# step WHAT COMMAND...: with progress, and the errors shown when it fails.
step() {
	local what=$1 rc=0
	shift
	note "$what"
	watched "$LOG" objects_done "$@" || rc=$?
	[ "$rc" -ne 0 ] || return 0
	# make removes what it was making unless it was killed outright.
	[ "$rc" -ne 137 ] || rm -rf "$OBJ" "$WORK/built"
	{ grep -E "error: |ERROR|undefined reference|No rule to make|No such file|No space left" "$LOG" || tail -n 15 "$LOG"; } |
		head -n 15 | sed 's/^/    /' >&2
	die "$what failed" "the whole log is $LOG" "$NAME, base: $BASE_NAME"
}

objects_done() {
	awk -v total="$TOTAL" '$1 ~ /^(CC|AS)$/ && NF < 4 { n++ } NF > 1 && /^  [A-Z]/ { last = $NF }
		END { if (n) printf "%d%s objects, ", n, total; print last }' "$1"
}
