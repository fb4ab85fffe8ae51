#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The guest verifies its memory all the while.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

: >"$LOGS/vm1.log"
order vm1 "verify 64"
await 60 "no round of verification" has "$LOGS/vm1.log" "guest: round ok 2"
virsh -q save vm1 "$IMAGES/vm1.save"
state_is vm1 "shut off"
cohmem watch --count=1 >"$LOGS/watch" &
watch=$!
await 30 "cohmem watch does not begin" test -s "$LOGS/watch"
virsh -q restore "$IMAGES/vm1.save"
state_is vm1 running
await 30 "no decision is seen" not_running $watch
cat "$LOGS/watch"
[ "$(wc -l <"$LOGS/watch")" -ge 2 ]
virsh -q managedsave vm1
state_is vm1 "shut off"
virsh -q start vm1
: >"$LOGS/vm1.log"
await 60 "the VM does not go on" has "$LOGS/vm1.log" "guest: round ok"
order vm1 stop
await 60 "the VM has other memory" has "$LOGS/vm1.log" "guest: verify ok"
for how in "save gpu $IMAGES/gpu.save" "managedsave gpu"; do
	# shellcheck disable=SC2086 # words
	if virsh -q $how >"$LOGS/refused" 2>&1; then exit 1; fi
	cat "$LOGS/refused"
	state_is gpu running
	state_is vm1 running
done
[ -z "$(denials)" ] || { denials; exit 1; }
