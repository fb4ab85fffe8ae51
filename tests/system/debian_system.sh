#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debian_system.sh: cohmem is installed on a Debian that boots by EFI and GRUB, with systemd, in
# an emulated machine; then the system is used as docs/operating.md says. steps.list has what
# is done. A step needs those before it: when the system is lost,
# all further steps fail.

# shellcheck source=../machines/lib.sh
. "$(dirname "$0")/../machines/lib.sh"
# shellcheck source=lib.sh
. "$TOP/tests/system/lib.sh"

BOOT_SECONDS=900
SYSTEM_DIR=$BUILD/check/debian-system

# share_all: what the system can mount. What is read while the machine runs is copied before.
share_all() {
	local guest=$SYSTEM_DIR/guest rig=$SYSTEM_DIR/rig
	mkdir -p "$guest" "$rig"
	cp -L "$(kernel_of stock)/Image" "$RIGBUILD/guest.cpio.gz" "$(kernel_of stock)/modules/cohmem_guestgpu.ko" "$guest/"
	mv "$guest/guest.cpio.gz" "$guest/initrd"
	cp -L "$(kernel_of cohmem-system)/modules/cohmem_guestgpu.ko" "$guest/cohmem_guestgpu-efi.ko"
	cp -L "$(kernel_of cohmem-system)"/modules/cohmem_test*.ko "$rig/"
	"${CROSS_COMPILE}gcc" -static -O2 -Wall -Wextra -Werror -D_GNU_SOURCE -Ikernel/selftests/include -Ilib \
		-o "$rig/tables" tests/system/tables.c kernel/selftests/lib/cohmem_stage2.c
	system_share test "$TOP/tests/system"
	system_share docs "$TOP/docs"
	system_share deb "$BUILD/deb"
	system_share guest "$guest"
	system_share rig "$rig"
}

# in_system STEP SECONDS THEN
in_system() {
	if [ -e "$SYSTEM_DIR/lost" ]; then
		cat "$SYSTEM_DIR/lost"
		return 1
	fi
	system_do "$2" <<-EOT || return
		for share in test docs deb guest rig; do
			mkdir -p /mnt/\$share
			mountpoint -q /mnt/\$share || mount -t 9p -o trans=virtio,version=9p2000.L,ro \$share /mnt/\$share
		done
		exec bash /mnt/test/steps/$1.sh
	EOT
	[ "$3" = reboot ] || return 0
	system_do 30 <<<'(sleep 2; systemctl reboot) >/dev/null 2>&1 &'
	system_ready "$BOOT_SECONDS"
	echo "booted $SYSTEM_RELEASE"
}

# boots_first: the system is there
boots_first() {
	system_ready "$BOOT_SECONDS"
	echo "booted $SYSTEM_RELEASE"
}

at_end() {
	system_stop
	rm -f "$SYSTEM_DIR/disk"
}

need_memory 8 "the system"
need_kernels stock cohmem-system cohmem-system-64k
CONFIG=system scripts/deb.sh >/dev/null
RIGBUILD=$(rig/programs.sh)
image=$(tests/system/image.sh)
rm -rf "$SYSTEM_DIR"
mkdir -p "$SYSTEM_DIR"
need_space "$SYSTEM_DIR" 5 "the disk of the system"
cp --sparse=always "$image" "$SYSTEM_DIR/disk"
need_work
system_has_gpu
share_all
system_boots firmware
system_start "$SYSTEM_DIR/disk"
rows=()
read_list rows "$TOP/tests/system/steps.list" step seconds next shown
test_that "a Debian boots by EFI and GRUB" boots_first
for row in "${rows[@]}"; do
	IFS='|' read -r step seconds next name <<<"$row"
	test_that "$step: $name" in_system "$step" "$seconds" "$next"
done
tap_end
