#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian packages with the source of a kernel, or with its configuration. PACKAGE is NAME, or
# NAME:ARCH, of another architecture than the PC's.
#
#   apt.sh fetch PACKAGE [VERSION]   download a package, print its path
#   apt.sh versions PACKAGE          what is offered, newest first
#   apt.sh offered PACKAGE           the version that fetch takes with UPDATE=1; only if
#                                    today's lists can be read
#   apt.sh newest NAME               NAME-NUMBER with the highest number

# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source=scripts/lib/apt.sh
. "$TOP/scripts/lib/apt.sh"

arch_of() { [[ $1 != *:* ]] && echo "$HOST_DEB_ARCH" || echo "${1##*:}"; }

# versions PACKAGE: "VERSION SUITE" lines, newest first, each version once, from
# the PC's own suites first.
versions() {
	local where arch
	arch=$(arch_of "$1")
	take_lock apt
	setup_suite "$arch"
	setup_own_of "$arch"
	[ -z "${FRESH:-}" ] || need_fresh
	for where in own "$SUITE"; do
		private_apt "$where" "$arch" apt-cache madison "${1%:*}" 2>/dev/null |
			awk -F' *[|] *' -v where="$where" '$3 ~ /Packages$/ { print $2, where }'
	done | sort_versions
}

# apt's own order of versions; awk drops those that were seen already.
sort_versions() {
	local lines=() i j line version
	while read -r version line; do
		for ((i = 0; i < ${#lines[@]}; i++)); do
			dpkg --compare-versions "$version" gt "${lines[i]% *}" && break
		done
		for ((j = ${#lines[@]}; j > i; j--)); do lines[j]=${lines[j - 1]}; done
		lines[i]="$version $line"
	done
	[ ${#lines[@]} -eq 0 ] || printf '%s\n' "${lines[@]}" | awk '!seen[$1]++'
}

# newest_of: of such lines, the version of the PC's own suites, or else of $SUITE
newest_of() { awk '{ if (!first) first = $1; if (!own && $2 == "own") own = $1 } END { print own ? own : first }'; }

# offered PACKAGE
offered() {
	local lines
	FRESH=yes UPDATE=1 lines=$(versions "$1")
	[ -n "$lines" ] || die "no suite of this PC's Debian mirror offers $1" "use another mirror"
	newest_of <<<"$lines"
}

# fetch PACKAGE [VERSION]: the newest of the PC's own suites, or else of
# $SUITE. The choice is kept: a kernel is not rebuilt because a mirror moved.
fetch() {
	local package=$1 version=${2:-} debs=$CACHE/debs offered where deb dir
	local chosen=$debs/$package.version
	mkdir -p "$debs"
	if [ -z "$version" ] && [ -z "${UPDATE:-}" ] && [ -s "$chosen" ]; then
		version=$(cat "$chosen")
	fi
	deb=$debs/${package}_${version}.deb
	if [ -z "$version" ] || [ ! -s "$deb" ]; then
		offered=$(versions "$package")
		[ -n "$offered" ] ||
			die "no suite of this PC's Debian mirror offers $package" \
				"use another mirror, or a kernel tree of your own: KERNEL_SRC=DIR"
		if [ -z "$version" ]; then
			version=$(newest_of <<<"$offered")
		fi
		where=$(awk -v v="$version" '$1 == v { print $2 }' <<<"$offered")
		[ -n "$where" ] || die "$package $version is not offered any more" "offered: $(cut -d" " -f1 <<<"$offered" | paste -sd" ")"
		deb=$debs/${package}_${version}.deb
	fi
	if [ ! -s "$deb" ]; then
		need_space "$CACHE" 1 "downloading $package"
		take_lock apt
		dir=$(apt_dir "$where" "$(arch_of "$package")")
		DOWNLOAD_DIR=$debs/partial
		rm -rf "$DOWNLOAD_DIR"
		mkdir -p "$DOWNLOAD_DIR"
		with_retry "$dir" "$package $version" download "$where" "$package" "$version"
		mv "$DOWNLOAD_DIR"/*.deb "$deb"
		rmdir "$DOWNLOAD_DIR"
		# Two bases are in use at most: the newest and, by the tests, the oldest.
		find "$debs" -name "${package}_*.deb" -printf '%T@ %p\n' | sort -rn | sed -n '4,$s/^[^ ]* //p' | xargs -r rm -f
	fi
	[ -n "${2:-}" ] || echo "$version" >"$chosen"
	echo "$deb"
}

# newest PACKAGE: a kernel of Debian's has its series in the name of its package.
# This choice is kept, too.
newest() {
	local chosen=$CACHE/debs/$1-$SUITE.newest found
	mkdir -p "${chosen%/*}"
	if [ -n "${UPDATE:-}" ] || [ ! -s "$chosen" ]; then
		take_lock apt
		setup_suite "$HOST_DEB_ARCH"
		found=$(private_apt "$SUITE" "$HOST_DEB_ARCH" apt-cache pkgnames "$1-" |
			sed -nE "s/^($1-[0-9]+(\.[0-9]+)*)\$/\1/p" | sort -V | tail -n 1)
		[ -n "$found" ] || die "suite $SUITE of this PC's Debian mirror offers no $1-NUMBER" "use another mirror"
		echo "$found" >"$chosen"
	fi
	cat "$chosen"
}

download() { (cd "$DOWNLOAD_DIR" && private_apt "$1" "$(arch_of "$2")" apt-get -q download "${2%:*}=$3"); }

case ${1:-},$# in
versions,2 | offered,2 | newest,2 | fetch,[23]) "$@" ;;
*) die "usage: apt.sh fetch PACKAGE [VERSION] | versions PACKAGE | offered PACKAGE | newest NAME" ;;
esac
