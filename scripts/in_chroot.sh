#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# in_chroot.sh DIR COMMAND...: runs a command in a fresh copy of the Debian that packages
# are made in, with a copy of DIR as its directory /package. What it leaves in /package/out comes
# into DIR/out, and the copy is thrown away.

# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source=scripts/lib/chroot.sh
. "$TOP/scripts/lib/chroot.sh"

# As root, of a namespace if need be: unpacks, runs, and takes the results.
inside() {
	local archive=$1 root=$2 dir=$3 node major minor rc=0
	shift 3
	rm -rf "$root"
	mkdir -p "$root/dev"
	# shellcheck disable=SC2064 # root is local
	trap "rm -rf '$root'" EXIT
	tar -C "$root" --numeric-owner -xf "$archive"
	while read -r node major minor; do
		mknod -m 666 "$root/dev/$node" c "$major" "$minor" 2>/dev/null && continue
		# In a user namespace nobody may make one.
		: >"$root/dev/$node"
		mount --bind "/dev/$node" "$root/dev/$node"
	done <<<$'null 1 3\nzero 1 5\nfull 1 7\nrandom 1 8\nurandom 1 9'
	cp -a "$dir" "$root/package"
	rm -rf "$root/package/out"
	mkdir "$root/package/out"
	chown -R 0:0 "$root/package"
	env -i PATH=/usr/sbin:/usr/bin LC_ALL=C.UTF-8 HOME=/root DEBIAN_FRONTEND=noninteractive \
		chroot "$root" sh -c 'cd /package && exec "$@"' sh "$@" || rc=$?
	rm -rf "$dir/out"
	cp -a "$root/package/out" "$dir/out"
	umount "$root"/dev/* 2>/dev/null || true
	return $rc
}

if [ "${1:-}" = --inside ]; then
	inside "${@:2}"
	exit
fi
[ $# -ge 2 ] && [ -d "$1" ] || die "which directory, and which command?" "usage: in_chroot.sh DIR COMMAND..."
archive=$("$TOP/scripts/chroot.sh")
need_space "$CACHE" 2 "a copy of the Debian that packages are made in"
take_lock chroot
as_chroot_root "$0" --inside "$archive" "$CHROOTS/run" "$(cd "$1" && pwd -P)" "${@:2}"
