#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

systemctl disable --now "cohmem-gpu@$GPU"
echo > "/sys/bus/pci/devices/$GPU/driver_override"
echo "$GPU" >"/sys/bus/pci/devices/$GPU/driver/unbind"
[ "$(drivers_gpu)" = none ]
follow operating.md "Bind the GPU" 2
[ "$(drivers_gpu)" = nvgrace_gpu_vfio_pci ]
systemctl enable "cohmem-gpu@$GPU"
