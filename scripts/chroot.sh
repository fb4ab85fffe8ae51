#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# chroot.sh: a Debian of suite $SUITE with the packages of packaging/chroot.list, for the
# PC's architecture and with arm64 as a foreign one: a tar archive in the cache. Makes it
# with mmdebstrap, or finds it there, and prints where it is. in_chroot.sh uses it.

# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source=scripts/lib/apt.sh
. "$TOP/scripts/lib/apt.sh"
# shellcheck source=scripts/lib/chroot.sh
. "$TOP/scripts/lib/chroot.sh"
# shellcheck source=scripts/lib/entry.sh
. "$TOP/scripts/lib/entry.sh"

KEEP=2	# in the cache

# make_repository DIR: of what apt has verified and downloaded there. mmdebstrap takes what
# is essential from a suite of that name only.
make_repository() {
	cd "$1" && dpkg-scanpackages -m . >Packages &&
		printf 'Suite: %s\nCodename: %s\nSHA256:\n %s %d Packages\n' "$SUITE" "$SUITE" \
			"$(sha256sum <Packages | cut -d" " -f1)" "$(wc -c <Packages)" >Release
}

# What is not needed in it makes it half as large. No dpkg in it goes by that later.
# shellcheck disable=SC2016 # $1 is for mmdebstrap's shell
make_chroot() {
	local repository=$1 new=$2 packages=$3
	as_chroot_root env TMPDIR="$CHROOTS/making" mmdebstrap --mode=root --variant=essential --format=tar \
		--architectures="${ARCHES//+/,}" --include="$packages" \
		--aptopt='APT::Sandbox::User "root"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/info/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--customize-hook='rm "$1/etc/dpkg/dpkg.cfg.d/99mmdebstrap" "$1/etc/apt/sources.list"' \
		--skip=output/dev \
		"$SUITE" "$new" "deb [trusted=yes] copy:$repository ./"
}

made_so_far() { tail -n 1 "$1" | cut -c1-60; }

ARCHES=$HOST_DEB_ARCH
[ "$ARCHES" = arm64 ] || ARCHES+=+arm64
rows=$(list_rows "$TOP/packaging/chroot.list" on package)
mapfile -t packages < <(sed -nE "s/^(any|$HOST_DEB_ARCH)\|//p" <<<"$rows")

# The packages asked for lead to the archive they gave, so that neither apt nor the
# network is needed twice.
by_list=$CHROOTS/by-list/$({
	echo "$SUITE" "$ARCHES" "${packages[@]}"
	declare -f make_chroot
} | short_hash)
need_packages dpkg-dev mmdebstrap
need_chroot_root
take_lock chroot
take_lock apt
if [ -z "${UPDATE:-}" ] && [ -s "$by_list" ]; then
	readlink -f "$by_list"
	exit
fi

need_space "$CACHE" 3 "a Debian $SUITE to make packages in"
essential="?and(?essential,?architecture($HOST_DEB_ARCH))"
plan_packages "$ARCHES" packaging/chroot.list "$essential" "${packages[@]}"
dir=$(apt_dir "$SUITE" "$ARCHES")
chroot=$CHROOTS/$({
	declare -f make_chroot
	planned "$dir"
} | short_hash).tar

if [ ! -s "$chroot" ]; then
	download_planned "$ARCHES" "to make packages with" "$essential" "${packages[@]}"
	(make_repository "$DOWNLOAD_DIR") 2>"$dir/scan.log" ||
		die "cannot list the packages in $DOWNLOAD_DIR: $(tail -n 1 "$dir/scan.log")" \
			"run this again; the mirror may have changed while packages were downloaded"
	note "making a Debian $SUITE of them, in $chroot"
	mkdir -p "$CHROOTS"
	as_chroot_root rm -rf "$CHROOTS/making" "$chroot.new"
	mkdir "$CHROOTS/making"
	watched "$CHROOTS/log" made_so_far make_chroot "$DOWNLOAD_DIR" "$chroot.new" "$(IFS=,; echo "${packages[*]}")" ||
		die "mmdebstrap has failed: $(grep -m1 '^E:' "$CHROOTS/log" || tail -n 1 "$CHROOTS/log")" \
			"run this again; the whole log is $CHROOTS/log"
	as_chroot_root rm -rf "$CHROOTS/making"
	mv "$chroot.new" "$chroot"
	rm -f "$DOWNLOAD_DIR"/{*.deb,Packages,Release}
fi
mkdir -p "${by_list%/*}"
ln -sfn "$chroot" "$by_list"
touch "$chroot"
find "$CHROOTS" -maxdepth 1 -name '*.tar' -printf '%T@ %p\n' | sort -rn | sed "1,${KEEP}d; s/^[^ ]* //" | xargs -r rm -f
echo "$chroot"
