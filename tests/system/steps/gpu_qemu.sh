#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

cd /root || exit
text=$(block operating.md "Start the GPU's VM with QEMU" 1 | sed -E "s/-m 32G/-m 256M/; s/-smp 8/-smp 1/; s|disk.qcow2|/mnt/guest/cohmem_guestgpu.ko,format=raw,readonly=on|; s|-kernel vmlinuz -initrd initrd.img|-kernel /mnt/guest/Image -initrd /mnt/guest/initrd|; s|root=/dev/vda1 console=ttyAMA0|$GUEST_CMDLINE cohmem.task=gpu cohmem.workload=104|; s/\\\\$//" | tr -d '\n')
echo "$text"
eval "vm_start gpu 0 $text"
guest_done "$LOGS/gpu.log"
has "$LOGS/gpu.log" "guest: hot_add ok"
map_is_true "$(vm_of "$(cat "$LOGS/gpu.pid")")" 0
vm_end gpu
