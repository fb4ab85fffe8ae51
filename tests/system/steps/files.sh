#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# All files of the system: their modes, sizes and times, and of those that are edited or made
# there, their contents. Without what a system changes by itself: dpkg's and apt's data, logs,
# caches, the initramfs, and what libvirt keeps of VMs.

find / -xdev \( -path /dev -o -path /proc -o -path /sys -o -path /run -o -path /tmp -o -path /mnt -o -path /root \
	-o -path /var -o -path /etc -o -path /boot \) -prune -o \
	-type f ! -name '*.pyc' -printf '%M %s %T@ %p\n' -o -printf '%M %p %l\n' | sort -k 4
find /etc /boot /var/lib -xdev \( -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/initramfs-tools \
	-o -path /var/lib/systemd -o -path /var/lib/libvirt -o -path /etc/apparmor.d/libvirt -o -path /etc/machine-id \
	-o -path /boot/grub/grubenv -o -name 'initrd.img-*' \) -prune -o -printf '%M %p %l\n' | sort
find /etc /boot -xdev \( -path /etc/apparmor.d/libvirt -o -path /etc/machine-id -o -path /boot/grub/grubenv \
	-o -name 'initrd.img-*' \) -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
