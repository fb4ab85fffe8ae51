#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian packages that are used but not installed: from another suite, of
# another architecture, or a kernel's source.
#
#   apt.sh tree NAME                 unpack rig/packages/NAME.list, print the tree
#   apt.sh fetch PACKAGE [VERSION]   download a package, print its path
#   apt.sh versions PACKAGE          what is offered, newest first
#   apt.sh newest PACKAGE            PACKAGE-NUMBER with the highest number
#
# All of it goes through apt directories in the cache, made from the mirror that
# this machine uses already: "machine" has the machine's own sources, "trixie"
# (or APT_SUITE) has that suite of the same mirror. The machine's apt state is only
# read.
# What was fetched once is used again; UPDATE=1 looks for something newer.

# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"

SUITE=${APT_SUITE:-trixie}
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

apt_dir() { echo "$CACHE/apt/$1-$2"; }

# private_apt SUITE ARCH COMMAND ARGUMENT...
private_apt() {
	local dir
	dir=$(apt_dir "$1" "$2")
	shift 2
	"$1" -c "$dir/apt.conf" "${@:2}"
}

# The machine's apt.conf stays in force (proxies, certificates), but its hooks
# do not: they look after the machine's own lists.
write_conf() {
	local dir=$1 arch=$2
	mkdir -p "$dir"/{state/lists,cache/archives/partial,etc}
	: >"$dir/status"
	cat <<-EOT
		#clear APT::Update;
		#clear DPkg::Pre-Invoke;
		#clear DPkg::Post-Invoke;
		#clear DPkg::Pre-Install-Pkgs;
		Dir::State "$dir/state";
		Dir::State::status "$dir/status";
		Dir::Cache "$dir/cache";
		Dir::Etc::preferences "-";
		Dir::Etc::preferencesparts "-";
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		APT::Default-Release "";
		APT::Sandbox::User "root";
		APT::Install-Recommends "false";
		APT::Install-Suggests "false";
		Acquire::Languages "none";
		Acquire::Retries "2";
		Debug::NoLocking "true";
	EOT
}

declare -A UPDATED

# update DIR: refreshes its lists unless that was done within the last day.
update() {
	local dir=$1
	[ -z "$(find "$dir/updated" -mmin -1440 2>/dev/null)" ] || { [ -n "${UPDATE:-}" ] && [ -z "${UPDATED[$dir]:-}" ]; } || return 0
	note "reading the package lists of ${dir##*/}"
	if apt-get -c "$dir/apt.conf" -q update >"$dir/update.log" 2>&1 &&
		! grep -q '^[WE]: Failed to fetch' "$dir/update.log"; then
		touch "$dir/updated"
		UPDATED[$dir]=1
		return 0
	fi
	return 1
}

why_failed() { grep -m1 "^W: Failed" "$1" || grep -m1 -E "^(E:|W:|Err)" "$1" || echo "no reason given"; }

# One line "uri label release" for each suite of Debian's that the machine uses.
debian_sources() {
	# shellcheck disable=SC2016 # these are apt's fields
	private_apt machine "$HOST_DEB_ARCH" apt-get indextargets \
		--format '$(ORIGIN)|$(COMPONENT)|$(REPO_URI) $(LABEL) $(RELEASE)' 'Created-By: Packages' |
		sed -n 's/^Debian|main|\(.*\)/\1/p' | grep -v '^cdrom:' | sort -u
}

setup_machine() {
	local dir
	dir=$(apt_dir machine "$HOST_DEB_ARCH")
	mkdir -p "$dir"
	write_conf "$dir" "$HOST_DEB_ARCH" >"$dir/apt.conf"
	[ -n "$(private_apt machine "$HOST_DEB_ARCH" apt-get --print-uris update)" ] ||
		die "apt on this machine has no package source" \
			"add Debian's to /etc/apt/sources.list.d, with the mirror you like, and run this again"
	# A source that fails is the machine's business as long as Debian's are read.
	update "$dir" || note "apt-get update: $(why_failed "$dir/update.log") (whole log: $dir/update.log)"
	[ -n "$(debian_sources)" ] && return
	if [ -e "$dir/updated" ]; then
		die "none of apt's sources on this machine is Debian's (component main)" \
			"add one to /etc/apt/sources.list.d, with the mirror you like, and run this again"
	fi
	die "cannot read the package lists of this machine's sources: $(why_failed "$dir/update.log")" \
		"check the network and the proxy of apt, and run this again; whole log: $dir/update.log"
}

# setup_suite ARCH: $SUITE of the machine's mirror, for any architecture, with
# the updates and security suites that the machine itself follows.
setup_suite() {
	local arch=$1 dir uri label release option=''
	dir=$(apt_dir "$SUITE" "$arch")
	setup_machine
	mkdir -p "$dir"
	{
		write_conf "$dir" "$arch"
		printf 'Dir::Etc::sourcelist "%s";\nDir::Etc::sourceparts "-";\n' "$dir/etc/sources.list"
	} >"$dir/apt.conf"
	[ ! -e "$KEYRING" ] || option="[signed-by=$KEYRING] "
	debian_sources | while read -r uri label release; do
		case $label,$release,$SUITE in
		Debian-Security,*,sid | Debian,*-updates,sid) ;; # they have neither
		Debian-Security,*,*-backports | Debian,*-updates,*-backports) ;;
		Debian-Security,*) echo "deb $option$uri $SUITE-security main" ;;
		Debian,*-updates,*) echo "deb $option$uri $SUITE-updates main" ;;
		Debian,*) echo "deb $option$uri $SUITE main" ;;
		esac
	done | sort -u >"$dir/etc/sources.new"
	grep -q " $SUITE main" "$dir/etc/sources.new" ||
		die "no Debian mirror with suite $SUITE among apt's sources on this machine" \
			"add Debian's main archive to /etc/apt/sources.list.d and run this again"
	if ! cmp -s "$dir/etc/sources.new" "$dir/etc/sources.list"; then
		mv "$dir/etc/sources.new" "$dir/etc/sources.list"
		rm -f "$dir/updated"
	fi
	update "$dir" && return
	[ -e "$dir/updated" ] ||
		die "cannot read the package lists of $SUITE/$arch: $(why_failed "$dir/update.log")" \
			"check the network, and run this again; whole log: $dir/update.log"
	note "going on with the old lists of $SUITE/$arch: $(why_failed "$dir/update.log")"
}

# with_retry DIR WHAT COMMAND...: a mirror drops superseded files, so a download
# that fails is tried once more with fresh lists.
with_retry() {
	local dir=$1 what=$2 log=$1/download.log
	shift 2
	note "downloading $what"
	watched "$log" download_state "$@" && return
	rm -f "$dir/updated"
	update "$dir" || true
	watched "$log" download_state "$@" ||
		die "cannot download $what: $(why_failed "$log")" \
			"check the network, and run this again; whole log: $log"
}

download_state() {
	du -sm "$DOWNLOAD_DIR" 2>/dev/null | awk '{ print $1 " MiB so far" }'
}

# A tree is unpacked beside its final name and renamed when it is whole.
unpack() {
	local debs=$1 tree=$2 deb dir
	rm -rf "$tree.new"
	mkdir -p "$tree.new/usr"
	# dpkg follows links to directories: merge /usr before anything arrives.
	for dir in bin sbin lib lib64; do
		mkdir "$tree.new/usr/$dir"
		ln -s "usr/$dir" "$tree.new/$dir"
	done
	for deb in "$debs"/*.deb; do
		dpkg-deb -x "$deb" "$tree.new"
	done
	rm -rf "$tree.new"/usr/share/{doc,man,info,locale,lintian}
}

# QEMU of the tree needs the tree's loader, libraries, modules and firmware.
write_launcher() {
	cat >"$1/usr/bin/qemu-system-aarch64-run" <<-'EOT'
		#!/bin/sh
		# Runs this tree's QEMU with nothing of the machine's own libraries.
		root=$(cd "$(dirname "$(readlink -f "$0")")/../.." && pwd -P)
		for loader in "$root"/usr/lib*/ld-linux-*.so.*; do
			[ -e "$loader" ] && break
		done
		for lib in "$root"/usr/lib/*-linux-gnu; do
			[ -d "$lib" ] && break
		done
		export QEMU_MODULE_DIR="$lib/qemu"
		exec "$loader" --inhibit-cache --library-path "$lib:$lib/pulseaudio" \
			"$root/usr/bin/qemu-system-aarch64" -L "$root/usr/share/qemu" "$@"
	EOT
	chmod +x "$1/usr/bin/qemu-system-aarch64-run"
	"$1/usr/bin/qemu-system-aarch64-run" --version >/dev/null ||
		die "QEMU from $SUITE does not run on this machine" "the tree is left in $1"
}

tree() {
	local name=$1 list=$TOP/rig/packages/$1.list arch=$HOST_DEB_ARCH packages by_list dir tree
	[ -r "$list" ] || die "there is no tree '$name'" "see rig/packages/"
	# All but QEMU for this machine is for the emulated host.
	[ "$name" = qemu ] || arch=arm64
	mapfile -t packages < <(sed 's/#.*//; /^[[:space:]]*$/d' "$list")

	# The packages asked for lead to the tree they gave, so that neither apt
	# nor the network is needed twice.
	by_list=$CACHE/trees/by-list/$name-$({
		echo "$SUITE" "$arch" "${packages[@]}"
		declare -f unpack write_launcher
	} | sha256sum | cut -c1-12)
	take_lock apt
	if [ -z "${UPDATE:-}" ] && [ -d "$by_list/usr" ]; then
		readlink -f "$by_list"
		return
	fi

	need_space "$CACHE" 1 "the package tree '$name'"
	setup_suite "$arch"
	dir=$(apt_dir "$SUITE" "$arch")
	private_apt "$SUITE" "$arch" apt-get -q -y --print-uris install "${packages[@]}" >"$dir/plan" 2>"$dir/plan.log" ||
		die "$SUITE/$arch cannot provide ${packages[*]}: $(why_failed "$dir/plan.log")" \
			"correct rig/packages/$name.list, or check that the mirror is whole"
	tree=$CACHE/trees/$name-$({
		declare -f unpack write_launcher
		sed -n "s/^'.*' \(.*\.deb\) .*/\1/p" "$dir/plan"
	} | sha256sum | cut -c1-12)

	if [ ! -d "$tree" ]; then
		rm -f "$dir"/cache/archives/*.deb
		DOWNLOAD_DIR=$dir/cache/archives
		with_retry "$dir" "$(grep -c "^'" "$dir/plan") packages of $SUITE/$arch for the tree '$name'" \
			private_apt "$SUITE" "$arch" apt-get -q -y --download-only install "${packages[@]}"
		# Lists that were read again while downloading may offer other versions.
		sed -n "s/^'[^']*' \([^ ]*\.deb\) .*/\1/p" "$dir/plan" | while read -r deb; do
			[ -e "$dir/cache/archives/$deb" ] ||
				die "the mirror has changed while packages were downloaded: $deb is gone" "run this again"
		done
		note "unpacking the tree '$name'"
		unpack "$dir/cache/archives" "$tree"
		[ "$arch" != "$HOST_DEB_ARCH" ] || [ ! -e "$tree.new/usr/bin/qemu-system-aarch64" ] ||
			write_launcher "$tree.new"
		mv -T "$tree.new" "$tree"
		rm -f "$dir"/cache/archives/*.deb
	fi
	mkdir -p "${by_list%/*}"
	ln -sfn "$tree" "$by_list"
	# The last three of a name are kept: one may be in use.
	touch "$tree"
	find "$CACHE/trees" -mindepth 1 -maxdepth 1 -name "$name-*" -printf '%T@ %p\n' |
		sort -rn | sed -n '4,$s/^[^ ]* //p' | xargs -r rm -rf
	echo "$tree"
}

# versions PACKAGE: "VERSION SUITE" lines, newest first, each version once, from
# the machine's own suites first.
versions() {
	take_lock apt
	setup_suite "$HOST_DEB_ARCH"
	local where
	for where in machine "$SUITE"; do
		private_apt "$where" "$HOST_DEB_ARCH" apt-cache madison "$1" 2>/dev/null |
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

# fetch PACKAGE [VERSION]: the newest of the machine's own suites, or else of
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
			die "no suite of this machine's Debian mirror offers $package" \
				"use another mirror, or a kernel tree of your own: KERNEL_SRC=DIR"
		if [ -z "$version" ]; then
			version=$(awk '$2 == "machine" { print $1; exit }' <<<"$offered")
			[ -n "$version" ] || version=$(awk 'NR == 1 { print $1 }' <<<"$offered")
		fi
		where=$(awk -v v="$version" '$1 == v { print $2 }' <<<"$offered")
		[ -n "$where" ] || die "$package $version is not offered any more" "offered: $(cut -d" " -f1 <<<"$offered" | paste -sd" ")"
		deb=$debs/${package}_${version}.deb
	fi
	if [ ! -s "$deb" ]; then
		need_space "$CACHE" 1 "downloading $package"
		take_lock apt
		dir=$(apt_dir "$where" "$HOST_DEB_ARCH")
		DOWNLOAD_DIR=$debs/partial
		rm -rf "$DOWNLOAD_DIR"
		mkdir -p "$DOWNLOAD_DIR"
		with_retry "$dir" "$package $version" download "$where" "$package=$version"
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
		[ -n "$found" ] || die "suite $SUITE of this machine's Debian mirror offers no $1-NUMBER" "use another mirror"
		echo "$found" >"$chosen"
	fi
	cat "$chosen"
}

download() { (cd "$DOWNLOAD_DIR" && private_apt "$1" "$HOST_DEB_ARCH" apt-get -q download "$2"); }

case ${1:-},$# in
tree,2 | versions,2 | newest,2 | fetch,[23]) "$@" ;;
*) die "usage: apt.sh tree NAME | fetch PACKAGE [VERSION] | versions PACKAGE | newest PACKAGE" ;;
esac
