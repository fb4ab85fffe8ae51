#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# In that kernel libvirtd may not start: it does not where guest RAM is not mounted.
domains=$(virsh -q list --all --name)
for vm in $domains; do virsh -q undefine --nvram "$vm"; done
cd /mnt/deb || exit
apt-get -q -y install ./linux-image-*-cohmem-system-64k-*_arm64.deb ./linux-image-cohmem-system-arm64-64k_*.deb
grep -m1 '^	linux' /boot/grub/grub.cfg
