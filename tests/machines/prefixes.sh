#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Boots kernels with the first patches of the series, up to those that
# tests/machines/prefixes.list names, and runs a selftest on each. Whoever looks for a fault
# by bisection boots such kernels. While one is tested, the next is built.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=trees.sh
. "$(dirname "$0")/trees.sh"

TREES=$BUILD/prefixes

# cut_series PATCH: the series of TREE ends with this patch. What later patches bring is
# not there then.
cut_series() {
	local line=$TREE/kernel/lines/$LINE
	grep -q "^$1 " "$line/series" && sed -i "/^$1 /q" "$line/series" &&
		printf '%s\n' option CONFIG_GUESTRAMFS >"$line/absent"
}

judge_prefix() { test_that "${1%|*}" ended_well "${1##*|}" "$2" 0; }

not_built() { cat "$TREES/build.log" && return 1; }

# try_prefix PATCH MACHINE TEST
try_prefix() {
	local name="${3%%:*} passes on $2 with the patches up to ${1%.patch}" out=$TREES/${1%.patch}
	note "prefix: up to $1"
	fresh_tree
	if cut_series "$1" && build_tree cohmem >"$TREES/build.log" 2>&1; then
		pool_finish
		keep_only "$TREE/$(kernel_of cohmem)"
		pool_add judge_prefix "$name|$out" run_in_tree "$TREE" "$2" cohmem "$3" "$out"
	else
		test_that "$name" not_built
	fi
}

need_packages "${ALL_PACKAGES[@]}"
rows=()
read_list rows tests/machines/prefixes.list patch machine test
mkdir -p "$TREES"
for row in "${rows[@]}"; do
	IFS='|' read -r patch machine test <<<"$row"
	try_prefix "$patch" "$machine" "$test"
done
pool_finish
keep_only ''
tap_end
