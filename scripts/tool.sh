#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tool.sh        builds the operator's command for this PC, and prints where it is
# tool.sh arm64  the same for the emulated host, against the libraries of Debian's packages
#                (rig/packages/tool.list), and prints where these are, too
#
# tool/Makefile builds it by other compilers (CC=), and says what else it takes.

# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"

# All that a compiler takes by itself from this PC is named by its place in the tree: Debian's
# cross compiler looks into its own C library first, which may be older than that of the tree.
cross_compiler() {
	local gcc=${CROSS_COMPILE}gcc tree=$1 lib=$1/usr/lib/aarch64-linux-gnu own
	own=$("$gcc" -print-file-name=include)
	echo "$gcc --sysroot=$tree -nostdinc -isystem $own -isystem $tree/usr/include/aarch64-linux-gnu" \
		"-isystem $tree/usr/include -B$lib -L$lib"
}

# for_rig: into build/rig/operator, whose path in the emulated host is /operator.
for_rig() {
	local tree out=$BUILD/tool-arm64 share=$BUILD/rig/operator
	need_packages make "${TARGET_PACKAGES[@]}"
	tree=$("$TOP/scripts/tree.sh" tool)
	take_lock tool.lock "$out"
	# Relative: the path of the clone may have a blank in it, which make does not take.
	make -s -C "$TOP/tool" OUT=../build/tool-arm64 DATA=/operator CC="$(cross_compiler "$tree")"
	put 755 "$out/cohmem" "$share/cohmem"
	put 644 "$TOP/tool/devices.list" "$share/devices.list"
	printf '%s\n' "$share" "$tree"
}

# put MODE FROM TO: replaces the file as a whole, because a running machine may be reading it.
# Users other than root can read it, too.
put() {
	cmp -s "$2" "$3" && return
	mkdir -p "${3%/*}"
	chmod 755 "${3%/*}"
	install -m "$1" "$2" "$3.new"
	mv "$3.new" "$3"
}

case $# in
0)
	need_packages "${NATIVE_PACKAGES[@]}"
	make -s -C "$TOP/tool"
	echo "$BUILD/tool/cohmem"
	;;
1)
	[ "$1" = arm64 ] || die "cohmem is not built for '$1'" "usage: scripts/tool.sh [arm64]"
	for_rig
	;;
*) die "what shall be built?" "usage: scripts/tool.sh [arm64]" ;;
esac
