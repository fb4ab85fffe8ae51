#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cohmem list, map, why and watch, as they are typed: of the made-up host roots/vms.root.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

list_stock() {
	host vms >"$WORK/dir"
	rm -rf "$WORK/stock-vms"
	cp -a "$(cat "$WORK/dir")" "$WORK/stock-vms"
	rm -f "$WORK"/stock-vms/sys/kernel/debug/kvm/*/{memslots,pfnmap_*,refused_*}
	exits 3 list --root="$WORK/stock-vms"
	grep -q '^4100-11  *qemu-system-aar  *?' "$WORK/out"
	grep -q 'error: this kernel has no /sys/kernel/debug/kvm/4100-11/pfnmap_' "$WORK/err"
	grep -q "^    boot a kernel with cohmem's series" "$WORK/err"
}

list_nothing() {
	mkdir -p "$WORK/no-kvm/sys/kernel/debug/kvm" "$WORK/no-debugfs"
	exits 0 list --root="$WORK/no-kvm"
	grep -qx 'No VM runs on this host.' "$WORK/out"
	exits 3 list --root="$WORK/no-debugfs"
	grep -q 'debugfs is not mounted' "$WORK/err"
}

map_svg() {
	exits 0 map --root="$(host vms)" --svg="$WORK/map.svg" 4100
	diff golden/map.txt "$WORK/out"
	diff golden/map.svg "$WORK/map.svg"
}

# An address for each kind of answer, with the exit status.
why_all() {
	local ipa status vm
	while read -r status vm ipa; do
		printf '$ cohmem why %s %s\n' "$vm" "$ipa"
		exits "$status" why --root="$(host vms)" "$vm" "$ipa" >&2
		cat "$WORK/out"
	done >"$WORK/all" <<-'END'
		0 4100-11 0x0
		0 4100-11 0x40001abc
		0 4100-11 549755813888
		1 4100-11 0x8000008000
		0 4100-11 0x20000000000
		1 4100-11 0x3000000000
		1 4207-15 0x40000000
		0 4207-15 0x7fffffff
	END
	diff golden/why.txt "$WORK/all"
}

why_walks() {
	exits 0 why --walk --root="$(host vms)" 4100-11 0x40000000
	grep -qx 'stage 2   0x40000000-0x400000000  Normal-WB  rwx  by 1 GiB' "$WORK/out"
	exits 0 why --walk --root="$(host vms)" 4100-11 0x20000000000
	grep -qx 'stage 2   not mapped' "$WORK/out"
}

no_such_vm() {
	local all="name one of these, by PID or PID-FD: 4100-11, 4207-12, 4207-15" two="name one of them: 4207-12, 4207-15"
	says 4 "there is no VM '17'" "$all" map --root="$(host vms)" 17
	says 4 "there is no VM '4100-1'" "$all" why --root="$(host vms)" 4100-1 0x0
	says 4 "process 4207 has 2 VMs" "$two" map --root="$(host vms)" 4207
	says 4 "process 4200 has 2 VMs" "$two" why --walk --root="$(host vms)" 4200 0x0
}

vm_usage() {
	refuses map
	refuses map 1-2 3-4
	refuses why
	refuses why 1-2
	refuses why 1-2 0x0 0x0
	local ipa
	for ipa in '' 0x 0xg 1x ' 1' +1 -1 0x10000000000000000 18446744073709551616; do
		refuses why --root="$(host vms)" -- 4100-11 "$ipa"
		grep -q "'$ipa' is no address" "$WORK/err"
	done
	exits 1 why --root="$(host vms)" 4100-11 18446744073709551615
}

no_dump() {
	rm -rf "$WORK/no-dump"
	cp -a "$(host vms)" "$WORK/no-dump"
	rm "$WORK"/no-dump/sys/kernel/debug/kvm/4100-11/stage2_page_tables
	says 3 'this kernel has no /sys/kernel/debug/kvm/4100-11/stage2_page_tables' \
		'boot a kernel with CONFIG_PTDUMP_STAGE2_DEBUGFS' map --root="$WORK/no-dump" 4100
	exits 3 why --walk --root="$WORK/no-dump" 4100 0x40001abc
	grep -qx 'row       coherent' "$WORK/out"
	rm "$WORK"/no-dump/sys/kernel/debug/kvm/4100-11/memslots
	says 3 'this kernel has no /sys/kernel/debug/kvm/4100-11/memslots' 'boot a kernel with' \
		map --root="$WORK/no-dump" 4100
}

no_picture() {
	echo old >"$WORK/old.svg"
	exits 5 map --root="$(host vms)" --svg="$WORK/none/map.svg" 4100
	grep -q "error: cannot write $WORK/none/map.svg: No such file" "$WORK/err"
	rm -rf "$WORK/no-pages"
	cp -a "$(host vms)" "$WORK/no-pages"
	rm -r "$WORK/no-pages/boot"
	exits 3 map --root="$WORK/no-pages" --svg="$WORK/old.svg" 4100
	grep -q 'not drawn, since the page size of that host is not known' "$WORK/err"
	grep -q 'by entries of level 1$' "$WORK/out"
	grep -qx old "$WORK/old.svg"
}

vm_full_disk() {
	full_disk_of map --root="$(host vms)" 4100
	full_disk_of why --root="$(host vms)" 4100 0x40000000
}

# watch_refuses WORD ARGUMENT...: that is wrong usage, and standard error has the word
watch_refuses() {
	refuses watch "${@:2}"
	grep -q -- "$1" "$WORK/err"
}

watch_usage() {
	watch_refuses 'nothing happens in a copy' --root="$WORK"
	watch_refuses 'no number' --count=0
	watch_refuses 'no number' --count=-1
	watch_refuses 'one VM' 1 2
}

# Not as root: root may have such tracepoints.
watch_unprivileged() {
	install -m 755 "$COHMEM" "$WORK/cohmem-of-all"
	chmod 755 "$WORK"
	COHMEM=$WORK/cohmem-of-all
	if [ "$(id -u)" = 0 ]; then
		printf '#!/bin/sh\nexec setpriv --reuid=65534 --clear-groups %q "$@"\n' "$WORK/cohmem-of-all" >"$WORK/cohmem-of-nobody"
		chmod 755 "$WORK/cohmem-of-nobody"
		COHMEM=$WORK/cohmem-of-nobody
	fi
	exits 3 watch
	[ ! -s "$WORK/out" ]
	grep -qE 'error: (tracepoints are for root only|tracefs is not mounted)' "$WORK/err"
	grep -qE '^    (run it as root|mount -t tracefs)' "$WORK/err"
}

test_that "cohmem map prints golden/map.txt, and draws golden/map.svg" map_svg
test_that "cohmem map --json prints golden/map.json" golden 0 map.json map --json --root="$(host vms)" 4100-11
test_that "cohmem why prints golden/why.txt, with an exit status for each" why_all
test_that "cohmem why --json prints golden/why.json" golden 1 why.json why --json --root="$(host vms)" 4207-15 0x40000000
test_that "cohmem why --walk says how stage 2 maps the address" why_walks
test_that "a VM that is not there, or is one of several, is an error that lists what there is" no_such_vm
test_that "map and why refuse what is no VM, and what is no address" vm_usage
test_that "a kernel without the dump, or without memslots, is an error with a remedy" no_dump
test_that "a picture that cannot be drawn is an error, and an old one stays" no_picture
test_that "an output of map or why that cannot be written is an error" vm_full_disk
test_that "cohmem watch takes no copy of a host, and no number of decisions that is none" watch_usage
test_that "without root, cohmem watch says what it needs, and prints nothing" watch_unprivileged
test_that "cohmem list prints golden/list.txt" golden 0 list.txt list --root="$(host vms)"
test_that "cohmem list --json prints golden/list.json" golden 0 list.json list --json --root="$(host vms)"
test_that "cohmem list says what a stock kernel does not show, and what to do" list_stock
test_that "a host without VMs is none without debugfs" list_nothing
tap_end
