#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The document's VM, but for its size, its disk and its kernel, which is given to QEMU.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# Its driver would take the memory of the GPU, too.
echo none >"/sys/bus/pci/devices/$GPU_MEMORY/driver_override"
load cohmem_testdev
[ -e /dev/kvm ]
cd /root || exit
qemu-img create -q -f qcow2 vm1.qcow2 64M
text=$(block operating.md "Start a VM in guest RAM with QEMU" 1 | sed -E 's/64G/1G/g; s/-smp 8/-smp 1/; s|-bios [^ ]*||; s/\\$//' | tr -d '\n')
# For step update_qemu, too.
echo "$text -monitor unix:/run/vm1.monitor,server,nowait -kernel /mnt/guest/Image -initrd /mnt/guest/initrd -append '$GUEST_CMDLINE'" | tee "$LOGS/vm1.command"
eval "vm_start vm1 0 $(cat "$LOGS/vm1.command")"
guest_done "$LOGS/vm1.log"
