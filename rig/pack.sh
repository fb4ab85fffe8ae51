#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# pack.sh OUT PATH=FILE...: makes an initramfs, OUT, with each FILE at its PATH.
set -eu

out=$1
shift
root=$(mktemp -d)
trap 'rm -rf "$root" "$out.new"' EXIT

# Not root alone may look into this root.
chmod 0755 "$root"
mkdir -p "$root"/{dev,proc,sys,tmp}
for entry; do
	install -D -m 0755 "${entry#*=}" "$root/${entry%%=*}"
done
(cd "$root" && find . -print | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0) |
	gzip -1n >"$out.new"
mv "$out.new" "$out"
