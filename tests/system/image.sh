#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# image.sh: the disk of a Debian of suite $SUITE for arm64, with the packages of packages.list,
# in the cache. Makes it, or finds it there, and prints where it is. The packages are unpacked
# on the PC and installed in an emulated machine, on kernel cohmem-system: that needs neither
# loop devices nor a way to run arm64 programs on the PC.

# shellcheck source=../../scripts/env.sh
. "$(dirname "$0")/../../scripts/env.sh"
# shellcheck source=../../scripts/lib/apt.sh
. "$TOP/scripts/lib/apt.sh"
# shellcheck source=../../scripts/lib/chroot.sh
. "$TOP/scripts/lib/chroot.sh"
# shellcheck source=../../scripts/lib/entry.sh
. "$TOP/scripts/lib/entry.sh"
# shellcheck source=lib.sh
. "$TOP/tests/system/lib.sh"
supervise "$@"

IMAGES=$CACHE/images
FILES=$TOP/tests/system/image
KEEP=2		# in the cache
SECONDS_FOR_IT=3600	# of an idle PC
FIRST=(apt mount)	# beside what is essential: second-stage needs them

# Sectors of 512 bytes. The disk has room for four kernels and their initramfs.
ESP_START=2048 ESP_SIZE=131072
ROOT_START=$((ESP_START + ESP_SIZE)) ROOT_SIZE=$((6 * 2097152))

# unpack DEBS ROOT: what is essential, as dpkg will find it when it installs that.
unpack() {
	local debs=$1 root=$2 dir deb
	rm -rf "$root"
	mkdir -p "$root/usr" "$root"/{dev,proc,sys,run,tmp,root}
	chmod 1777 "$root/tmp"
	for dir in bin sbin lib; do
		mkdir "$root/usr/$dir"
		ln -s "usr/$dir" "$root/$dir"
	done
	while read -r deb; do
		dpkg-deb -x "$debs/$deb" "$root"
	done < <(tr ' ' '\n' <"$debs/essential")
	mkdir -p "$root/var/lib/dpkg/updates" "$root/etc/default/grub.d" "$root"/etc/initramfs-tools/conf.d
	touch "$root"/var/lib/dpkg/{status,available}
	echo system >"$root/etc/hostname"
	echo "127.0.0.1 localhost system" >"$root/etc/hosts"
	cp "$FILES/fstab" "$root/etc/"
	cp "$FILES/grub.cfg" "$root/etc/default/grub.d/test.cfg"
	cp "$FILES/initramfs.conf" "$root/etc/initramfs-tools/conf.d/test"
	cp "$FILES/initramfs.modules" "$root/etc/initramfs-tools/modules"
	install -D "$FILES/shell" "$root/usr/local/sbin/cohmem-test-shell"
	install -D -m 644 "$FILES/cohmem-test-shell.service" "$root/etc/systemd/system/cohmem-test-shell.service"
	install "$FILES/second-stage" "$root/second-stage"
}

# make_disk DEBS DISK ROOT: as root, of a namespace if need be
make_disk() {
	unpack "$1" "$3"
	rm -f "$2"
	truncate -s "$(((ROOT_START + ROOT_SIZE + 2048) * 512))" "$2"
	printf 'label: gpt\nstart=%d,size=%d,type=uefi\nstart=%d,size=%d,type=linux\n' \
		$ESP_START $ESP_SIZE $ROOT_START $ROOT_SIZE | /sbin/sfdisk -q "$2"
	/sbin/mkfs.vfat -F 16 --offset $ESP_START -n EFI "$2" $((ESP_SIZE / 2)) >/dev/null
	/sbin/mke2fs -q -F -t ext4 -d "$3" -L system -E "offset=$((ROOT_START * 512)),root_owner=0:0" "$2" "$((ROOT_SIZE / 2))"
	rm -rf "$3"
}

# install_packages DISK DEBS: in the emulated machine
install_packages() {
	local kernel
	make -s -C "$RIG" BUILD=../build/rig ../build/rig/limit
	kernel=$("$TOP/scripts/kernel.sh" cohmem-system)
	system_share debs "$2"
	system_boots kernel "$kernel/Image" "root=/dev/vda2 rw init=/second-stage console=ttyAMA0 panic=-1 oops=panic"
	SYSTEM_ARGS+=(-no-reboot)
	system_start "$1"
	system_hear "$SECONDS_FOR_IT" end || SYSTEM_HEARD=lost
	system_stop
	[ "$SYSTEM_HEARD" = 0 ]
}

said_last() { tail -n 1 "$SYSTEM_DIR/console.log" 2>/dev/null | tr -d '\r' | cut -c1-60; }

# plan: downloads the packages, unless there is an image of them, and prints a hash of them
plan() {
	local essential="?and(?essential,?architecture(arm64))" dir hash
	take_lock apt
	plan_packages arm64 tests/system/packages.list "$essential" "${FIRST[@]}"
	dir=$(apt_dir "$SUITE" arm64)
	planned "$dir" | paste -sd' ' >"$making/debs/essential"
	echo "${packages[@]}" >"$making/debs/packages"
	plan_packages arm64 tests/system/packages.list "$essential" "${packages[@]}"
	hash=$({
		recipe
		planned "$dir"
	} | short_hash)
	if [ ! -s "$IMAGES/$hash.raw" ]; then
		download_planned arm64 "for a Debian" "$essential" "${packages[@]}"
		mv "$DOWNLOAD_DIR"/*.deb "$making/debs/"
		(cd "$making/debs" && dpkg-scanpackages -m . >Packages) 2>"$dir/scan.log" ||
			die "cannot list the packages: $(tail -n 1 "$dir/scan.log")" "run this again"
	fi
	echo "$hash"
}

if [ "${1:-}" = --disk ]; then
	make_disk "${@:2}"
	exit
fi
[ $# = 0 ] || die "image.sh takes no argument" "packages.list says what is in the image"
use_line
rows=$(list_rows "$TOP/tests/system/packages.list" package)
mapfile -t packages <<<"$rows"
recipe() { cat "$TOP/tests/system/image.sh" "$FILES"/*; }

# The packages asked for lead to the image they gave, so that neither apt nor the network is
# needed twice.
by_list=$IMAGES/by-list/$({ echo "$SUITE" "${packages[@]}"; recipe; } | short_hash)
need_packages "${NATIVE_PACKAGES[@]}" dosfstools dpkg-dev e2fsprogs fdisk
need_chroot_root
take_lock image
if [ -z "${UPDATE:-}" ] && [ -s "$by_list" ]; then
	readlink -f "$by_list"
	exit
fi

need_space "$CACHE" 7 "the image of a Debian"
making=$IMAGES/making
as_chroot_root rm -rf "$making"
mkdir -p "$making/debs"
SYSTEM_DIR=$making
# In a shell of its own, which gives apt free again: the machine needs trees of packages.
image=$IMAGES/$(plan).raw
if [ ! -s "$image" ]; then
	note "making a Debian $SUITE of them, in $image; it takes half an hour"
	as_chroot_root "$0" --disk "$making/debs" "$making/disk" "$making/root"
	watched "$making/log" said_last install_packages "$making/disk" "$making/debs" ||
		die "the packages cannot be installed in the emulated machine: $(grep -m1 -aE '^(E:|dpkg: error)' "$making/console.log" || said_last)" \
			"the whole console is $making/console.log"
	mv "$making/disk" "$image"
fi
rm -rf "$making"
mkdir -p "${by_list%/*}"
ln -sfn "$image" "$by_list"
touch "$image"
find "$IMAGES" -maxdepth 1 -name '*.raw' -printf '%T@ %p\n' | sort -rn | sed "1,${KEEP}d; s/^[^ ]* //" | xargs -r rm -f
echo "$image"
