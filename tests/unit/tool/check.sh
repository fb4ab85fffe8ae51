#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The operator's command: its C by tool_test, then the program as it is typed.
#
#   check.sh DIR	the directory with tool_test and program/cohmem

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"

OUT=$(realpath "$1")
HERE=$TOP/tests/unit/tool
COHMEM=$OUT/program/cohmem
need_packages "${NATIVE_PACKAGES[@]}" "${TARGET_PACKAGES[@]}" "${REPO_PACKAGES[@]}" xz-utils
need_work
cd "$HERE"
unset NO_COLOR
export TERM=xterm LC_ALL=C

# host NAME: the directory with the files of roots/NAME.root
host() {
	[ -d "$WORK/$1" ] || mv "$("$OUT/tool_test" "$1.root")" "$WORK/$1"
	echo "$WORK/$1"
}

# exits STATUS ARGUMENT...: cohmem ends with that; its output is in $WORK/out and $WORK/err.
exits() {
	local status=0
	"$COHMEM" "${@:2}" >"$WORK/out" 2>"$WORK/err" || status=$?
	[ "$status" = "$1" ] || { cat "$WORK/err" && echo "exit status $status, not $1" && return 1; }
}

# --- the program --------------------------------------------------------------------------

not_ready() {
	exits 1 check --root="$(host stock)"
	diff golden/stock.txt "$WORK/out"
}

not_ready_json() {
	exits 1 check --json --root="$(host stock)"
	diff golden/stock.json "$WORK/out"
}

cannot_tell() { exits 3 check --root="$(host grace)"; }

# refuses ARGUMENT...: that is wrong usage, of which standard error tells
refuses() {
	exits 2 "$@"
	[ ! -s "$WORK/out" ] && [ -s "$WORK/err" ]
}

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

# full_disk_of ARGUMENT...: what these print cannot be written
full_disk_of() {
	local status=0
	"$COHMEM" "$@" >/dev/full 2>"$WORK/err" || status=$?
	[ "$status" = 3 ]
	grep -q 'cannot be written: No space left' "$WORK/err"
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

tap_from tool_test "$OUT/tool_test"
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
