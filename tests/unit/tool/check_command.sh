#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cohmem check, as it is typed, and what is the same for all commands: wrong usage, help, and an
# output that cannot be written.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

not_ready() {
	exits 1 check --root="$(host stock)"
	diff golden/stock.txt "$WORK/out"
}

not_ready_json() {
	exits 1 check --json --root="$(host stock)"
	diff golden/stock.json "$WORK/out"
}

cannot_tell() { exits 3 check --root="$(host grace)"; }

usage() {
	refuses
	refuses nonsense
	refuses check --nonsense
	refuses check nonsense
	refuses --nonsense check
	refuses check --root
}

no_root() {
	exits 2 check --root=/nonsense
	grep -q 'error: cannot look into /nonsense: No such file' "$WORK/err"
	grep -q '^    name a directory' "$WORK/err"
}

full_disk() {
	full_disk_of check --root="$(host grace)"
	full_disk_of check --json --root="$(host grace)"
	full_disk_of --help
	full_disk_of check --help
	full_disk_of --version
}

help_says_statuses() {
	exits 0 check --help
	grep -q '^Exit status: 0 ready, 1 not ready, 2 wrong usage, 3 cannot tell\.$' "$WORK/out"
}

# terminal VARIABLE...: what is printed to a terminal
terminal() {
	env "$@" script -qec "$(printf '%q ' "$COHMEM" check --root="$(host stock)")" /dev/null || true
}

# is_plain: $WORK/out is what cohmem check prints, without colours
is_plain() {
	grep -q 'This host is not ready' "$WORK/out"
	[ "$(grep -c $'\033' "$WORK/out")" = 0 ]
}

colours() {
	terminal A=b | grep -q $'\033\[31mno\033\[0m'
	terminal NO_COLOR=1 >"$WORK/out"
	is_plain
	terminal TERM=dumb >"$WORK/out"
	is_plain
	exits 1 check --root="$(host stock)"
	is_plain
}

# A directory with no file at all: nothing is certain, and nothing crashes.
empty_host() {
	mkdir -p "$WORK/empty"
	exits 3 check --root="$WORK/empty"
	grep -q '^kernel .*cannot tell' "$WORK/out"
}

# What asks KVM is compiled on an arm64 host only.
for_arm64() {
	"${CROSS_COMPILE}gcc" -D_GNU_SOURCE -I"$TOP/lib" -O2 -Wall -Wextra -Werror -c -o "$WORK/kvm.o" "$TOP/tool/kvm.c"
	"${CROSS_COMPILE}nm" "$WORK/kvm.o" | grep -q ' U ioctl$'
}

test_that "what asks KVM compiles for arm64" for_arm64
test_that "a host that is not ready gives 1, and the text of golden/stock.txt" not_ready
test_that "--json gives the same as JSON" not_ready_json
test_that "a copy of a host gives 3 if only KVM is left to be asked" cannot_tell
test_that "a directory without files is a host of which little can be told" empty_host
test_that "wrong usage gives 2, and nothing on standard output" usage
test_that "a directory that is not there is an error with a remedy" no_root
test_that "an output that cannot be written is an error" full_disk
test_that "--help says the exit statuses" help_says_statuses
test_that "a terminal gets colours, but not with NO_COLOR, and nothing else does" colours
tap_end
