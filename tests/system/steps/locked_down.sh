#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# One way only; what follows in this boot is locked down, too.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

echo integrity >/sys/kernel/security/lockdown
[[ $(check_says lockdown) == *integrity* ]]
for vm in vm1:1 gpu:0; do
	map_is_true "$(vm_of "$(pid_of ${vm%:*})")" ${vm#*:}
	cohmem why "$(vm_of "$(pid_of ${vm%:*})")" 0x40000000
done
[ "$(cohmem list --json | jq '[.vms[] | select(.mapped > 0)] | length')" = 2 ]
if insmod /mnt/rig/cohmem_testdax.ko 2>&1; then exit 1; fi
