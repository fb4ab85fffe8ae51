#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

map_is_true "$(vm_of "$(pid_of vm1)")" 1
vm=$(vm_of "$(pid_of gpu)")
map_is_true "$vm" 0
grep Normal-NC "$LOGS/tables"
cohmem list
[ "$(cohmem list --json | jq '[.vms[] | select(.memory > 0)] | length')" = 2 ]
region4=$(awk '/guest: hot_add ok/ { print $7 }' <(tr -d '\r' <"$LOGS/gpu.log" | sed 's/, to.*//'))
cohmem why "$vm" "$region4"
cohmem map --svg=/root/gpu.svg "$vm" >/dev/null
grep -q '</svg>' /root/gpu.svg
