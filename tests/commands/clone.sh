#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The clone: one that cannot be written to is refused, and one works wherever it is.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

read_only_clone() {
	need_namespaces
	local command
	rm -rf "$CLONE/build"
	for command in kernel demo bench 'test' check-quick; do
		refused "cannot write to $CLONE" "${OWN_MOUNTS[@]}" sh -c "$READ_ONLY" "$CLONE" make "$command"
	done
	tail_is "0 passed, 1 failed, 0 skipped"
	run "${OWN_MOUNTS[@]}" sh -c "$READ_ONLY" "$CLONE" make help
	exits 0
}

# odd_path NAME: a clone of that name, from another directory, does what it should.
odd_path() {
	copy_clone "$WORK/$1"
	CLONE=$WORK/$1
	install_standin
	WHERE=/ run make -C "$CLONE" help kernel VARIANT=stock
	exits 0
	steps 'summary | quick | 60 | tests/unit/summary/check.sh' 'verdict | quick | 60 | make -s -C tests/unit/judge verdict'
	run make check-quick
	exits 0
	[ -s "$CLONE/build/kernels/$LINE-stock/Image" ]
}

cdpath() {
	install_standin
	mkdir -p "$WORK/scripts"
	run env CDPATH="$WORK" scripts/../scripts/kernel.sh stock
	exits 0
	run env CDPATH="$WORK" scripts/kernel.sh stock
	exits 0
}

install_standin
test_that "a read-only clone is refused except by make help" read_only_clone
test_that "a clone works whose path has blanks and quotes" odd_path "a clone, Tom's & mine"
test_that "CDPATH set by the user changes nothing" cdpath
tap_end
