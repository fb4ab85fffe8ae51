#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

pid=$(cat "$LOGS/vm1.pid") vm=$(vm_of "$(cat "$LOGS/vm1.pid")")
taskset -apc 0 "$pid" >/dev/null
map_is_true "$vm" 0
cohmem list
cohmem list --json | jq -e ".vms[] | select(.pid == $pid) | .memory == 1073741824 and .mapped > 0 and .logging == false"
ram=$(awk '$1 >= 1073741824 && $1 < 2147483648 { sum += $2 } END { print sum }' "$LOGS/tables")
[ "$(cohmem list --json | jq ".vms[] | select(.pid == $pid) | .mapped")" = "$ram" ]
cohmem why "$vm" 0x40000000
cohmem why --json "$vm" 0x40000000 | jq -e '.decision.row == "coherent" and .rule.row == "coherent" and .facts.declared'
[ "$(cohmem export --format=prometheus | awk '/^cohmem_vm_mapped_bytes/ { sum += $NF } END { print sum }')" = "$ram" ]
