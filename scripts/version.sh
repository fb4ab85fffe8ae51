#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# version.sh [--package]: the version of this tree, for reports: what VERSION says, and
# +gHASH where git knows a commit that is not that version's tag. For packages, whose
# versions are compared, the commit's time comes before its hash. Not part of `uname -r`,
# which has the hash of what the kernel was built of.

set -eu
cd "$(dirname "$0")/.."
version=$(cat VERSION)
if [ -e .git ] && commit=$(git rev-parse --short=12 HEAD 2>/dev/null); then
	[ "${1:-}" != --package ] || time=$(TZ=UTC git log -1 --format=%cd --date=format-local:%Y%m%d%H%M%S).
	[ "$(git describe --exact-match --tags HEAD 2>/dev/null)" = "v$version" ] || version+=+${time:-}g$commit
fi
echo "$version"
