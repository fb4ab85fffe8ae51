#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The document's VM, but for its size, its disk and its kernel, which is given to QEMU.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

load cohmem_testdev
[ -e /dev/kvm ]
cd /root || exit
qemu-img create -q -f qcow2 vm1.qcow2 64M
text=$(block operating.md "Start a VM in guest RAM with QEMU" 1 | sed -E 's/64G/1G/g; s/-smp 8/-smp 1/; s|-bios [^ ]*||; s/\\$//' | tr -d '\n')
echo "$text"
eval "vm_start vm1 0 $text -monitor unix:/run/vm1.monitor,server,nowait -kernel /mnt/guest/Image -initrd /mnt/guest/initrd -append '$GUEST_CMDLINE'"
guest_done "$LOGS/vm1.log"
