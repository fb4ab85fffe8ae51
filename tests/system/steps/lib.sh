# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034
#
# What the steps share, in the system under test. The shares of the machine are in /mnt: `docs`,
# `deb` (the packages), `guest` (kernel and initrd of VMs), `rig` (the rig's modules and
# programs), `test` (this directory). Sourced.

set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
GPU=0000:01:00.0 GPU_MEMORY=0000:00:12.0
LOGS=/var/log/cohmem-test
GUEST_CMDLINE="console=ttyAMA0 rdinit=/init panic=-1 cohmem.patience=7200"
mkdir -p "$LOGS"

# packages_4k: the packages of the command and of the kernel with 4 KiB pages
packages_4k() {
	printf '%s\n' /mnt/deb/cohmem_*.deb /mnt/deb/linux-image-*-cohmem-system-[0-9a-f][0-9a-f][0-9a-f]*_arm64.deb \
		/mnt/deb/linux-image-cohmem-system-arm64_*.deb
}

# block FILE HEADING [N]: the Nth block of code (the first) below that heading of a document
block() {
	awk -v heading="$2" -v wanted="${3:-1}" '
		/^#/ && !inside { here = $0; sub(/^#+ /, "", here); if (here == heading) n = 0 }
		/^```/ && inside { inside = 0; next }
		/^```/ { inside = 1; if (here == heading) n++; next }
		inside && here == heading && n == wanted { print; found = 1 }
		END { exit !found }' "/mnt/docs/$1" || {
		echo "docs/$1 has no block ${3:-1} below '$2'" >&2
		return 1
	}
}

# follow FILE HEADING N [SED...]: runs that block as it stands, but for sizes and addresses
# that are this machine's
follow() {
	local text
	text=$(block "$1" "$2" "$3")
	shift 3
	# There is nobody whom apt could ask.
	text=$(sed -E "${@/#/-e}" -e 's/^apt (install|purge)/apt-get -q -y \1/' <<<"$text")
	echo "$text"
	eval "$text"
}

# await SECONDS WHAT COMMAND...: until it succeeds
await() {
	local secs=$1 what=$2 i
	shift 2
	for ((i = 0; i < secs; i++)); do
		! "$@" >/dev/null 2>&1 || return 0
		sleep 1
	done
	echo "after $secs s: $what" >&2
	return 1
}

# check_says NAME: of the lines of that name, what cohmem check says, as "STATE VALUE". The host
# need not be ready.
check_says() {
	{ cohmem check --json || true; } | jq -r ".lines[] | select(.name == \"$1\") | \"\(.state) \(.value)\""
}

# has FILE TEXT: in a line of it
has() { grep -qF -- "$2" "$1"; }

# guest_done LOG: waits until the rig's guest has said that, and fails if a check of it has
guest_done() {
	await 240 "the guest is not done" has "$1" "guest: done" || {
		tail -n 20 "$1"
		return 1
	}
	tr -d '\r' <"$1" | grep '^guest: '
	if grep -E '^guest: .* FAIL' "$1"; then return 1; fi
}

# vm_start NAME CPU COMMAND...: a VM of QEMU on that CPU, with its console in LOGS/NAME.log and
# its input from the pipe LOGS/NAME.in
vm_start() {
	local name=$1 cpu=$2
	shift 2
	rm -f "$LOGS/$name".{log,in}
	mkfifo "$LOGS/$name.in"
	# The pipe stays open, or QEMU would see its end.
	taskset -c "$cpu" setsid "$@" <>"$LOGS/$name.in" >"$LOGS/$name.log" 2>&1 &
	echo $! >"$LOGS/$name.pid"
}

# vm_end NAME: the guest powers off. One that does not is killed, and the step fails.
vm_end() {
	local pid
	pid=$(cat "$LOGS/$1.pid")
	echo >"$LOGS/$1.in"
	await 60 "$1 does not end" not_running "$pid" || {
		kill -9 "$pid"
		return 1
	}
}

not_running() { ! kill -0 "$1" 2>/dev/null || [ "$(ps -o stat= -p "$1")" = Z ]; }

# vm_of PID: the name by which cohmem knows the VM of that process
vm_of() { (cd /sys/kernel/debug/kvm && printf '%s\n' "$1"-*); }

# merged: ranges in lines, by address; those that are alike and continue each other become one
merged() {
	sort -n | awk '
		$1 == end && $3 " " $4 " " $5 == like { size += $2; end += $2; next }
		{ if (NR > 1) print first, size, like; first = $1; size = $2; end = $1 + $2; like = $3 " " $4 " " $5 }
		END { if (NR) print first, size, like }'
}

# map_of VM: what cohmem map says of it
map_of() {
	cohmem map --json "$1" | jq -r '(.memslots[].ranges[], .elsewhere[]) |
		"\(.ipa) \(.size) \(.type) \(.block) \(if .read then "r" else "-" end)\(if .write then "w" else "-" end)\(if .execute then "x" else "-" end)"' | merged
}

# map_is_true VM CPU: cohmem map says what the raw tables have of the VM that ran last there
map_is_true() {
	map_of "$1" >"$LOGS/map"
	/mnt/rig/tables "$2" | merged >"$LOGS/tables"
	cat "$LOGS/tables"
	diff "$LOGS/tables" "$LOGS/map"
	[ -s "$LOGS/map" ]
}

# load MODULE [PARAMETER...]: one of the rig's, unless it is there
load() { [ -d "/sys/module/$1" ] || insmod "/mnt/rig/$1.ko" "${@:2}"; }

# hmp VM COMMAND: to the monitor of a VM of vm_start, which is at a socket
hmp() { echo "$2" | socat - "unix-connect:/run/$1.monitor" | tr -d '\r'; }

migrated() { hmp "$1" "info migrate" | grep -qx 'Status: *completed\|Migration status: completed'; }

# drivers_gpu: the driver that has the GPU
drivers_gpu() { basename "$(readlink "/sys/bus/pci/devices/$GPU/driver" || echo none)"; }

# denials: what AppArmor has denied since the time in LOGS/since
denials() { journalctl -q -k --since "$(cat "$LOGS/since")" --grep 'apparmor="DENIED"' || true; }

IMAGES=/var/lib/libvirt/images

# domain HEADING N SED...: that domain of docs/libvirt.md, with the console's output in a file
domain() {
	local heading=$1 n=$2
	shift 2
	block libvirt.md "$heading" "$n" | sed -E "${@/#/-e}" \
		-e "s|<console type='pty'/>|<console type='pty'><log file='$LOGS/libvirt.log' append='on'/></console>|" \
		-e "s|<vcpu( cpuset='[0-9]')?>8|<vcpu\\1>1|"
}

# tell TTY LINE: to the guest whose console that is. QEMU looks once a second whether somebody
# has it open.
tell() {
	{
		echo "$2"
		sleep 3
	} >"$1"
}

# order DOMAIN LINE: to the guest of libvirt's VM
order() { tell "$(virsh -q ttyconsole "$1")" "$2"; }

# pid_of DOMAIN: its VMM
pid_of() { cat "/run/libvirt/qemu/$1.pid"; }

# starts DOMAIN FILE: defines it and starts it; its console's log is LOGS/DOMAIN.log
starts() {
	sed -i "s|$LOGS/libvirt.log|$LOGS/$1.log|" "$2"
	: >"$LOGS/$1.log"
	virsh -q define --validate "$2"
	virsh -q start "$1"
}

# ended DOMAIN: the guest powers off
ended() {
	order "$1" ""
	await 120 "$1 does not end" state_is "$1" "shut off"
}

state_is() { [ "$(virsh -q domstate "$1")" = "$2" ]; }
