#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Removes what the scripts have put into the cache, and nothing else that
# somebody may keep there.

# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"

# In the order in which others take more than one.
for lock in image chroot build apt; do take_lock "$lock"; done
cd "$CACHE"
rm -rf apt chroots debs images kernels prefixes selftests touched trees work ./*.log ./patches.* ./series.* ./tests.* CACHEDIR.TAG
rm -rf lock
rmdir "$CACHE" 2>/dev/null || note "left what is not cohmem's in $CACHE"
