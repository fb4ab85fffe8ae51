#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The domain for NVIDIA's driver: its guest finds an empty node for the GPU by ACPI.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

domain "The same for NVIDIA's driver" 1 "s|unit='GiB'>32|unit='MiB'>512|; s|memory='32' unit='GiB'|memory='512' unit='MiB'|; s|cpus='0-7'|cpus='0'|" "s|<vcpu>|<vcpu cpuset='0'>|" "s|domain='0x0009'|domain='0x0000'|" \
	"s|(<type .*</type>)|\1<firmware><feature enabled='no' name='secure-boot'/></firmware><kernel>$IMAGES/vmlinuz-efi</kernel><initrd>$IMAGES/initrd</initrd><cmdline>$GUEST_CMDLINE swiotlb=4096,force cohmem.task=gpu cohmem.workload=104</cmdline>|" \
	"s|type='qcow2'|type='raw'|; s|disk.qcow2|cohmem_guestgpu-efi.ko|" >/root/gpu-numa.xml
cp /mnt/guest/cohmem_guestgpu-efi.ko "$IMAGES/"
starts gpu-numa /root/gpu-numa.xml
guest_done "$LOGS/gpu-numa.log"
has "$LOGS/gpu-numa.log" "guest: has_generic_initiator ok"
ended gpu-numa
