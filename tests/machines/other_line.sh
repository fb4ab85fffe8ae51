#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# other_line.sh: a line under another name, and of another base: a copy of the line
# under test with the oldest version of its package that Debian offers. It is built,
# boots and passes, beside the line that it was copied from. It is made in a copy of the
# repository, and its work trees are thrown away; its kernels stay in the cache.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

need_packages "${ALL_PACKAGES[@]}"
need_work
unset KERNEL_SRC UPDATE
OTHER=oldest
OUT=$BUILD/check/other-line
TREE=$OUT/tree
VERSION=$(scripts/apt.sh versions "$(line_value package)" | tail -n 1)
VERSION=${VERSION% *}

at_end() { rm -rf "$CACHE/work/$OTHER"-*; }

# The line, with `version` in its file
make_other() {
	rm -rf "$OUT"
	mkdir -p "$TREE"
	git ls-files -z | xargs -0 cp -P --parents -t "$TREE"
	cp -a "$TREE/kernel/lines/$LINE" "$TREE/kernel/lines/$OTHER"
	echo "version | $VERSION |" >>"$TREE/kernel/lines/$OTHER/line"
}

builds() {
	local variant
	make_other
	for variant in stock cohmem; do
		LINE=$OTHER "$TREE/scripts/kernel.sh" $variant
	done
	LINE=$OTHER "$TREE/scripts/selftests.sh"
}

# passes NAME OPTION...: a run on its kernel that ends well, and says of which line it is
passes() {
	local out=$OUT/$1
	"$TREE/rig/run.sh" --machine grace --kernel "$TREE/build/kernels/$OTHER-cohmem" --out "$out" \
		--timeout 600 "${@:2}"
	grep "^# fact line=$OTHER " "$out/results.log"
	nothing_skipped "$out"
}

take_lock other-line	# the work trees are everybody's
diag "line: $OTHER"
test_that "the kernels and selftests of $VERSION build as line $OTHER" builds
diag "kernel: $(cat "$TREE/build/kernels/$OTHER-cohmem/release" || echo none)" "machine: grace"
test_that "ram passes on $VERSION" passes ram --job ram
test_that "cohmem_blocks passes on $VERSION" passes cohmem_blocks --job selftests --tests cohmem_blocks
tap_end
