#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[ "$(getconf PAGESIZE)" = 65536 ]
[[ $(uname -r) == *-cohmem-system-64k-* ]]
cohmem check || true
[[ $(check_says pages) == "yes 64 KiB"* ]]
[[ $(check_says kernel) == "yes "* ]]
