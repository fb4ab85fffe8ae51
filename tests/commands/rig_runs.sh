#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The commands that run kernels: runs of the rig that are interrupted, killed, out of
# space, or two at a time; make test and make shell.

# shellcheck disable=SC2016 # what is in single quotes is for another shell

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# The kernels and packages are those of everybody; the clone is not.
SCRATCH=$CACHE
OUT=$CLONE/build/out
RUN=(rig/run.sh --machine grace --job ram --kernel "build/kernels/$LINE-cohmem" --out "$OUT")

kernels() {
	local variant
	for variant in stock cohmem cohmem-debug; do
		LIMIT=1200 run scripts/kernel.sh "$variant"
		exits 0
	done
	LIMIT=1200 run scripts/selftests.sh
	exits 0
	by_hand
}

# The emulated hosts of the command under test
qemus() {
	leftovers | while read -r pid; do
		tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -E '^[^ ]*/ld-linux[^ ]* ' | sed "s/.*/$pid/"
	done || true
}
running() { [ "$(qemus | wc -l)" -ge "$1" ]; }
booting() { running 1 && [ -s "$OUT/console.log" ]; }

# by_hand WORDS: those commands in make shell, that end with what no echo of them has
by_hand() {
	printf '%s\n' "$@" 'echo $((6 * 7)) is it' |
		(as_user make shell) >"$SAID" 2>&1
	says "42 is it"
	tr -d '\r' <"$SAID" >"$SAID.new" && mv "$SAID.new" "$SAID"
}

killed_qemu() {
	local pids
	rm -rf "$OUT"
	start "${RUN[@]}"
	until_true 60 booting
	mapfile -t pids < <(qemus)
	kill -KILL "${pids[@]}"
	ended
	exits 6
	grep -x "outcome: lost" "$OUT/verdict"
	grep "^reason: QEMU was ended by signal 9: " "$OUT/verdict"
	until_true 5 nobody_left
	by_hand
}

# interrupted SIGNAL HOW: a signal to the script alone, or to all, as Ctrl-C sends it
interrupted() {
	rm -rf "$OUT"
	start setsid "${RUN[@]}"
	until_true 60 booting
	if [ "$2" = alone ]; then
		kill "-$1" "$PID"
	else
		kill "-$1" -- "-$PID"
	fi
	ended
	exits 130 137 143
	until_true 10 nobody_left || { echo "the run goes on" && return 1; }
}

# interrupted_hosts COMMAND: the emulated hosts, two or HOSTS=, and what started them
interrupted_hosts() {
	start setsid "$@"
	until_true 90 running "${HOSTS:-2}"
	kill "-$SIGNAL" "$([ "$1" = make ] && echo "-$PID" || echo "$PID")"
	ended
	exits 2 130 143
	# A case would end by itself in 10.
	until_true 4 nobody_left || { echo "$* goes on" && return 1; }
}

interrupted_demo() {
	rm -rf "$CLONE/build/demo"*
	interrupted_hosts "$@"
	[ ! -e "$CLONE/build/demo.json" ]
}

interrupted_check() {
	steps 'one | check | 10 | printf "1..1\nok 1 a\n"' "two | check | 100 | ${RUN[*]} --tap"
	rm -rf "$OUT"
	start setsid tests/check.sh check
	until_true 60 booting
	kill -TERM "$PID"
	ended
	exits 1 130
	tail_is "1 passed, 1 failed, 0 skipped"
	until_true 10 nobody_left
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
		"$@"' "$1" "${RUN[@]}" --timeout 30
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

test_that "the kernels are there, and a run works" kernels
test_that "a killed QEMU is a lost machine and the next run works" killed_qemu
test_that "a run that gets SIGINT by Ctrl-C leaves nothing behind" interrupted INT group
test_that "a run whose script gets SIGTERM leaves nothing behind" interrupted TERM alone
test_that "a run whose script gets SIGKILL leaves nothing behind" interrupted KILL alone
SIGNAL=INT test_that "make demo that gets SIGINT by Ctrl-C leaves nothing behind" interrupted_demo make demo
SIGNAL=TERM test_that "demo.sh that gets SIGTERM leaves nothing behind" interrupted_demo rig/demo.sh
SIGNAL=TERM test_that "cases.sh that gets SIGTERM leaves nothing behind" interrupted_hosts tests/machines/cases.sh check cohmem
SIGNAL=TERM test_that "upstream.sh that gets SIGTERM leaves nothing behind" interrupted_hosts tests/machines/upstream.sh check
SIGNAL=TERM test_that "works.sh that gets SIGTERM leaves nothing behind" interrupted_hosts tests/machines/works.sh
HOSTS=1 SIGNAL=INT test_that "make soak that gets SIGINT by Ctrl-C leaves nothing behind" interrupted_hosts make soak MINUTES=1
HOSTS=1 SIGNAL=TERM test_that "bench.sh that gets SIGTERM leaves nothing behind" interrupted_hosts rig/bench.sh
test_that "make check that gets SIGTERM while the rig runs ends with the count" interrupted_check
test_that "a second run in the same directory waits for the first" two_runs
test_that "a full disk is reported and the next run works" full_disk
test_that "a machine without room for a GPU's memory is refused" refused "too few for a GPU's memory" \
	rig/run.sh --machine no-dic --job gpu --kernel "build/kernels/$LINE-cohmem" --out "$OUT"
test_that "a package tree that is not whole is refused" damaged_tree
test_that "make shell works in a clone with an odd path and without a network" shell_works
test_that "make shell has a VM" shell_has_a_vm
test_that "make test runs one selftest with its arguments and a policy" one_selftest
tap_end
