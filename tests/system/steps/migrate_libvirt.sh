#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A second libvirtd with files and a UUID of its own, which the first takes for another host. Its
# VM has the name and the UUID of the first one's, so it has no AppArmor, whose profile would be
# the same, and cannot ask systemd-machined, which may have a machine of that name.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

nothing_there() { [ -z "$(virsh -q -c "$there" list --all --name)" ]; }

second=/run/second
mkdir -p $second/{etc,lib,run} /guestram/second
install -d -o libvirt-qemu -g libvirt-qemu $second/socket
cp -r /etc/libvirt/. $second/etc/
cp -r /var/lib/libvirt/qemu $second/lib/
rm -f $second/etc/qemu/*.xml
cat >>$second/etc/libvirtd.conf <<-EOT
	host_uuid = "6d4a6e3c-0000-4000-8000-5ec04d000000"
EOT
sed -i '/^memory_backing_dir/d' $second/etc/qemu.conf
cat >>$second/etc/qemu.conf <<-EOT
	memory_backing_dir = "/guestram/second"
	security_driver = "none"
	cgroup_controllers = []
	stdio_handler = "file"
EOT
cat >/root/second.sh <<-EOT
	mount --make-rprivate /
	mount --bind $second/etc /etc/libvirt
	mount --bind $second/lib/qemu /var/lib/libvirt/qemu
	mkdir -p /run/libvirt
	mount --bind $second/run /run/libvirt
	mount -t tmpfs none /run/dbus
	exec libvirtd --pid-file /run/libvirt/libvirtd.pid
EOT
systemd-run -q --unit=second-libvirtd unshare -m bash /root/second.sh
there="qemu+unix:///system?socket=$second/run/libvirt-sock"
await 60 "the second libvirtd does not answer" virsh -q -c "$there" list
nothing_there
virsh -q start vm1
: >"$LOGS/vm1.log"
await 240 "the guest is not done" has "$LOGS/vm1.log" "guest: done"
order vm1 "verify 64"
await 60 "no round of verification" has "$LOGS/vm1.log" "guest: round ok 2"
virsh -q dumpxml --migratable vm1 | sed '/<seclabel .*\/>$/d' >/root/there.xml
virsh -q migrate --live --unsafe --timeout 60 --timeout-suspend --xml /root/there.xml vm1 "$there" --migrateuri "unix://$second/socket/migrate"
state_is vm1 "shut off"
[ "$(virsh -q -c "$there" domstate vm1)" = running ]
[[ $(find /guestram -type f -printf '%h\n') == /guestram/second/libvirt/qemu/* ]]
tty=$(virsh -q -c "$there" ttyconsole vm1)
: >"$LOGS/vm1.log"
await 60 "no round of verification after the migration" has "$LOGS/vm1.log" "guest: round ok"
tell "$tty" stop
await 60 "the VM has other memory" has "$LOGS/vm1.log" "guest: verify ok"
tell "$tty" ""
await 60 "the VM does not end" nothing_there
systemctl stop second-libvirtd
rm -rf /guestram/second $second
