#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The document's VM with its firmware. The guest's kernel is this one, which can be booted by EFI.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

text=$(block operating.md "Start a VM in guest RAM with QEMU" 1 | sed -E 's/64G/1G/g; s/-smp 8/-smp 1/; s/\\$//' | tr -d '\n')
echo "$text"
cd /root || exit
eval "vm_start vm1 0 $text -monitor none -kernel /boot/vmlinuz-$(uname -r) -initrd /mnt/guest/initrd -append '$GUEST_CMDLINE'"
guest_done "$LOGS/vm1.log"
grep -a -m1 -E 'EFI stub|UEFI' "$LOGS/vm1.log"
vm_end vm1
rm /guestram/vm1
