#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A kernel line as a mailable series, and back.
#
#   series.sh patches [DEB [DIR]]    build/series (or DIR): the series for git am,
#                                    on the base in use (or Debian's DEB)
#   series.sh refresh [DIR [BASE]]   the stored patches and new files again, from
#                                    a worked-on tree (the work tree of VARIANT=cohmem,
#                                    or DIR), against BASE
#
# Both go through a git repository with the touched files of the base, and a
# commit for each patch that also has the new files that `series` gives it.

# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source=scripts/lib/source.sh
. "$(dirname "$0")/lib/source.sh"

TMP=$(mktemp -d "$CACHE/series.XXXXXX")
trap 'rm -rf "$TMP"' EXIT
REPO=$TMP/repo

# Who signs off is in the environment (identity). Nothing else of the user's git configuration
# is to have an effect here.
repo_git() {
	GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 git -C "$REPO" -c gc.auto=0 "$@"
}

# patch_new_files PATCH: the new files that series gives it, by their paths in the tree
patch_new_files() {
	local with path files
	with=$(list_rows "$LINE_DIR/series" patch with | sed -n "s/^?\{0,1\}$1|//p")
	for path in $with; do
		path=$(put_folder "$path")
		files=$(placed_files | awk -F'|' -v p="$path" '$2 == p || index($2, p "/") == 1 { print $1 }')
		[ -n "$files" ] || die "series gives $1 the file or folder ${path#"$TOP"/}, which has no new file"
		echo "$files"
	done
}

# Every new file comes with one patch, or the mailed series is not the kernel that is
# built here.
check_new_files() {
	local patch given twice
	given=$(for patch in $(series_patches); do patch_new_files "$patch"; done | sort)
	twice=$(uniq -d <<<"$given")
	[ -z "$twice" ] || die "kernel/lines/$LINE/series gives these new files to two patches: $twice"
	[ "$given" = "$(new_files)" ] ||
		die "kernel/lines/$LINE/series gives no patch these new files:" \
			"$(comm -13 <(echo "$given") <(new_files))" "add them to the line of the patch that needs them"
}

# make_repo BASE: branch `base`, then a tag p1, p2, ... for each patch that is
# APPLIED, of which there are COUNT
make_repo() {
	local base=$1 patch file n=0 patches=() mail=$TMP/mail
	check_series
	check_new_files
	mapfile -t patches < <(all_patches)
	git init -q -b base "$REPO"
	for file in $(touched_by "${patches[@]}") ${EXTRA_FILES:-}; do
		[ -e "$base/$file" ] || continue
		mkdir -p "$(dirname "$REPO/$file")"
		cp "$base/$file" "$REPO/$file"
	done
	repo_git add -A
	repo_git commit -q --allow-empty -m "$BASE_NAME"
	repo_git tag p0
	repo_git checkout -q -b line
	APPLIED=()
	for patch in $(series_patches); do
		! base_has "$LINE_DIR/patches/$patch" "$REPO" || continue
		APPLIED+=("$patch")
		n=$((n + 1))
		# A patch without an author is by whoever sends it.
		grep -q '^From: ' "$LINE_DIR/patches/$patch" || echo "From: $IDENTITY" >"$mail"
		cat "$LINE_DIR/patches/$patch" >>"$mail"
		repo_git am -q --patch-format=mbox "$mail" >"$TMP/am.log" 2>&1 || {
			cp "$TMP/am.log" "$CACHE/am.log"
			die "$patch does not apply to $BASE_NAME with git am: $(grep -m1 error: "$TMP/am.log" || head -n 1 "$TMP/am.log")" \
				"what git said is in $CACHE/am.log; correct kernel/lines/$LINE/patches/$patch"
		}
		for file in $(patch_new_files "$patch"); do
			mkdir -p "$(dirname "$REPO/$file")"
			cp "$(stored "$file")" "$REPO/$file"
		done
		repo_git add -A
		repo_git commit -q --amend --no-edit
		repo_git tag "p$n"
		rm -f "$mail"
	done
	COUNT=$n
}

# identity: who signs off; asked of git, in the words that git uses.
identity() {
	IDENTITY=$(git var GIT_COMMITTER_IDENT 2>/dev/null | sed 's/ [0-9]* [-+][0-9]*$//') || true
	[ -n "${GIT_COMMITTER_EMAIL:-}$(git config user.email || true)" ] && [ -n "$IDENTITY" ] ||
		die "git does not know who signs off the series" \
			"git config --global user.name 'Your Name'; git config --global user.email you@example.org"
	export GIT_COMMITTER_NAME="${IDENTITY% <*}" GIT_COMMITTER_EMAIL
	GIT_COMMITTER_EMAIL=${IDENTITY##*<}
	GIT_COMMITTER_EMAIL=${GIT_COMMITTER_EMAIL%>}
	export GIT_AUTHOR_NAME=$GIT_COMMITTER_NAME GIT_AUTHOR_EMAIL=$GIT_COMMITTER_EMAIL
}

patches() {
	local out=${2:-$BUILD/series} base
	identity
	if [ -n "${1:-}" ]; then
		BASE_DEB=$1 BASE_SRC='' BASE_NAME=${1##*/}
	else
		find_base
	fi
	if [ -n "$BASE_SRC" ]; then
		base=$BASE_SRC
	else
		check_series
		check_new_files
		base=$(line_base "$BASE_DEB")
	fi
	[ -r "$LINE_DIR/cover" ] || die "kernel/lines/$LINE/cover is missing" "it is the cover letter: a subject, an empty line, the text"
	make_repo "$base"
	repo_git config branch.line.description "$(cat "$LINE_DIR/cover")"
	rm -rf "$out.new"
	mkdir -p "$out.new"
	repo_git format-patch -q --cover-letter --cover-from-description=subject -s -o "$(realpath "$out.new")" base
	rm -rf "$out"
	mv -T "$out.new" "$out"
	note "$COUNT patches and a cover letter on $BASE_NAME are in $out, signed off by $IDENTITY"
}

# work_files BASE: the files of the work tree that were edited since the line was
# put there. What is merely older than the repository is left alone.
work_files() {
	local work=$1 file
	find "$work/src" -type f -newer "$work/placed" -printf '%P\n' | not_source | while read -r file; do
		cmp -s "$work/src/$file" "$work/stage/$file" || echo "$file"
	done
}

# tree_files BASE DIR: the files of any other tree that differ from the base or
# that the line has something to say about
tree_files() {
	{
		rsync -rlcn --delete --out-format='%n' --exclude=.git --exclude=/drivers/gpu/drm/amd/include \
			"$2/" "$1/" | sed 's/^deleting //; /\/$/d' | not_source
		all_patches | xargs -d '\n' cat | touched_by /dev/stdin
		new_files
	} | sort -u
}

not_source() { grep -vE '(\.o|\.ko|\.cmd|\.orig|\.rej|\.swp|~)$' || true; }

# put FROM TO: a copy, or no file where there is none. Where there is no room for it,
# what is there stays.
put() {
	if [ ! -e "$1" ]; then
		rm -f "$2"
		return
	fi
	mkdir -p "${2%/*}"
	if ! cp "$1" "$2.new"; then
		rm -f "$2.new"
		die "cannot write $2, which is as it was" "make room, and run this again"
	fi
	mv -f "$2.new" "$2"
}

# An edit belongs to the last patch that touches the file; one to a file that no
# patch touches belongs to the last patch, or to PATCH=.
refresh() {
	local work=${1:-} base=${2:-} file stored n patch changed placed=''
	local -A last
	export GIT_COMMITTER_NAME=cohmem GIT_COMMITTER_EMAIL=cohmem@localhost
	identity
	[ -z "$work" ] || [ -d "$work/arch" ] ||
		die "DIR=$work is not a kernel tree" "name the worked-on tree: make refresh DIR=..."
	if [ -z "$base" ]; then
		find_base
		base=${BASE_SRC:-$CACHE/work/$LINE-base}
		[ -n "$work" ] || placed=$CACHE/work/$LINE-cohmem${BASE_SRC:+-tree}
	fi
	work=${work:-$placed/src}
	[ -r "$base/Makefile" ] || die "there is no base to compare with yet" "build a kernel first: make kernel"
	[ -d "$work/arch" ] || die "there is no work tree $work" "build a kernel first: make kernel"
	BASE_NAME="the base of $LINE"

	if [ -n "$placed" ]; then
		mapfile -t changed < <(work_files "$placed")
	else
		mapfile -t changed < <(tree_files "$base" "$work")
	fi
	[ ${#changed[@]} -lt 500 ] ||
		die "$work differs from $BASE_NAME in ${#changed[@]} files: it is no tree of that base" \
			"name one that is, with the line's patches in it"
	EXTRA_FILES=${changed[*]} make_repo "$base"
	for ((n = 1; n <= COUNT; n++)); do
		patch=${APPLIED[n - 1]}
		for file in $(touched_by "$LINE_DIR/patches/$patch"); do last[$file]=$n; done
		for file in $(patch_new_files "$patch"); do last[$file]=0; done
	done
	for file in "${changed[@]}"; do
		[ -z "$placed" ] || no_conflict "$file" "$placed/stage"
		if [ -n "${last[$file]:-}" ] || cmp -s "$work/$file" "$base/$file"; then
			continue
		elif [ -e "$base/$file" ]; then
			last[$file]=$(printf "%s\n" "${APPLIED[@]}" | awk -v p="${PATCH:-}" 'p == "" || $1 == p { n = NR } END { print n }')
			[ -n "${last[$file]}" ] || die "PATCH=$PATCH is not in kernel/lines/$LINE/series"
			note "$file is new to the line: it goes to patch ${last[$file]}"
		else
			last[$file]=0
			[ -n "$(stored "$file")" ] ||
				die "$file is new, and kernel/lines/$LINE/line puts nothing into ${file%/*}" \
					"add a row that says where in kernel/ such files are kept"
			note "$file is a new file: name it in kernel/lines/$LINE/series, beside its patch"
		fi
	done

	repo_git checkout -q -b new p0
	mkdir "$TMP/refreshed"
	for ((n = 1; n <= COUNT; n++)); do
		repo_git read-tree -u --reset "p$n"
		for file in "${changed[@]}"; do
			[ "${last[$file]:-0}" != 0 ] && [ "${last[$file]}" -le "$n" ] || continue
			put "$work/$file" "$REPO/$file"
		done
		repo_git add -A
		repo_git commit -q --allow-empty -m "$n"
		repo_git tag "q$n"
		refresh_patch "$n"
	done

	# Nothing has been written until here.
	for patch in "$TMP"/refreshed/*.patch; do
		[ -e "$patch" ] || continue
		put "$patch" "$LINE_DIR/patches/${patch##*/}"
		note "refreshed kernel/lines/$LINE/patches/${patch##*/}"
	done
	for file in "${changed[@]}"; do
		[ "${last[$file]:-}" = 0 ] || continue
		stored=$(stored "$file")
		if [ ! -e "$work/$file" ]; then
			note "$file is not in $work: if it is to go, delete ${stored#"$TOP"/}"
		elif ! cmp -s "$work/$file" "$stored"; then
			put "$work/$file" "$stored"
			note "refreshed ${stored#"$TOP"/}"
		fi
	done
}

# no_conflict FILE STAGE: the repository must still say what the work tree was
# made from, or the refresh would undo what the repository has gained since.
no_conflict() {
	local now=$REPO/$1 stored
	stored=$(stored "$1")
	[ ! -e "$stored" ] || now=$stored
	[ ! -e "$2/$1" ] || cmp -s "$now" "$2/$1" ||
		die "$1 was edited in the work tree and has changed in the repository too" \
			"bring the two together by hand: the work tree was made from $2/$1"
}

# refresh_patch N: nothing is made where nothing has changed, so that only
# what was worked on shows in a diff of the repository.
refresh_patch() {
	local n=$1 before=q$(($1 - 1)) patch exclude=() file
	[ "$n" -gt 1 ] || before=p0
	patch=${APPLIED[n - 1]}
	for file in $(new_files); do exclude+=(":(exclude)$file"); done
	hunks() { repo_git diff --no-renames --no-ext-diff "$@" -- . "${exclude[@]}" | sed '/^index [0-9a-f]*\.\./d'; }

	[ "$(hunks "p$((n - 1))" "p$n")" != "$(hunks "$before" "q$n")" ] || return 0
	{
		sed '/^---$/,$d; /^diff --git /,$d' "$LINE_DIR/patches/$patch"
		echo '---'
		hunks --stat=72 -p "$before" "q$n"
	} >"$TMP/refreshed/$patch"
	grep -q "^diff --git" "$TMP/refreshed/$patch" ||
		die "nothing is left of $patch" "take it out of kernel/lines/$LINE/series and delete it"
}

use_line
need_packages git rsync xz-utils patch
case ${1:-},$# in
patches,[123] | refresh,[123]) "$@" ;;
*) die "usage: series.sh patches [DEB [DIR]] | refresh [DIR [BASE]]" ;;
esac
