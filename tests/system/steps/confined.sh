#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A VM that wants a file that its domain does not name: AppArmor denies that, though all may
# read the file.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

date '+%F %T' >"$LOGS/since"
truncate -s 1M /srv/other.raw
chmod 644 /srv/other.raw
sed -E "s|<name>vm1<|<name>other<|; s|<domain type='kvm'>|<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>|; \
	s|^</domain>|<qemu:commandline><qemu:arg value='-drive'/><qemu:arg value='if=none,format=raw,readonly=on,file=/srv/other.raw'/></qemu:commandline></domain>|; \
	/<source file=.*vm1.qcow2/s|vm1.qcow2|other.qcow2|" /root/vm1.xml >/root/other.xml
qemu-img create -q -f qcow2 "$IMAGES/other.qcow2" 64M
virsh -q define --validate /root/other.xml
if virsh -q start other >"$LOGS/refused" 2>&1; then exit 1; fi
tail -n 3 "$LOGS/refused"
denials | grep /srv/other.raw
virsh -q undefine --nvram other
rm /srv/other.raw "$IMAGES/other.qcow2"
