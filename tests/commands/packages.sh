#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The package of the operator's command, as make deb makes it.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

cd "$TOP"
need_work
unset SOURCE_DATE_EPOCH

refuses() {
	local said
	if said=$("${@:2}" 2>&1); then
		echo "it is not refused"
		return 1
	fi
	grep -F -- "$1" <<<"$said"
}

wrong_variables() {
	refuses "there is no configuration ''" env -u CONFIG make -s deb
	refuses "there is no configuration 'nope'" make -s deb CONFIG=nope
	refuses "is not a number of seconds" env SOURCE_DATE_EPOCH=now make -s deb CONFIG=rig
	refuses "cannot be the maintainer" env DEBFULLNAME='a <b>' DEBEMAIL=a@b.invalid make -s deb CONFIG=rig
}

# commit_at SECONDS: the version of the package of a commit made then
commit_at() {
	GIT_COMMITTER_DATE="@$1 +0500" git -C "$WORK/tree" -c user.name=a -c user.email=a@b.invalid commit -q --allow-empty -m "$1"
	"$WORK/tree/scripts/version.sh" --package
}

versions_sort() {
	local first second
	mkdir -p "$WORK/tree/scripts"
	cp scripts/version.sh "$WORK/tree/scripts/"
	echo 7.8 >"$WORK/tree/VERSION"
	git init -q "$WORK/tree"
	first=$(commit_at 1700000000)
	second=$(commit_at 1700000001)
	echo "$first" "$second"
	dpkg --compare-versions 7.8 lt "$first"
	dpkg --compare-versions "$first" lt "$second"
	dpkg --compare-versions "$second" lt 7.9
	git -C "$WORK/tree" tag v7.8
	[ "$("$WORK/tree/scripts/version.sh" --package)" = 7.8 ]
}

build() {
	make -s deb CONFIG=rig
	mkdir "$WORK/$1"
	cp build/deb/*.{deb,changes,buildinfo} "$WORK/$1/"
}

files_are() {
	dpkg-deb -c "$WORK"/first/cohmem_*.deb | awk '$1 !~ /^d/ { print $1, $2, $6 }' | tee "$WORK/files"
	diff - "$WORK/files" <<-'EOT'
		-rwxr-xr-x root/root ./usr/bin/cohmem
		-rw-r--r-- root/root ./usr/share/bash-completion/completions/cohmem
		-rw-r--r-- root/root ./usr/share/cohmem/devices.list
		-rw-r--r-- root/root ./usr/share/doc/cohmem/changelog.gz
		-rw-r--r-- root/root ./usr/share/doc/cohmem/copyright
		-rw-r--r-- root/root ./usr/share/lintian/overrides/cohmem
		-rw-r--r-- root/root ./usr/share/man/man1/cohmem.1.gz
	EOT
}

control_is() {
	dpkg-deb -f "$WORK"/first/cohmem_*.deb | tee "$WORK/control"
	grep -x "Architecture: arm64" "$WORK/control"
	grep -xF "Version: $(scripts/version.sh --package)" "$WORK/control"
	grep -E '^Depends: .*libjson-c5 \(>= ' "$WORK/control"
}

lintian_is_content() {
	scripts/in_chroot.sh "$WORK/first" sh -c 'lintian --fail-on error,warning ./*.changes'
}

same_bytes() { build second && cmp "$WORK"/first/cohmem_*.deb "$WORK"/second/cohmem_*.deb; }

test_that "the package of a later commit has a later version" versions_sort
test_that "wrong variables of make deb are refused" wrong_variables
test_that "make deb makes the package of the operator's command" build first
test_that "the package has its files and no others" files_are
test_that "the package has its version, architecture and libraries" control_is
test_that "lintian finds no error and no warning" lintian_is_content
test_that "the same commit gives the same package, byte for byte" same_bytes
tap_end
