#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# selftests.sh: builds the KVM selftests of line LINE=, ours and those of the kernel's own
# that the line's upstream.list runs, or finds them in the cache; links
# build/selftests/LINE to them and prints where that is. Beside their folder, `upstream`
# names all that the kernel has. KERNEL_SRC=DIR builds from a tree other than Debian's.

# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source=scripts/lib/source.sh
. "$TOP/scripts/lib/source.sh"
# shellcheck source=scripts/lib/build.sh
. "$TOP/scripts/lib/build.sh"
# shellcheck source=scripts/lib/entry.sh
. "$TOP/scripts/lib/entry.sh"

RECIPE=1	# one more with each change here or in lib/ that makes other programs
KEEP=6		# builds in the cache
KVM=tools/testing/selftests/kvm

# folder: of those for arm64, in KVM's; ours are put there
folder() {
	local where
	where=$(list_rows "$LINE_DIR/line" which where | sed -n 's/^selftests|//p')
	echo "${where#"$KVM"/}"
}

inputs() {
	common_inputs
	echo "tests: $(selftests_there_are)"
	line_inputs '^$'
}

publish() {
	use_entry "$ENTRY"
	mkdir -p "$BUILD/selftests"
	ln -sfn "$ENTRY/bin" "$BUILD/selftests/$LINE"
	note "the selftests of $LINE are $HASH, from $BASE_NAME"
	echo "$BUILD/selftests/$LINE"
	exit 0
}

# programs: the tests, by their names in KVM's folder. One that other architectures have,
# too, is not in the folder of arm64's, though a part of it may be there.
programs() {
	local name folder
	folder=$(folder)
	for name in $(selftests_there_are); do
		[ -e "$SRC/$KVM/$name.c" ] || name=$folder/$name
		[ -e "$SRC/$KVM/$name.c" ] ||
			die "this kernel has no selftest ${name##*/}" "correct kernel/lines/$LINE/upstream.list"
		echo "$name"
	done
}

# upstream_has: the names of those that the kernel itself has for arm64, run or not
upstream_has() {
	sed -n "s/^TEST_GEN_PROGS_$(folder) += \(.*\/\)\?//p" "$SRC/$KVM/Makefile" |
		{ grep -vxF "$(own_selftests | tr ' ' '\n')" || true; } | sort -u
}

# LDFLAGS is the whole of it, since a variable of the command line hides +=.
make_selftests() {
	mkdir -p "$WORK/selftests/tools" "$OBJ" &&
		kmake headers &&
		make -C "$SRC/$KVM" -j"$(nproc)" \
		OUTPUT="$WORK/selftests" abs_objdir="$WORK/selftests" LINUX_HDR_PATH="$OBJ/usr/include/" \
		LDFLAGS="-static -pthread -no-pie" "TEST_GEN_PROGS_$(folder)=${PROGRAMS[*]}" "${PROGRAMS[@]/#/$WORK/selftests/}"
}

collect() {
	local new=$CACHE/selftests/.new
	rm -rf "$new"
	mkdir -p "$new/bin"
	cp -t "$new/bin" "${PROGRAMS[@]/#/$WORK/selftests/}"
	upstream_has >"$new/upstream"
	put_entry "$new" "$ENTRY" "$INPUTS"
	evict_entries "$CACHE/selftests" $KEEP
}

[ $# = 0 ] || die "'$*' is not understood" "usage: selftests.sh; LINE= and KERNEL_SRC= say of what"
use_line
need_build_tools
find_base
check_series
INPUTS=$(inputs)
HASH=$(short_hash <<<"$INPUTS")
ENTRY=$CACHE/selftests/$HASH
! is_whole "$ENTRY" || publish

take_lock build
! is_whole "$ENTRY" || publish	# by the one we waited for

use_work_tree selftests
UNREAD=(drivers sound net fs Documentation)
mkdir -p "$CACHE/selftests"
begin_build patched
PROGRAMS=$(programs)
mapfile -t PROGRAMS <<<"$PROGRAMS"
step "building the KVM selftests of $LINE" make_selftests
collect
publish
