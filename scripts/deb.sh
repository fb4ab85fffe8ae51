#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# deb.sh: makes the Debian package of the operator's command for arm64, in the Debian of
# chroot.sh, and prints where it is: build/deb. The same commit and maintainer give the same
# package, byte for byte.

# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"

# maintainer: who answers for the packages
maintainer() {
	local name mail
	name=${DEBFULLNAME:-$(git -C "$TOP" config user.name 2>/dev/null || true)}
	mail=${DEBEMAIL:-$(git -C "$TOP" config user.email 2>/dev/null || true)}
	if [ -n "$name" ] && [ -n "$mail" ]; then
		echo "$name <$mail>"
	else
		echo "cohmem maintainers <maintainers@cohmem.invalid>"
	fi
}

# epoch: the time that packages carry
epoch() {
	git -C "$TOP" log -1 --format=%ct 2>/dev/null || stat -c %Y "$TOP/VERSION"
}

# put_tool DIR: the source package of the operator's command
put_tool() {
	mkdir -p "$1/tool" "$1/lib"
	cp "$TOP"/tool/{Makefile,*.c,*.h,*.list,*.1,*.bash-completion} "$1/tool/"
	cp "$TOP"/lib/*.[ch] "$1/lib/"
	cp -r "$TOP/packaging/cohmem/debian" "$1/"
	sed -i "s/@MAINTAINER@/$MAINTAINER/" "$1/debian/control"
	cat >"$1/debian/changelog" <<-EOT
		cohmem ($VERSION) trixie; urgency=medium

		  * Built from the repository, whose CHANGES.md says what is new.

		 -- $MAINTAINER  $(date -Rud "@$SOURCE_DATE_EPOCH")
	EOT
}

[ $# = 0 ] || die "deb.sh takes no argument" "its variables are in its environment: make deb HELP=1"
[ "${CONFIG-}" = rig ] ||
	die "there is no configuration '${CONFIG-}'" "known: rig; make deb CONFIG=rig"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(epoch)}
[[ $SOURCE_DATE_EPOCH =~ ^[0-9]+$ ]] ||
	die "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH is not a number of seconds" "leave it out, and the commit's time is taken"
VERSION=$("$TOP/scripts/version.sh" --package)
MAINTAINER=$(maintainer)
[[ $MAINTAINER =~ ^[^\<\>/\&\\]+\ \<[^\<\>/\&\\[:space:]]+@[^\<\>/\&\\[:space:]]+\>$ ]] ||
	die "'$MAINTAINER' cannot be the maintainer of a package" "set DEBFULLNAME= to a name and DEBEMAIL= to an address"
need_build
mkdir -p "$BUILD"
take_lock deb.lock "$BUILD"
work=$BUILD/deb.work
rm -rf "$work"
trap 'rm -rf "$work"' EXIT
put_tool "$work/cohmem"
note "making the package of the operator's command, version $VERSION"
# Its build needs nothing that packaging/chroot.list has not.
# shellcheck disable=SC2016 # for the shell in the chroot
"$TOP/scripts/in_chroot.sh" "$work" env SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" DEB_BUILD_OPTIONS=noautodbgsym sh -c '
	(cd cohmem && dpkg-buildpackage -b -aarm64 -Pcross,nocheck -us -uc -d) >out/log 2>&1
	rc=$?
	mv ./*.deb ./*.changes ./*.buildinfo out/ 2>/dev/null
	exit $rc' || {
	[ ! -e "$work/out/log" ] || cp "$work/out/log" "$BUILD/deb.log"
	die "dpkg-buildpackage has failed: $(tail -n 1 "$BUILD/deb.log" 2>/dev/null)" "the whole log is $BUILD/deb.log"
}
rm -rf "$BUILD/deb"
mv "$work/out" "$BUILD/deb"
echo "$BUILD/deb"
