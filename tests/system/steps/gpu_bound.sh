#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ "$(drivers_gpu)" = nvgrace_gpu_vfio_pci ]
systemctl is-active "cohmem-gpu@$GPU"
mountpoint /guestram
cohmem check
