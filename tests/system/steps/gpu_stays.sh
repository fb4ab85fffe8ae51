#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

ended gpu
[ "$(drivers_gpu)" = nvgrace_gpu_vfio_pci ]
ended vm1
[ -z "$(find /guestram -type f)" ]
[ -z "$(denials)" ] || { denials; exit 1; }
