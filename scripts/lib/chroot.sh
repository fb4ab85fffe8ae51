# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Who may make a Debian in the cache, and change to it: root, or whoever can be that in a
# user namespace with more than one user. Sourced, after env.sh.

# shellcheck disable=SC2034 # used by the scripts that source this file
CHROOTS=$CACHE/chroots

# as_chroot_root COMMAND...: what is mounted there leaves with it.
AS_CHROOT_ROOT=()
[ "$(id -u)" = 0 ] ||
	AS_CHROOT_ROOT=(unshare --user --map-root-user --map-auto --mount --pid --fork --kill-child --mount-proc --)
as_chroot_root() { "${AS_CHROOT_ROOT[@]}" "$@"; }

# need_chroot_root: says why not, before anything is downloaded
need_chroot_root() {
	local why
	[ "$(id -u)" = 0 ] || command -v newuidmap >/dev/null || need_packages uidmap
	why=$(as_chroot_root chroot / true 2>&1) && return
	[ "$(id -u)" = 0 ] ||
		die "packages are made by root, or in a user namespace, and there is none for $(id -un): $why" \
			"run this as root, or permit user namespaces (sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces)" \
			"and give $(id -un) further users: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un)"
	die "packages are made in a Debian of their own, and this root may not change to one: $why" \
		"run this in a container that has CAP_SYS_CHROOT, or on a PC"
}
