#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# deb.sh: makes Debian packages for arm64, in the Debian of chroot.sh, and prints where they
# are: build/deb. They are those of the operator's command, and of the kernels of a
# configuration (packaging/kernels.list). The same commit and maintainer give the same
# packages of the same kernels, byte for byte; signatures alone have the time in them.

# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source=scripts/lib/line.sh
. "$TOP/scripts/lib/line.sh"
# shellcheck source=scripts/lib/deb_kernel.sh
. "$TOP/scripts/lib/deb_kernel.sh"
# shellcheck source=scripts/lib/sign.sh
. "$TOP/scripts/lib/sign.sh"

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

# sign_off DIR VERSION: names the maintainer, and the version, in a source package
sign_off() {
	sed -i "s/@MAINTAINER@/$MAINTAINER/" "$1/debian/control"
	cat >"$1/debian/changelog" <<-EOT
		${1##*/} ($2) trixie; urgency=medium

		  * Built from the repository, whose CHANGES.md says what is new.

		 -- $MAINTAINER  $(date -Rud "@$SOURCE_DATE_EPOCH")
	EOT
}

# put_tool DIR: the source package of the operator's command
put_tool() {
	mkdir -p "$1/tool" "$1/lib"
	cp "$TOP"/tool/{Makefile,*.mk,*.c,*.h,*.list,*.1,*.bash-completion} "$1/tool/"
	cp "$TOP"/lib/*.[ch] "$1/lib/"
	# Which lines there are, the rule, its page, and what decodes stage 2: see tool/Makefile.
	(cd "$TOP" && cp --parents kernel/lines/*/series "$1/")
	mkdir -p "$1/docs" "$1/kernel/core" "$1"/kernel/selftests/{include,lib}
	cp "$TOP/docs/rule.md" "$1/docs/"
	cp "$TOP"/kernel/core/cohmem_rule.[ch] "$1/kernel/core/"
	cp "$TOP"/kernel/selftests/include/*.h "$1/kernel/selftests/include/"
	cp "$TOP/kernel/selftests/lib/cohmem_stage2.c" "$1/kernel/selftests/lib/"
	cp -r "$TOP"/packaging/cohmem/* "$1/"
}

[ $# = 0 ] || die "deb.sh takes no argument" "its variables are in its environment: make deb HELP=1"
use_line
CONFIG=${CONFIG-debian}
[[ " $(configurations_there_are) " == *" ${CONFIG:-none} "* ]] ||
	die "there is no configuration '$CONFIG'" "known: $(configurations_there_are); as in make deb CONFIG=rig"
for pages in ${PAGES:=4k 64k}; do
	[[ $pages =~ ^(4k|64k)$ ]] || die "PAGES=$PAGES: there is no kernel with pages of $pages" "known: 4k, 64k, or both"
done
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(epoch)}
[[ $SOURCE_DATE_EPOCH =~ ^[0-9]+$ ]] ||
	die "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH is not a number of seconds" "leave it out, and the commit's time is taken"
VERSION=$("$TOP/scripts/version.sh" --package)
MAINTAINER=$(maintainer)
[[ $MAINTAINER =~ ^[^\<\>/\&\\]+\ \<[^\<\>/\&\\[:space:]]+@[^\<\>/\&\\[:space:]]+\>$ ]] ||
	die "'$MAINTAINER' cannot be the maintainer of a package" "set DEBFULLNAME= to a name and DEBEMAIL= to an address"
need_signer
need_build
mkdir -p "$BUILD"
take_lock deb.lock "$BUILD"
work=$BUILD/deb.work
rm -rf "$work"
trap 'rm -rf "$work"' EXIT
put_tool "$work/cohmem"
sign_off "$work/cohmem" "$VERSION"
put_kernels "$work/linux-cohmem" "$CONFIG" "$PAGES"
sign_off "$work/linux-cohmem" "${BASE//-/+}+cohmem$VERSION"
note "making the packages of the operator's command and of kernels, version $VERSION"
# Their build needs nothing that packaging/chroot.list has not.
# shellcheck disable=SC2016 # for the shell in the chroot
"$TOP/scripts/in_chroot.sh" "$work" env SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" DEB_BUILD_OPTIONS=noautodbgsym sh -c '
	rc=0
	for source in cohmem linux-cohmem; do
		(cd $source && dpkg-buildpackage -b -aarm64 -Pcross,nocheck -us -uc -d) >>out/log 2>&1 && continue
		rc=$?
		break
	done
	mv ./*.deb ./*.changes ./*.buildinfo out/ 2>/dev/null
	exit $rc' || {
	[ ! -e "$work/out/log" ] || cp "$work/out/log" "$BUILD/deb.log"
	die "dpkg-buildpackage has failed: $(tail -n 1 "$BUILD/deb.log" 2>/dev/null)" "the whole log is $BUILD/deb.log"
}
# What make deb-newer has to know.
cat >"$work/out/made-of" <<-EOT
	line: $LINE
	config: $CONFIG
	pages: $PAGES
	base: $FROM
	signed: $(is_signing && echo yes || echo no)
EOT
rm -rf "$BUILD/deb"
mv "$work/out" "$BUILD/deb"
echo "$BUILD/deb"
