#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Another QEMU gets the VM by migration, with memory of its own; then a third one takes over that
# memory: nothing of it is sent.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

second_vm() { eval "vm_start $1 0 $(sed -e "s|/run/vm1.monitor|/run/$1.monitor|; s|mem-path=[^ ]*|mem-path=$2|" "$LOGS/vm1.command") -incoming unix:/run/$1.incoming"; }

migrate() {
	await 60 "$2 does not wait" test -S "/run/$2.incoming"
	[ "$3" = send ] || for vm in "$1" "$2"; do hmp "$vm" "migrate_set_capability x-ignore-shared on"; done
	hmp "$1" "migrate -d unix:/run/$2.incoming"
	await 120 "the migration to $2 does not end" migrated "$1"
	hmp "$1" "info migrate" | tee "$LOGS/migration"
	hmp "$1" quit
}

echo "verify 64" >"$LOGS/vm1.in"
await 60 "no round of verification" has "$LOGS/vm1.log" "guest: round ok 2"
second_vm vm2 /guestram/vm2
migrate vm1 vm2 send
await 60 "no round of verification after the migration" has "$LOGS/vm2.log" "guest: round ok"
[ "$(hmp vm2 'info status' | grep -c 'VM status: running')" = 1 ]
rm /guestram/vm1
second_vm vm3 /guestram/vm2
migrate vm2 vm3 keep
await 60 "no round of verification after the update" has "$LOGS/vm3.log" "guest: round ok"
echo stop >"$LOGS/vm3.in"
await 60 "the verification does not end" has "$LOGS/vm3.log" "guest: verify"
tr -d '\r' <"$LOGS/vm3.log" | grep "guest: verify ok"
vm_end vm3
rm /guestram/vm2
