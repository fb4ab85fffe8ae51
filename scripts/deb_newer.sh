#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# deb_newer.sh: makes the packages in build/deb anew, as make deb has made them, if Debian
# offers a newer source of the kernel than theirs. For a timer or for CI: it asks nobody, and one
# at a time runs. Its status is 0 if nothing is newer, or if the packages are made, whose
# place it prints then; else it says why not, and the former packages stay.

# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source=scripts/lib/sign.sh
. "$TOP/scripts/lib/sign.sh"
supervise "$@"

# made WHAT: what build/deb says of its packages
made() { sed -n "s/^$1: //p" "$BUILD/deb/made-of"; }

[ $# = 0 ] || die "deb_newer.sh takes no argument" "its variables are in its environment: make deb-newer HELP=1"
exec </dev/null
mkdir -p "$BUILD"
take_lock deb-newer.lock "$BUILD"
[ -r "$BUILD/deb/made-of" ] || die "there are no packages in build/deb to be made anew" "make them: make deb"
LINE=$(made line) CONFIG=$(made config) PAGES=$(made pages)
export CONFIG PAGES
use_line
[[ $(made base) =~ ^Debian\'s\ ([^_]+)_(.+)$ ]] ||
	die "the packages in build/deb are made of $(made base), of which Debian offers nothing" "make them of Debian's source: make deb, without KERNEL_SRC="
package=${BASH_REMATCH[1]} version=${BASH_REMATCH[2]}
unset KERNEL_SRC
[ "$(made signed)" = no ] || is_signing ||
	die "the packages in build/deb are signed, and SIGN_KEY= and SIGN_CERT= are not given" "give them, or make packages that are not signed: make deb"
need_signer

offered=$("$TOP/scripts/apt.sh" offered "$package")
if ! dpkg --compare-versions "$offered" gt "$version"; then
	note "nothing is newer: Debian offers $package $offered, and build/deb is made of $version"
	exit 0
fi
note "Debian offers $package $offered, and build/deb is made of $version: making packages"
# From now on it is the source of all kernels.
UPDATE=1 "$TOP/scripts/apt.sh" fetch "$package" >/dev/null
unset UPDATE
"$TOP/scripts/deb.sh"
