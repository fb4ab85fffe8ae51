#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

block libvirt.md "A VM whose RAM is a file of guest RAM" 1 >>/etc/libvirt/qemu.conf
follow libvirt.md "A VM whose RAM is a file of guest RAM" 2
date '+%F %T' >"$LOGS/since"
aa-status --enabled
cp "/boot/vmlinuz-$(uname -r)" "$IMAGES"/vmlinuz-efi
cp /mnt/guest/Image "$IMAGES"/vmlinuz
cp /mnt/guest/initrd /mnt/guest/cohmem_guestgpu.ko "$IMAGES"/
cp "$IMAGES"/initrd "$IMAGES"/initrd.img
qemu-img create -q -f qcow2 "$IMAGES"/vm1.qcow2 64M
domain "A VM whose RAM is a file of guest RAM" 3 "s|unit='GiB'>64|unit='MiB'>1024|" "s|<vcpu>|<vcpu cpuset='1'>|" \
	"s|(<type .*</type>)|\1<firmware><feature enabled='no' name='secure-boot'/></firmware><kernel>$IMAGES/vmlinuz-efi</kernel><initrd>$IMAGES/initrd</initrd><cmdline>$GUEST_CMDLINE</cmdline>|" >/root/vm1.xml
starts vm1 /root/vm1.xml
guest_done "$LOGS/vm1.log"
find /guestram -type f -printf '%p %s\n'
[ "$(virsh -q dumpxml vm1 | grep -c "<seclabel type='dynamic' model='apparmor'")" = 1 ]
[ -z "$(denials)" ] || { denials; exit 1; }
