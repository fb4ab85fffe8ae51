#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# make deb-newer: packages are made anew if Debian has something newer, and as they were made.
# Stand-ins take the place of what asks Debian and of what makes packages.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# stand_in: apt.sh that offers what $WORK/offered says, and deb.sh that says how it was called
stand_in() {
	install_standin
	rm -f "$WORK/calls"
	cat >"$CLONE/scripts/apt.sh" <<-EOT
		#!/bin/sh
		echo "apt \$1 UPDATE=\${UPDATE:-}" >>"$WORK/calls"
		cat "$WORK/offered"
	EOT
	cat >"$CLONE/scripts/deb.sh" <<-EOT
		#!/bin/sh
		echo "deb CONFIG=\$CONFIG PAGES=\$PAGES LINE=\$LINE UPDATE=\${UPDATE:-} \$(wc -c)" >>"$WORK/calls"
		until [ -z "\${STANDIN_WAIT:-}" ] || [ -e "\$STANDIN_WAIT" ]; do sleep 0.1; done
		[ ! -e "$WORK/fails" ] || exit 1
		sed -i "s/_.*/_\$(cat "$WORK/offered")/" build/deb/made-of
		echo build/deb
	EOT
}

# packages LINE...: are what build/deb was made of, beside what it always has
packages() {
	mkdir -p "$CLONE/build/deb"
	printf '%s\n' "line: $LINE" "config: rig" "pages: 64k" "base: Debian's ${PACKAGE}_6.12.9-1" "signed: no" >"$CLONE/build/deb/made-of"
	rm -f "$WORK/fails"
	echo "$1" >"$WORK/offered"
	stand_in
}

# called LINE...: what the stand-ins were asked for
called() { printf '%s\n' "$@" | diff - "$WORK/calls"; }

no_packages() {
	rm -rf "$CLONE/build"
	refused "there are no packages in build/deb" make deb-newer
}

nothing_newer() {
	local offered
	# 6.12.10 is newer than 6.12.9; 6.12.9~ is older.
	for offered in 6.12.9-1 6.12.9-1~deb12u1 6.11.12-1; do
		packages $offered
		run make -s deb-newer
		exits 0
		says "nothing is newer: Debian offers $PACKAGE $offered, and build/deb is made of 6.12.9-1"
		called "apt offered UPDATE="
	done
}

something_newer() {
	packages 6.12.10-1
	# What makes packages reads no input, and is told what they were made with.
	echo input | (as_user env CONFIG=debian PAGES=4k UPDATE=1 make -s deb-newer) >"$SAID" 2>&1
	says build/deb
	called "apt offered UPDATE=1" "apt fetch UPDATE=1" "deb CONFIG=rig PAGES=64k LINE=$LINE UPDATE= 0"
	run make -s deb-newer
	exits 0
	says "nothing is newer"
}

failures() {
	packages 6.12.10-1
	: >"$WORK/fails"
	run make -s deb-newer
	exits 2
	grep "_6.12.9-1$" "$CLONE/build/deb/made-of"
	rm "$WORK/fails"
	run make -s deb-newer
	exits 0
	says "build/deb is made of 6.12.9-1: making packages"
	[ "$(grep -c "^deb CONFIG=rig PAGES=64k" "$WORK/calls")" = 2 ]
	sed -i 's/^base: .*/base: \/some\/tree 1234/' "$CLONE/build/deb/made-of"
	refused "are made of /some/tree 1234, of which Debian offers nothing" make deb-newer
}

signed_before() {
	packages 6.12.10-1
	sed -i 's/^signed: .*/signed: yes/' "$CLONE/build/deb/made-of"
	refused "the packages in build/deb are signed, and SIGN_KEY= and SIGN_CERT= are not given" make deb-newer
	refused "SIGN_KEY= is given without SIGN_CERT=" make deb-newer SIGN_KEY=none
	[ ! -e "$WORK/calls" ]
}

one_at_a_time() {
	packages 6.12.10-1
	SAID=$WORK/first start env STANDIN_WAIT="$WORK/go" scripts/deb_newer.sh
	until_true 60 grep -qs '^deb' "$WORK/calls"
	second_waits deb-newer "$WORK/go" scripts/deb_newer.sh
	says "nothing is newer"
}

test_that "make deb-newer without packages says how to make them" no_packages
test_that "make deb-newer makes nothing if Debian has nothing newer" nothing_newer
test_that "make deb-newer makes packages of a newer source as they were made" something_newer
test_that "make deb-newer that fails keeps the former packages, and tries again" failures
test_that "make deb-newer makes no unsigned packages where they were signed" signed_before
test_that "make deb-newer runs one at a time" one_at_a_time
tap_end
