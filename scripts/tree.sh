#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tree.sh NAME: unpacks the Debian packages of rig/packages/NAME.list, with all that they
# depend on, into a tree in the cache, or finds it there, and prints where it is.

# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source=scripts/lib/apt.sh
. "$TOP/scripts/lib/apt.sh"

# A tree is unpacked beside its final name and renamed when it is whole.
unpack() {
	local debs=$1 tree=$2 deb dir
	rm -rf "$tree.new"
	mkdir -p "$tree.new/usr"
	# dpkg follows links to directories: merge /usr before anything arrives.
	for dir in bin sbin lib lib64; do
		mkdir "$tree.new/usr/$dir"
		ln -s "usr/$dir" "$tree.new/$dir"
	done
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$tree.new"
	done
	rm -rf "$tree.new"/usr/share/{doc,man,info,locale,lintian}
}

# QEMU of the tree needs the tree's loader, libraries, modules and firmware.
write_launcher() {
	cat >"$1/usr/bin/qemu-system-aarch64-run" <<-'EOT'
		#!/bin/sh
		# Runs this tree's QEMU with nothing of the PC's own libraries.
		root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd -P)
		for loader in "$root"/usr/lib*/ld-linux-*.so.*; do
			[ -e "$loader" ] && break
		done
		for lib in "$root"/usr/lib/*-linux-gnu; do
			[ -d "$lib" ] && break
		done
		export QEMU_MODULE_DIR="$lib/qemu"
		exec "$loader" --inhibit-cache --library-path "$lib:$lib/pulseaudio" \
			"$root/usr/bin/qemu-system-aarch64" -L "$root/usr/share/qemu" "$@"
	EOT
	chmod +x "$1/usr/bin/qemu-system-aarch64-run"
	"$1/usr/bin/qemu-system-aarch64-run" --version >/dev/null ||
		die "QEMU from $SUITE does not run on this PC" "the tree is left in $1"
}

tree() {
	local name=$1 list=$TOP/rig/packages/$1.list arch=$HOST_DEB_ARCH rows packages by_list dir tree
	[ -r "$list" ] || die "there is no tree '$name'" "see rig/packages/"
	# All but QEMU for this PC is for the emulated host.
	[ "$name" = qemu ] || arch=arm64
	[ "$name" != backports ] || SUITE=$SUITE-backports
	rows=$(list_rows "$list" package)
	mapfile -t packages <<<"$rows"

	# The packages asked for lead to the tree they gave, so that neither apt
	# nor the network is needed twice.
	by_list=$CACHE/trees/by-list/$name-$({
		echo "$SUITE" "$arch" "${packages[@]}"
		declare -f unpack write_launcher
	} | sha256sum | cut -c1-12)
	take_lock apt
	if [ -z "${UPDATE:-}" ] && [ -d "$by_list/usr" ]; then
		readlink -f "$by_list"
		return
	fi

	need_space "$CACHE" 1 "the package tree '$name'"
	plan_packages "$arch" "rig/packages/$name.list" "${packages[@]}"
	dir=$(apt_dir "$SUITE" "$arch")
	tree=$CACHE/trees/$name-$({
		declare -f unpack write_launcher
		planned "$dir"
	} | sha256sum | cut -c1-12)

	if [ ! -d "$tree" ]; then
		download_planned "$arch" "for the tree '$name'" "${packages[@]}"
		note "unpacking the tree '$name'"
		unpack "$dir/cache/archives" "$tree"
		[ "$arch" != "$HOST_DEB_ARCH" ] || [ ! -e "$tree.new/usr/bin/qemu-system-aarch64" ] ||
			write_launcher "$tree.new"
		mv -T "$tree.new" "$tree"
		rm -f "$dir"/cache/archives/*.deb
	fi
	mkdir -p "${by_list%/*}"
	ln -sfn "$tree" "$by_list"
	# The last three of a name are kept: one may be in use.
	touch "$tree"
	find "$CACHE/trees" -mindepth 1 -maxdepth 1 -name "$name-*" -printf '%T@ %p\n' |
		sort -rn | sed -n '4,$s/^[^ ]* //p' | xargs -r rm -rf
	echo "$tree"
}

[ $# = 1 ] || die "which tree?" "usage: tree.sh NAME; see rig/packages/"
tree "$1"
