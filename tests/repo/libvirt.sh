#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# libvirt.sh: libvirt's own schema, of Debian's package, accepts the domains of
# docs/libvirt.md.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

need_packages "${REPO_PACKAGES[@]}"
need_work
cd "$TOP"

# domains FILE: writes each block of XML to a file of its own.
domains() {
	awk -v work="$WORK" '
		/^```xml$/ { file = work "/domain-" ++count ".xml"; next }
		/^```$/ { file = "" }
		file { print >file }' "$1"
}

accepts() { xmllint --noout --relaxng "$SCHEMAS/domain.rng" "$1"; }

# Each domain has one of these two words.
refuses_wrong() {
	sed "s/mode='shared'/mode='common'/; s/mode='subsystem'/mode='system'/" "$1" >"$WORK/wrong.xml"
	if cmp -s "$1" "$WORK/wrong.xml" || accepts "$WORK/wrong.xml"; then return 1; fi
}

deb=$(scripts/apt.sh fetch libvirt-common)
dpkg-deb -x "$deb" "$WORK/tree"
SCHEMAS=$WORK/tree/usr/share/libvirt/schemas
domains docs/libvirt.md

test_that "docs/libvirt.md has three domains" [ "$(find "$WORK" -maxdepth 1 -name 'domain-*.xml' | wc -l)" = 3 ]
for file in "$WORK"/domain-*.xml; do
	name=$(sed -nE 's|^ *<name>(.*)</name>$|\1|p' "$file")
	test_that "libvirt's schema accepts the domain $name" accepts "$file"
	test_that "it refuses the domain $name with a word that it does not know" refuses_wrong "$file"
done
tap_end
