#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# programs.sh: builds the programs of the emulated host, of its guests, and those that judge
# a run, with what the guests have of the tree `vmm`, and prints where they are: build/rig.

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"

tree=$("$TOP/scripts/tree.sh" vmm)
need_packages "${NATIVE_PACKAGES[@]}" "${TARGET_PACKAGES[@]}" cpio
mkdir -p "$BUILD/rig"
# A relative path: an absolute one may have a blank in it, which make does not take.
flock "$BUILD/rig/lock" make --no-print-directory -s -C "$TOP/rig" BUILD=../build/rig VMM_TREE="$tree" all ||
	die "the rig's programs do not build" "what the compiler or make said is above"
echo "$BUILD/rig"
