#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[[ $(uname -r) == *-cohmem-system-* ]]
grep -w guestramfs /proc/filesystems
[ -s "/boot/initrd.img-$(uname -r)" ]
systemctl --failed --no-legend
[ -z "$(systemctl --failed --no-legend)" ]
