# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# apt directories in the cache, for Debian packages that are used but not installed: from
# another suite or of another architecture. They are made from the mirror that this PC
# uses already: "own" has the PC's own sources, "trixie" (or APT_SUITE=) has that
# suite of the same mirror. "trixie-backports" has what trixie has, too: its packages depend on
# that; where both have a package, the backport is taken. The PC's apt state is only read. What was
# fetched once is used again; UPDATE=1 looks for something newer. Sourced, after env.sh.

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

# The PC's apt.conf stays in force (proxies, certificates), but its hooks
# do not: they look after the PC's own lists.
write_conf() {
	local dir=$1 arch=$2 release=''
	[[ ${dir##*/} != *-backports-* ]] || release=$SUITE
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
		APT::Architecture "${arch%%+*}";
		APT::Architectures { "${arch//+/\"; \"}"; };
		APT::Default-Release "$release";
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

STALE=''	# the directory of a suite of Debian's whose lists could not be read again

# need_fresh: ends the script if there is one
need_fresh() {
	[ -z "$STALE" ] ||
		die "cannot read the package lists of ${STALE##*/} again: $(why_failed "$STALE/update.log")" \
			"check the network, and run this again; whole log: $STALE/update.log"
}

why_failed() { grep -m1 "^W: Failed" "$1" || grep -m1 -E "^(E:|W:|Err)" "$1" || echo "no reason given"; }

# One line "uri label release" for each suite of Debian's that the PC uses.
debian_sources() {
	# shellcheck disable=SC2016 # these are apt's fields
	private_apt own "$HOST_DEB_ARCH" apt-get indextargets \
		--format '$(ORIGIN)|$(COMPONENT)|$(REPO_URI) $(LABEL) $(RELEASE)' 'Created-By: Packages' |
		sed -n 's/^Debian|main|\(.*\)/\1/p' | grep -v '^cdrom:' | sort -u
}

setup_own() {
	local dir
	dir=$(apt_dir own "$HOST_DEB_ARCH")
	mkdir -p "$dir"
	write_conf "$dir" "$HOST_DEB_ARCH" >"$dir/apt.conf"
	[ -n "$(private_apt own "$HOST_DEB_ARCH" apt-get --print-uris update)" ] ||
		die "apt on this PC has no package source" \
			"add Debian's to /etc/apt/sources.list.d, with the mirror you like, and run this again"
	# A source that fails is the PC's business as long as Debian's are read.
	if ! update "$dir"; then
		note "apt-get update: $(why_failed "$dir/update.log") (whole log: $dir/update.log)"
		! grep '^[WE]: Failed to fetch' "$dir/update.log" | grep -Ff <(debian_sources | cut -d" " -f1) >/dev/null || STALE=$dir
	fi
	[ -n "$(debian_sources)" ] && return
	if [ -e "$dir/updated" ]; then
		die "none of apt's sources on this PC is Debian's (component main)" \
			"add one to /etc/apt/sources.list.d, with the mirror you like, and run this again"
	fi
	die "cannot read the package lists of this PC's sources: $(why_failed "$dir/update.log")" \
		"check the network and the proxy of apt, and run this again; whole log: $dir/update.log"
}

# setup_sources NAME ARCH: the directory of that name, with the sources on standard input
setup_sources() {
	local dir
	dir=$(apt_dir "$1" "$2")
	mkdir -p "$dir"
	{
		write_conf "$dir" "$2"
		printf 'Dir::Etc::sourcelist "%s";\nDir::Etc::sourceparts "-";\n' "$dir/etc/sources.list"
	} >"$dir/apt.conf"
	sort -u >"$dir/etc/sources.new"
	[ "$1" = own ] || grep -q " $1 main" "$dir/etc/sources.new" ||
		die "no Debian mirror with suite $1 among apt's sources on this PC" \
			"add Debian's main archive to /etc/apt/sources.list.d and run this again"
	if ! cmp -s "$dir/etc/sources.new" "$dir/etc/sources.list"; then
		mv "$dir/etc/sources.new" "$dir/etc/sources.list"
		rm -f "$dir/updated"
	fi
	update "$dir" && return
	[ -e "$dir/updated" ] ||
		die "cannot read the package lists of $1/$2: $(why_failed "$dir/update.log")" \
			"check the network, and run this again; whole log: $dir/update.log"
	STALE=$dir
	note "going on with the old lists of $1/$2: $(why_failed "$dir/update.log")"
}

# signed_by: what stands before the address of a source of Debian's
signed_by() { [ ! -e "$KEYRING" ] || echo "[signed-by=$KEYRING] "; }

# setup_suite ARCH: $SUITE of the PC's mirror, for any architecture, with the updates
# and security suites that the PC itself follows.
setup_suite() {
	local base=${SUITE%-backports} uri label release option
	setup_own
	option=$(signed_by)
	setup_sources "$SUITE" "$1" < <(debian_sources | while read -r uri label release; do
		case $label,$release,$SUITE in
		Debian-Security,*,sid | Debian,*-updates,sid) ;; # they have neither
		Debian-Security,*) echo "deb $option$uri $base-security main" ;;
		Debian,*-updates,*) echo "deb $option$uri $base-updates main" ;;
		Debian,*)
			echo "deb $option$uri $base main"
			[ "$base" = "$SUITE" ] || echo "deb $option$uri $SUITE main"
			;;
		esac
	done)
}

# setup_own_of ARCH: those of the PC's own sources that are Debian's, for another architecture
setup_own_of() {
	local uri release option
	setup_own
	[ "$1" != "$HOST_DEB_ARCH" ] || return 0
	option=$(signed_by)
	setup_sources own "$1" < <(debian_sources | while read -r uri _ release; do
		echo "deb $option$uri $release main"
	done)
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

# plan_packages ARCHES LIST PACKAGE...: has apt say, in the file `plan` of its directory, what
# it would install of $SUITE; LIST has the names, for a message
plan_packages() {
	local arches=$1 list=$2 dir
	shift 2
	setup_suite "$arches"
	dir=$(apt_dir "$SUITE" "$arches")
	# What is downloaded already is not in apt's plan.
	mkdir -p "$dir/none/partial"
	private_apt "$SUITE" "$arches" apt-get -q -y -o Dir::Cache::archives="$dir/none" --print-uris install "$@" >"$dir/plan" 2>"$dir/plan.log" ||
		die "$SUITE/$arches cannot provide $*: $(why_failed "$dir/plan.log")" \
			"correct $list, or check that the mirror is whole"
}

# planned DIR: the files of the plan
planned() { sed -n "s/^'[^']*' \([^ ]*\.deb\) .*/\1/p" "$1/plan"; }

# download_planned ARCHES WHAT PACKAGE...: the files of the plan, and no others, in
# cache/archives of its directory. What an interrupted download has left is used.
download_planned() {
	local arches=$1 what=$2 dir size deb
	shift 2
	dir=$(apt_dir "$SUITE" "$arches")
	DOWNLOAD_DIR=$dir/cache/archives
	find "$DOWNLOAD_DIR" -maxdepth 1 -name '*.deb' -printf '%f\n' | { grep -vxF "$(planned "$dir")" || true; } | sed "s|^|$DOWNLOAD_DIR/|" | xargs -r rm -f
	size=$(awk '/^\047/ { n++; size += $3 } END { printf "%d packages, %d MB,", n, size / 1e6 }' "$dir/plan")
	with_retry "$dir" "$size of $SUITE/$arches $what" \
		private_apt "$SUITE" "$arches" apt-get -q -y --download-only install "$@"
	# Lists that were read again while downloading may offer other versions.
	planned "$dir" | while read -r deb; do
		[ -e "$DOWNLOAD_DIR/$deb" ] ||
			die "the mirror has changed while packages were downloaded: $deb is gone" "run this again"
	done
}

download_state() {
	du -sm "$DOWNLOAD_DIR" 2>/dev/null | awk '{ print $1 " MiB so far" }'
}
