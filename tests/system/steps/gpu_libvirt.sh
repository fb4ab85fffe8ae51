#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

domain "A VM with a GPU's memory" 1 "s|unit='GiB'>32|unit='MiB'>256|" "s|<vcpu>|<vcpu cpuset='0'>|" "s|domain='0x0009'|domain='0x0000'|" \
	"s|root=/dev/vda1|$GUEST_CMDLINE cohmem.task=gpu cohmem.workload=104|" "s|type='qcow2'|type='raw'|; s|disk.qcow2|cohmem_guestgpu.ko|" >/root/gpu.xml
starts gpu /root/gpu.xml
guest_done "$LOGS/gpu.log"
has "$LOGS/gpu.log" "guest: hot_add ok"
[ -z "$(denials)" ] || { denials; exit 1; }
