# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of the commands that run kernels share. Sourced, in place of lib.sh.

# shellcheck disable=SC2016 # what is in single quotes is for another shell
# shellcheck disable=SC2034 # what is not used here is used by those that source this

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The kernels and packages are those of everybody; the clone is not.
SCRATCH=$CACHE
OUT=$CLONE/build/out
RUN=(rig/run.sh --machine grace --job ram --kernel "build/kernels/$LINE-cohmem" --out "$OUT")

# kernels: and the package trees, or their download would be taken for a machine that boots
kernels() {
	local variant tree
	for variant in stock cohmem cohmem-debug; do
		LIMIT=1200 run scripts/kernel.sh "$variant"
		exits 0
	done
	LIMIT=1200 run scripts/selftests.sh
	exits 0
	for tree in qemu vmm shell; do
		LIMIT=600 run scripts/tree.sh "$tree"
		exits 0
	done
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
