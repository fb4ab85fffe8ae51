# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts of this folder share: the program as it is typed, and made-up hosts for it.
# Sourced, in place of tests/lib.sh.

# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"

OUT=$(realpath -m "${OUT:-$TOP/build/tests/tool}")
HERE=$TOP/tests/unit/tool
COHMEM=$OUT/program/cohmem
[ -x "$COHMEM" ] && [ -x "$OUT/tool_test" ] ||
	die "$OUT has not the program and its tests" "build them, and run all: make -s -C tests/unit/tool check"
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

# refuses ARGUMENT...: that is wrong usage, of which standard error tells
refuses() {
	exits 2 "$@"
	[ ! -s "$WORK/out" ] && [ -s "$WORK/err" ]
}

# full_disk_of ARGUMENT...: what these print cannot be written
full_disk_of() {
	local status=0
	"$COHMEM" "$@" >/dev/full 2>"$WORK/err" || status=$?
	[ "$status" = 3 ]
	grep -q 'cannot be written: No space left' "$WORK/err"
}

# golden STATUS NAME ARGUMENT...: cohmem ends with that, and prints golden/NAME.
golden() {
	exits "$1" "${@:3}"
	# An empty list is one line or two, by the version of json-c.
	diff <(sed -z 's/\[\n *\]/[]/g' "golden/$2") <(sed -z 's/\[\n *\]/[]/g' "$WORK/out")
}

# says STATUS WHAT REMEDY ARGUMENT...: an error of three parts, and nothing else
says() {
	exits "$1" "${@:4}"
	[ ! -s "$WORK/out" ]
	grep -q "^cohmem: error: $2" "$WORK/err"
	grep -q "^    $3" "$WORK/err"
}

# vms_and_pools: the directory with the files of roots/vms.root, and guest RAM
vms_and_pools() {
	local dir=$WORK/vms-and-pools
	if [ ! -d "$dir" ]; then
		cp -a "$(host vms)" "$dir"
		cp -a "$(host grace)/sys/fs" "$dir/sys/"
	fi
	echo "$dir"
}
