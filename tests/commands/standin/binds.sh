#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# binds.sh: runs bind-gpu of the package that is beside it, in the Debian that packages are made
# in, which has no /sys: files stand in for it, and a reader of pipes for the kernel. Writes to
# out/bound what each run said and did, for tests/commands/packages.sh.

set -eu

SYS=/sys/bus/pci
GPU=0009:01:00.0
DRIVER=nvgrace_gpu_vfio_pci
OUT=/package/out/bound

# kernel TAKES HAS: what the kernel does with a GPU that driver HAS has: first that one lets go
# of it, then ours takes it, or does not
kernel() {
	if [ "$2" = other ]; then
		read -r address <$SYS/drivers/other/unbind
		rm "$SYS/devices/$address/driver"
		echo "other lets go of $address" >>$OUT
	fi
	read -r address <$SYS/drivers_probe
	echo "$(cat "$SYS/devices/$address/driver_override") probes $address" >>$OUT
	[ "$1" = no ] || ln -s $SYS/drivers/$DRIVER "$SYS/devices/$address/driver"
}

# binds TAKES HAS PCI [DEVICE]: the ID of the device is that of a GPU, or DEVICE
binds() {
	echo "== bind-gpu $3, had by $2" >>$OUT
	rm -rf /sys/bus
	mkdir -p $SYS/devices/$GPU $SYS/drivers/$DRIVER $SYS/drivers/other
	echo 0x10de >$SYS/devices/$GPU/vendor
	echo "0x${4:-2342}" >$SYS/devices/$GPU/device
	mkfifo $SYS/drivers_probe $SYS/drivers/other/unbind
	[ "$2" = nobody ] || ln -s $SYS/drivers/"$2" $SYS/devices/$GPU/driver
	kernel "$1" "$2" &
	/usr/libexec/cohmem/bind-gpu "$3" >>$OUT 2>&1 || echo "status $?" >>$OUT
	kill $! 2>/dev/null || true
}

dpkg -i --force-depends ./cohmem_*.deb
mkdir /stand-in
# A write to a file of the kernel's ends when the kernel has done it, one to a pipe does not.
printf '#!/bin/sh\nsleep 1\nexec /usr/bin/readlink "$@"\n' >/stand-in/readlink
printf '#!/bin/sh\necho "modprobe $*" >>%s\n[ ! -e /stand-in/no-module ]\n' $OUT >/stand-in/modprobe
chmod 755 /stand-in/*
PATH=/stand-in:$PATH
binds yes nobody $GPU
binds yes other $GPU
binds yes $DRIVER $GPU
binds no nobody $GPU
binds yes nobody 0001:01:00.0
binds yes other $GPU a80a
mkdir -p /etc/cohmem/devices.d
printf '# Ours.\n \n\t# They are two.\nname | driver | vendor | device\na GPU | %s | 0x10DE | A80A\na disk | nvme | 10de | a80b\n' $DRIVER >/etc/cohmem/devices.d/ours.list
binds yes nobody $GPU a80a
binds yes $DRIVER $GPU a80b
touch /stand-in/no-module
binds yes nobody $GPU

# What the timers write goes with the package, and only that.
left() { (cd / && find etc/kubernetes var/lib/prometheus -type f) >"/package/out/$1"; }
labels=/etc/kubernetes/node-feature-discovery/features.d metrics=/var/lib/prometheus/node-exporter
mkdir -p $labels $metrics
touch $labels/cohmem $labels/.cohmem.123-0.new $labels/other $metrics/cohmem.prom $metrics/.cohmem.prom.123-0.new $metrics/other.prom
# Systemd seems to run.
mkdir -p /run/systemd/system
printf '#!/bin/sh\necho "$*" >>/package/out/units\n' >/stand-in/deb-systemd-invoke
chmod 755 /stand-in/deb-systemd-invoke
echo upgrade >/package/out/units
dpkg -i --force-depends ./cohmem_*.deb
echo removal >>/package/out/units
dpkg -r cohmem
left removed
rm -r /etc/kubernetes /var/lib/prometheus
dpkg -P cohmem
