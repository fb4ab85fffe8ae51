#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Builds of kernels: those that lose files, are interrupted, or come two at a time. The
# kernel is a stand-in (tests/commands/standin), all else is real.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

whole() {
	[ "$(cat "$CLONE/build/kernels/$LINE-stock/Image")" = $'begins\nends' ] &&
		[ "$(find "$SCRATCH/kernels" -mindepth 1 -maxdepth 1 | wc -l)" = 1 ]
}

# What is lost from a kernel in the cache, or cut off, is built again.
lost_files() {
	local file dir=$CLONE/build/kernels/$LINE-stock
	for file in Image release modules/devices.ko; do
		run make kernel VARIANT=stock
		exits 0
		[ -s "$dir/$file" ]
		rm "$dir/$file"
	done
	run make kernel VARIANT=stock
	exits 0
	[ -s "$dir/modules/devices.ko" ]
	: >"$dir/Image"
	run make kernel VARIANT=stock
	exits 0
	whole
}

no_kernel() {
	local run=(rig/run.sh --machine grace --job ram --out "$WORK/out" --kernel)
	rm -rf "$CLONE/build"
	refused "there is no kernel directory build/kernels/$LINE-cohmem" "${run[@]}" "build/kernels/$LINE-cohmem"
	mkdir -p "$WORK/kernel/modules"
	refused "does not say of which line this kernel is" "${run[@]}" "$WORK/kernel"
	echo "line: $LINE" >"$WORK/kernel/inputs"
	refused "there is no stock kernel of line $LINE for the inner guest" "${run[@]}" "$WORK/kernel"
	refused "$WORK/kernel/Image is missing" "${run[@]}" "$WORK/kernel" --guest "$WORK/kernel"
	: >"$WORK/kernel/Image"
	refused "$WORK/kernel/Image is empty" "${run[@]}" "$WORK/kernel" --guest "$WORK/kernel"
	[ ! -e "$WORK/out" ]
}

# interrupt SIGNAL HOW: one build at its Image, by a signal to the script alone, to make alone,
# or to all of the group, as Ctrl-C does
interrupt() {
	local image=$SCRATCH/work/$LINE-stock/obj/arch/arm64/boot/Image
	install_standin
	rm -rf "$CLONE/build"
	case $2 in
	alone) start env STANDIN_SLEEP=60 scripts/kernel.sh stock ;;
	*) start setsid env STANDIN_SLEEP=60 make kernel VARIANT=stock ;;
	esac
	until_true 20 test -s "$image"
	case $2 in
	group) kill "-$1" -- "-$PID" ;;
	*) kill "-$1" "$PID" ;;
	esac
	ended
	exits 1 2 130 137 143
	until_true 5 nobody_left || { echo "the build goes on" && return 1; }
	[ ! -e "$CLONE/build/kernels/$LINE-stock" ]
	run make kernel VARIANT=stock
	exits 0
	whole
}

two_builds() {
	install_standin
	SAID=$WORK/first start env STANDIN_WAIT="$WORK/go" scripts/kernel.sh stock
	until_true 60 test -e "$SCRATCH/work/$LINE-stock/building"
	second_waits build "$WORK/go" scripts/kernel.sh stock
	whole
}

stale_lock() {
	install_standin
	mkdir -p "$SCRATCH/lock"
	echo 1 >"$SCRATCH/lock/build"
	run scripts/kernel.sh stock
	exits 0
	if says waiting; then return 1; fi
}

install_standin
test_that "a kernel that has lost files in the cache is built again" lost_files
test_that "the rig refuses a kernel that is missing or not whole" no_kernel
test_that "a build that gets SIGINT by Ctrl-C leaves nothing behind" interrupt INT group
test_that "a build whose script gets SIGTERM leaves nothing behind" interrupt TERM alone
test_that "a build whose make gets SIGTERM leaves nothing behind" interrupt TERM make
test_that "a build whose script gets SIGKILL leaves nothing behind" interrupt KILL alone
test_that "a build whose script and make get SIGKILL leaves nothing behind" interrupt KILL group
test_that "a second build waits for the first" two_builds
test_that "a stale lock does not block" stale_lock
tap_end
