#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

[[ $(uname -r) == 6.12.*+deb13*-arm64* ]]
follow operating.md "Remove it" 2
if dpkg-query -W -f '${Package}\n' | grep cohmem; then exit 1; fi
sh /root/files.sh >"$LOGS/after"
diff "$LOGS/before" "$LOGS/after"
