#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# version.sh: the version of this tree, for packages and reports: what VERSION says, and
# +gHASH where git knows a commit that is not that version's tag. Not part of `uname -r`,
# which has the hash of what the kernel was built of.

set -eu
cd "$(dirname "$0")/.."
version=$(cat VERSION)
if [ -e .git ] && commit=$(git rev-parse --short=12 HEAD 2>/dev/null); then
	[ "$(git describe --exact-match --tags HEAD 2>/dev/null)" = "v$version" ] || version+=+g$commit
fi
echo "$version"
