#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's kernel knows nothing of cohmem. GRUB's menu was made on another one.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[[ $(uname -r) == 6.12.*+deb13-arm64 ]]
[ "$(systemctl is-system-running)" = running ] || systemctl --failed
update-grub
if grep guestramfs /proc/filesystems; then exit 1; fi
