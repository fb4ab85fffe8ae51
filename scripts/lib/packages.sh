# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What Debian has to provide: compilers and tools for this PC and for the
# emulated host. Sourced, after paths.sh and list.sh.

# need_debian: the architecture, what compiles for it and for arm64, and the packages of
# that. ALL_PACKAGES is what any command needs: long ones ask for it at the start.
# REPO_PACKAGES is what the tests of documents, of style and of the operator's command need
# beside that, and FUZZ_PACKAGES what fuzzing does. The libraries of programs are those of rig/packages/tool.list.
need_debian() {
	local libraries
	command -v dpkg >/dev/null ||
		die "this is not a Debian system (no dpkg)" "cohmem is built and tested on Debian 12 and 13"
	HOST_DEB_ARCH=$(dpkg --print-architecture)
	libraries=$(list_rows "$TOP/rig/packages/tool.list" package)
	mapfile -t libraries <<<"$libraries"
	NATIVE_PACKAGES=(gcc make "${libraries[@]}")
	case $HOST_DEB_ARCH in
	arm64)
		CROSS_COMPILE=''
		TARGET_PACKAGES=(gcc libc6-dev)
		;;
	amd64)
		CROSS_COMPILE=aarch64-linux-gnu-
		TARGET_PACKAGES=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
		;;
	*) die "PCs of architecture $HOST_DEB_ARCH are not supported" "use amd64 or arm64" ;;
	esac
	# shellcheck disable=SC2034 # used by the scripts that source this file
	{
		ALL_PACKAGES=("${NATIVE_PACKAGES[@]}" "${TARGET_PACKAGES[@]}" bc bison flex rsync xz-utils patch cpio git perl)
		REPO_PACKAGES=(cmark codespell libxml2-utils lz4 mandoc python3 shellcheck yamllint zstd)
		FUZZ_PACKAGES=(clang libclang-rt-dev)
	}
	export ARCH=arm64 CROSS_COMPILE
}

# as_root COMMAND...: runs it as root. Without a terminal, on which a password can be typed, it
# fails if it would need one.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif ! command -v sudo >/dev/null; then
		note "not root, and there is no sudo"
		return 1
	elif [ -t 0 ]; then
		sudo "$@"
	else
		sudo -n "$@"
	fi
}

# need_packages PACKAGE...: installs what is missing. Nothing that is installed
# is upgraded, which apt's --no-upgrade alone does not promise: it says nothing
# of dependencies, so the plan is looked at first.
need_packages() {
	local pkg missing=() log plan
	for pkg; do
		[ "$(dpkg-query -W -f='${db:Status-Status}' "$pkg" 2>/dev/null)" = installed ] ||
			missing+=("$pkg")
	done
	[ ${#missing[@]} -gt 0 ] || return 0

	local todo="install by hand: apt-get install --no-install-recommends ${missing[*]}"
	local get=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300)
	local install=(install --no-install-recommends --no-upgrade --no-remove "${missing[@]}")

	note "installing packages: ${missing[*]}"
	as_root true || die "missing packages: ${missing[*]}, and no way to install them (need root or sudo)" "$todo"
	log=$CACHE/apt-install.log
	if ! plan=$("${get[@]}" -s "${install[@]}" 2>&1); then
		as_root "${get[@]}" update </dev/null >"$log" 2>&1 ||
			note "apt-get update failed: $(grep -m1 '^[EW]:' "$log" || echo "see $log")"
		plan=$("${get[@]}" -s "${install[@]}" 2>&1) ||
			die "apt cannot install ${missing[*]}: $(grep -m1 '^E:' <<<"$plan" || tail -n 1 <<<"$plan")" \
				"check the network and the Debian sources in /etc/apt, then run this again, or" "$todo"
	fi
	if grep -q '^Inst [^ ]* \[' <<<"$plan"; then
		die "installing ${missing[*]} would upgrade $(sed -n 's/^Inst \([^ ]*\) \[.*/\1/p' <<<"$plan" | paste -sd' ')" \
			"cohmem never upgrades your packages; if you agree to it, $todo"
	fi
	# Lists older than the mirror name files that are gone: refresh, once.
	if ! as_root "${get[@]}" "${install[@]}" </dev/null >"$log" 2>&1; then
		{ as_root "${get[@]}" update && as_root "${get[@]}" "${install[@]}"; } </dev/null >"$log" 2>&1 ||
			die "apt could not install ${missing[*]}: $(grep -m1 '^[EW]:' "$log" || echo 'no reason given')" \
				"its log is $log; check the network, then run this again, or" "$todo"
	fi
}
