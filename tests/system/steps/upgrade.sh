#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The same packages with a later version, while VMs run.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

rm -rf /root/newer
mkdir /root/newer
for deb in $(packages_4k); do
	dpkg-deb -R "$deb" /root/newer/tree
	sed -i -E 's/^(Version: .*)/\1.1/; s/^(Depends: .*linux-image-[^ ]* \(= [^)]*)\)/\1.1)/' /root/newer/tree/DEBIAN/control
	dpkg-deb -b -Zgzip -z1 --root-owner-group /root/newer/tree /root/newer
	rm -r /root/newer/tree
done
systemctl enable --now cohmem-prometheus.timer
before=$(pid_of vm1) gpu=$(pid_of gpu)
apt-get -q -y install /root/newer/*.deb
[ "$(dpkg-query -W -f '${db:Status-Abbrev}${Version}\n' 'cohmem' 'linux-image-*cohmem-system*' | grep -c '^ii .*\.1$')" = 3 ]
[ "$(pid_of vm1)" = "$before" ] && [ "$(pid_of gpu)" = "$gpu" ]
state_is vm1 running
state_is gpu running
systemctl is-active cohmem-prometheus.timer
systemctl disable --now cohmem-prometheus.timer
[[ $(grep -m1 '^	linux' /boot/grub/grub.cfg) == *"vmlinuz-$(uname -r) "* ]]
