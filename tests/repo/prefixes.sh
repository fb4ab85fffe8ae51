#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# prefixes.sh last|all: with the first patches of the series, up to each in turn, the
# folders compile that the series touches; `last` looks at the last three that change
# what is compiled. Whoever looks for a fault by bisection builds such kernels. What has
# compiled once is known by its sources, and not compiled again.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../../scripts/lib/source.sh
. "$TOP/scripts/lib/source.sh"
# shellcheck source=../../scripts/lib/build.sh
. "$TOP/scripts/lib/build.sh"
# shellcheck source=../../scripts/lib/entry.sh
. "$TOP/scripts/lib/entry.sh"

LAST=3
KEEP=200	# prefixes that are known to compile

export GIT_COMMITTER_NAME='Test Identity' GIT_COMMITTER_EMAIL=test@example.org
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1

repo_git() { git -C "$WORK/repo" "$@"; }

# make_repo: a commit for each patch, on the files of the base that the series touches
make_repo() {
	local base file
	base=$(line_base "$BASE_DEB")
	git init -q "$WORK/repo"
	for file in $(all_patches | xargs -d '\n' cat | base_files /dev/stdin); do
		mkdir -p "$(dirname "$WORK/repo/$file")"
		cp "$base/$file" "$WORK/repo/$file"
	done
	repo_git add -A
	repo_git -c user.name=t -c user.email=t@example.org commit -q -m base
	repo_git tag base
	find "$WORK/series" -name '[0-9]*.patch' ! -name '0000-*' | sort | xargs git -C "$WORK/repo" am -q
}

# compiled_files COMMIT: what the compiler can see
compiled_files() { repo_git ls-tree -r "$1" | grep -vP '\t(tools|Documentation)/'; }

# folders_of COMMIT: those of TOUCHED_FOLDERS that are there; the series makes some of them
folders_of() {
	local folder
	for folder in "${TOUCHED_FOLDERS[@]}"; do
		! repo_git cat-file -e "$1:${folder%/}" 2>/dev/null || echo "$folder"
	done
}

# key COMMIT: by what is compiled, and how
key() {
	{
		cat "$CONFIG"
		"${CROSS_COMPILE}gcc" --version | head -n 1
		echo "$BASE_ID $(folders_of "$1" | paste -sd' ')"
		compiled_files "$1"
	} | short_hash
}

# use_files COMMIT: in SRC, with the time of now where they differ
use_files() {
	local file
	repo_git checkout -q "$1"
	while read -r file; do
		if [ ! -e "$WORK/repo/$file" ]; then
			rm -f "${SRC:?}/$file"
		elif ! cmp -s "$WORK/repo/$file" "$SRC/$file"; then
			mkdir -p "$(dirname "$SRC/$file")"
			rm -f "${SRC:?}/$file"
			cp "$WORK/repo/$file" "$SRC/$file"
		fi
	done < <(repo_git ls-tree -r --name-only "$TIP")
}

compiles() {
	local known folders
	mapfile -t folders < <(folders_of "$1")
	known=$CACHE/prefixes/$(key "$1")/complete
	[ ! -e "$known" ] || { touch "$known" && return; }
	use_files "$1"
	mkdir -p "$OBJ"
	cp "$CONFIG" "$OBJ/.config"
	kmake -s olddefconfig && compile_folders "${folders[@]}" || return
	mkdir -p "${known%/*}"
	touch "$known"
	evict_entries "$CACHE/prefixes" $KEEP
}

case ${1:-} in
last | all) ;;
*) die "which prefixes of the series?" "usage: tests/repo/prefixes.sh last|all" ;;
esac
need_build_tools
need_work
find_base
check_series
CONFIG=$(readlink -f "$BUILD/kernels/$LINE-cohmem")/config
[ -r "$CONFIG" ] || die "there is no kernel to have its configuration from" "build it: make kernel VARIANT=cohmem"
"$TOP/scripts/series.sh" patches "$BASE_DEB" "$WORK/series" >/dev/null
make_repo
TIP=$(repo_git rev-parse HEAD)

SRC=$CACHE/work/$LINE-prefixes/src OBJ=$CACHE/work/$LINE-prefixes/obj
take_lock build
if [ "$(cat "$CACHE/work/$LINE-prefixes/id" 2>/dev/null)" != "$BASE_ID" ]; then
	rm -rf "$CACHE/work/$LINE-prefixes"
	mkdir -p "$CACHE/work/$LINE-prefixes"
	cp -al "$CACHE/work/$LINE-base" "$SRC"
	echo "$BASE_ID" >"$CACHE/work/$LINE-prefixes/id"
fi

# Those that differ in what is compiled
commits=() seen=''
for commit in $(repo_git rev-list --reverse base.."$TIP"); do
	tree=$(compiled_files "$commit" | short_hash)
	[ "$tree" = "$seen" ] || commits+=("$commit")
	seen=$tree
done
[ "$1" = all ] || commits=("${commits[@]: -LAST}")
for commit in "${commits[@]}"; do
	test_that "compiles up to: $(repo_git log -1 --format=%s "$commit")" compiles "$commit"
done
tap_end
