#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The commands that run kernels: two runs at a time, a full disk, make test and make
# shell.

# shellcheck disable=SC2016 # what is in single quotes is for another shell

# shellcheck source=rig_lib.sh
. "$(dirname "$0")/rig_lib.sh"

a_run_works() {
	kernels
	by_hand
}

two_runs() {
	local first
	rm -rf "$OUT"
	start "${RUN[@]}"
	first=$PID
	until_true 60 booting
	SAID=$WORK/second start "${RUN[@]}"
	SAID=$WORK/second until_true 20 says "waiting for another cohmem process (run)" >/dev/null
	! grep -x "outcome: .*" "$OUT/verdict" 2>/dev/null || return 1
	kill -TERM "$first" "$PID"
	ended
	PID=$first
	ended
	until_true 10 nobody_left
}

# full KIB TEXT: what is in build/ already, and room for that much more
full() {
	run "${OWN_MOUNTS[@]}" sh -c 'cp -a build build.kept &&
		mount -t tmpfs -o size=64m none build && cp -a build.kept/. build && rm -rf build.kept
		free=$(df -Pk build | awk "NR == 2 { print \$4 }")
		head -c "$((free - $0))k" /dev/zero >build/filler
		"$@"' "$1" "${RUN[@]}" --timeout 10
	rm -rf "$CLONE/build.kept"
	exits 1
	says_error "$2"
}

full_disk() {
	need_namespaces
	rm -rf "$OUT"
	full 4 "the disk is full, so the logs of this run are not whole"
	rm "$CLONE/build/rig/host-init" "$CLONE/build/rig/host.cpio.gz"
	full 64 "the rig's programs do not build"
	says "No space left on device"
	by_hand
}

damaged_tree() {
	local tree
	tree=$("$TOP/scripts/tree.sh" qemu)
	mkdir -p "$WORK/damaged/trees/by-list"
	: >"$WORK/damaged/CACHEDIR.TAG"
	cp -a "$tree" "$WORK/damaged/trees/"
	for link in "$CACHE"/trees/by-list/*; do
		cp -P "$link" "$WORK/damaged/trees/by-list/"
		[ "$(readlink "$link")" != "$tree" ] || ln -sfn "$WORK/damaged/trees/${tree##*/}" "$WORK/damaged/trees/by-list/${link##*/}"
	done
	rm "$WORK/damaged/trees/${tree##*/}/usr/bin/qemu-system-aarch64-run"
	refused "qemu-system-aarch64-run is missing: the package tree is not whole" \
		env COHMEM_CACHE="$WORK/damaged" "${RUN[@]}"
}

# Where a path has a blank and a comma; and with nothing to be had from the network
shell_works() {
	need_namespaces
	copy_clone "$WORK/a clone, of mine"
	CLONE=$WORK/"a clone, of mine"
	printf '%s\n' 'echo kernel $(uname -r)' 'ls /dev/cohmem-test /selftests' 'echo tty $(tty)' help \
		'cohmem_races -h >/dev/null; echo status $?' 'qemu-system-aarch64 --version' poweroff |
		(as_user "${NO_NETWORK[@]}" make -C "$CLONE" shell VARIANT=stock MACHINE=lpa2) >"$SAID" 2>&1
	sed -i 's/\r//g' "$SAID"
	says "kernel $(cat "$CLONE/build/kernels/$LINE-stock/release")"
	says "undeclared"
	says "cohmem_memory_types"
	says "tty /dev/ttyAMA0"
	says "poweroff, Ctrl-A x"
	says "QEMU emulator version"
}

one_selftest() {
	LIMIT=300 run make test MACHINE=mte POLICY=any TEST=cohmem_memory_types:-m
	exits 0
	says "ok 1 - cohmem_memory_types"
	grep "policy any, fwb 1, dic 1, vm_mte 1" "$CLONE/build/test/mte-cohmem-cohmem_memory_types_-m-any/results.log"
}

# The guest, by its kernel's own words
shell_has_a_vm() {
	by_hand 'while sleep 2; do echo; done | timeout 150 vm'
	says "guest: user_space ok"
}

test_that "the kernels are there, and a run works" a_run_works
test_that "a second run in the same directory waits for the first" two_runs
test_that "a full disk is reported and the next run works" full_disk
test_that "a machine without room for a GPU's memory is refused" refused "too few for a GPU's memory" \
	rig/run.sh --machine no-dic --job gpu --kernel "build/kernels/$LINE-cohmem" --out "$OUT"
test_that "a package tree that is not whole is refused" damaged_tree
test_that "make shell works in a clone with an odd path and without a network" shell_works
test_that "make shell has a VM" shell_has_a_vm
test_that "make test runs one selftest with its arguments and a policy" one_selftest
tap_end
