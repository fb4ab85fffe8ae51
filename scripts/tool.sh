#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tool.sh: builds the operator's command, build/tool/cohmem, and prints where it is. It is
# built for this PC; tool/Makefile builds it by other compilers (CC=), and says what else it
# takes.

# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"

need_packages "${NATIVE_PACKAGES[@]}"
make -s -C "$TOP/tool"
echo "$BUILD/tool/cohmem"
