#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the system was like before is kept for step removed.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

cp /mnt/test/steps/files.sh /root/
sh /root/files.sh >"$LOGS/before"
mkdir /root/packages
packages_4k | xargs cp -t /root/packages
cd /root/packages || exit
follow operating.md "Install them, and boot" 1
ls -l /boot
grep -m1 '^	linux' /boot/grub/grub.cfg
