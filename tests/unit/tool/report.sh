#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cohmem report, as it is typed: it has what helps, and nothing of what it must not have.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# canaries: the directory of a host whose files say CANARY where a report must not have it
canaries() {
	local dir=$WORK/canaries
	rm -rf "$dir"
	cp -a "$(vms_and_pools)" "$dir"
	mkdir -p "$dir"/{etc,proc/1,proc/sys/kernel,var/log,var/lib/dpkg,var/lib/apt/lists,sys/class/dmi/id,sys/module/{kvm,CANARY}}
	echo CANARY | tee "$dir"/{etc/machine-id,etc/hostname,proc/sys/kernel/hostname,proc/1/comm,sys/class/dmi/id/product_uuid,sys/module/kvm/parameters} >/dev/null
	printf 'PASSWORD=CANARY\0' >"$dir/proc/4100/environ"
	printf 'qemu\0-name\0CANARY\0' >"$dir/proc/4100/cmdline"
	echo CANARY >"$dir/proc/4100/comm"
	sed -i 's/qemu-system-aar/CANARY/' "$dir/proc/4100/status"
	echo "BOOT_IMAGE=/CANARY root=UUID=CANARY luks.key=CANARY guestram=0:180G kvm-arm.cacheable_pfnmap=strict -- mem=CANARY" >"$dir/proc/cmdline"
	echo "Linux version 6.12.117 (CANARY@CANARY) #1 SMP Debian 6.12.117-1" >"$dir/proc/version"
	printf '\n/dev/CANARY /CANARY ext4 rw 0 0\n' >>"$dir/proc/mounts"
	printf 'nodev\tguestramfs\n\tCANARY\n' >"$dir/proc/filesystems"
	printf '00000000-3fffffff : CANARY\n40000000-7fffffff : Guest RAM\n' >"$dir/proc/iomem"
	printf '\nCONFIG_LOCALVERSION="CANARY"\n' >>"$(echo "$dir"/boot/config-*)"
	printf '%s\n' '<6>[    0.000000] Linux version (CANARY@CANARY)' '<6>[    1.000000] guestram: 184320 MiB of node 0 at 0x1-0x2' \
		'<12>[    2.000000] guestram: CANARY' '<6>[    3.000000] usb 1: SerialNumber: CANARY' \
		'<6>[    4.000000] kvm [4100]: CANARY: memory at IPA 0x40000000, host 0xffe000000000-0xffe000000fff refused: undeclared: CANARY' >"$dir/var/log/dmesg"
	printf 'Package: CANARY\nStatus: install ok installed\nVersion: CANARY\n' >"$dir/var/lib/dpkg/status"
	printf 'Package: CANARY\nVersion: CANARY\n' >"$dir/var/lib/apt/lists/CANARY_Packages"
	sed -i 's/$/ secret=CANARY/; $a CANARY' "$dir/sys/kernel/debug/kvm/4100-11/memslots"
	echo "$dir"
}

report_of_canaries() {
	local dir
	dir=$(canaries)
	# It is not packed as its name says, and so is advice that cannot be told.
	echo CANARY >"$dir/var/lib/apt/lists/CANARY_Packages.xz"
	exits 0 report --root="$dir" --output="$WORK/report"
	grep -q 'a list cannot be read' "$WORK/report"
	[ ! -s "$WORK/out" ]
	if grep -n CANARY "$WORK/report"; then return 1; fi
	# The addresses of the VMMs in roots/vms.root.
	if grep -nE '0xff|hva' "$WORK/report"; then return 1; fi
	local want
	for want in 'guestram=0:180G' 'kvm-arm.cacheable_pfnmap=strict' 'guestram: 184320 MiB of node 0' '40000000-7fffffff : Guest RAM' \
		'kvm [4100]: memory at IPA 0x40000000, 4096 bytes refused: undeclared' 'CONFIG_GUESTRAMFS: on' 'kvm' '  "vms": [' \
		'slot as=0 id=0 ipa=0x40000000 size=0x400000000 flags=none congruent=0x40000000' 'cohmem_whole 1' '==== end'; do
		grep -qF -- "$want" "$WORK/report" || { echo "there is no '$want'" && return 1; }
	done
}

# Each part is as long as its head says, and no longer than it may be.
report_is_limited() {
	local dir
	dir=$(canaries)
	awk 'BEGIN { for (i = 0; i < 90000; i++) print "refused ipa=0x40000000 reason=undeclared count=1" }' \
		>"$dir/sys/kernel/debug/kvm/4207-12/memslots"
	exits 0 report --root="$dir"
	LC_ALL=C awk '
		function check() { if (name && (got != is || is > most)) { print name ": " got " bytes"; bad = 1 } }
		/^==== end$/ { check(); ended = 1; next }
		/^==== / { check(); name = $2; is = $3; most = $8 + 0; got = 0; cut = cut (/, cut off$/ ? name : ""); next }
		{ got += length($0) + 1 }
		END { exit bad || !ended || cut != "memslots," }' "$WORK/out"
}

report_of_nothing() {
	mkdir -p "$WORK/empty"
	exits 3 report --root="$WORK/empty"
	grep -q '^not read: /proc/iomem: No such file' "$WORK/out"
	grep -q '^not read: /var/log/dmesg: No such file' "$WORK/out"
	grep -q '^==== end$' "$WORK/out"
	grep -q 'error: the report lacks something' "$WORK/err"
	exits 5 report --root="$WORK/empty" --output=/dev/full/report
	grep -q 'cannot be written: Not a directory' "$WORK/err"
}

test_that "cohmem report has what helps, and nothing of what it must not have" report_of_canaries
test_that "each part of a report has the size that it says, and is cut off at its limit" report_is_limited
test_that "a report says what could not be read" report_of_nothing
tap_end
