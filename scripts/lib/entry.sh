# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Entries of the cache: directories that are known by the hash of all that went into
# them, which their file `inputs` lists. What is built is put beside its place and
# renamed when it is whole. Sourced, after source.sh.

# is_whole DIR: is what was put there still there, and of its size? What is in its
# folder rig/ is an entry of its own.
is_whole() { [ -e "$1/complete" ] && (cd "$1" && list_files | cmp -s - complete); }

list_files() { find . -path ./rig -prune -o -type f ! -name 'complete*' -printf '%s %P\n' | sort; }

# put_entry NEW DIR INPUTS
put_entry() {
	echo "$3" >"$1/inputs"
	(cd "$1" && list_files) >"$1/complete.new"
	mv "$1/complete.new" "$1/complete"
	rm -rf "$2"
	mkdir -p "${2%/*}"
	mv -T "$1" "$2"
}

# use_entry DIR: its age is what evict_entries goes by
use_entry() { touch "$1/complete"; }

# evict_entries DIR KEEP: all but the last KEEP that were used
evict_entries() {
	find "$1" -mindepth 2 -maxdepth 2 -name complete -printf '%T@ %h\n' |
		sort -rn | sed "1,$2d; s/^[^ ]* //" | xargs -r rm -rf
}

# short_hash: of the input
short_hash() { sha256sum | cut -c1-12; }

# common_inputs: what goes into all that is built of a line
common_inputs() {
	echo "recipe: $RECIPE"
	echo "line: $LINE"
	echo "base: $BASE_ID"
	echo "compiler: $("${CROSS_COMPILE}gcc" --version | head -n 1)"
	echo "linker: $("${CROSS_COMPILE}ld" --version | head -n 1)"
}

# line_inputs PATTERN: the patches, without what they say of themselves, and the new
# files by their places in the tree. Files that the pattern names do not go in, nor do
# patches of nothing else.
line_inputs() {
	local patch file stored
	while read -r patch; do
		touched_by "$LINE_DIR/patches/${patch#\?}" | grep -qvE "$1" || continue
		printf '%s  %s\n' "$(sed -n '/^\(diff --git \|--- a\/\|--- \/dev\/null\)/,$p' "$LINE_DIR/patches/${patch#\?}" | short_hash)" "$patch"
	done < <(list_rows "$LINE_DIR/series" patch)
	while IFS='|' read -r file stored; do
		[[ $file =~ $1 ]] || printf '%s  %s\n' "$(short_hash <"$stored")" "$file"
	done < <(placed_files)
}
