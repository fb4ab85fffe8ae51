#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The emulated machine's firmware cannot say that this device has memory; a module does.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

cp /mnt/rig/cohmem_testgpu.ko /root/
cat >/etc/systemd/system/cohmem-test-gpu.service <<-EOT
	[Unit]
	Description=A device that plays a GPU
	Before=cohmem-gpu@$GPU.service
	[Service]
	Type=oneshot
	RemainAfterExit=yes
	ExecStart=/usr/sbin/insmod /root/cohmem_testgpu.ko device=$GPU memory=$GPU_MEMORY
	[Install]
	WantedBy=multi-user.target
EOT
mkdir -p /etc/cohmem/devices.d
printf 'vendor | device | driver | name\n1234 | 1111 | nvgrace_gpu_vfio_pci | a GPU of the rig\n' >/etc/cohmem/devices.d/rig.list
systemctl enable --now cohmem-test-gpu
follow operating.md "Bind the GPU" 1 "s/0009:01:00.0/$GPU/"
[ "$(drivers_gpu)" = nvgrace_gpu_vfio_pci ]
cohmem check
