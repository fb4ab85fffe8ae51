#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# workflow.sh: the commands of the GitHub workflow work in a minimal Debian, the one that
# it names. What GitHub itself does (a checkout) is done in its place.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
APT_SUITE=trixie
# shellcheck source=../../scripts/lib/apt.sh
. "$TOP/scripts/lib/apt.sh"

WORKFLOW=.github/workflows/check.yml

cd "$TOP"
need_packages mmdebstrap debian-archive-keyring
[ "$(id -u)" = 0 ] || need_packages uidmap
need_work

names_its_debian() { grep -qx '    container: debian:13' "$WORKFLOW"; }

# commands: those of the workflow, as one script
commands() {
	echo 'set -ex; export CI=true; cd /cohmem'
	sed -n 's/^ *- run: //p' "$WORKFLOW"
}

commands_work() {
	local sources
	setup_suite "$HOST_DEB_ARCH"
	sources=$(apt_dir "$APT_SUITE" "$HOST_DEB_ARCH")/etc/sources.list
	mkdir "$WORK/in"
	git clone -q . "$WORK/in/cohmem"
	commands >"$WORK/in/commands"
	[ "$(wc -l <"$WORK/in/commands")" -ge 3 ]
	TMPDIR=$WORK mmdebstrap --quiet --variant=minbase --format=null \
		--customize-hook="sync-in $WORK/in /" \
		--chrooted-customize-hook='exec env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin sh /commands </dev/null' \
		"$APT_SUITE" /dev/null "$sources"
}

test_that "the workflow runs in Debian 13, as this test does" names_its_debian
test_that "the workflow's commands work in a minimal Debian 13" commands_work
tap_end
