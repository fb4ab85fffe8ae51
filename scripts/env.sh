# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What every script shares: where things are, how to speak, what to install.
# Sourced, never run.

set -euo pipefail
export LC_ALL=C
unset CDPATH	# cd would go elsewhere, and say so

# shellcheck disable=SC2034 # used by the scripts that source this file
{
	TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
	BUILD=$TOP/build
}

note() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# die WHAT-AND-WHY [WHAT-TO-DO]: every further argument is a line of its own.
die() {
	printf '%s: error: %s\n' "${0##*/}" "$1" >&2
	shift
	[ $# -eq 0 ] || printf '    %s\n' "$@" >&2
	exit 1
}

# need_plain_path WHAT PATH WHAT-TO-DO: for what Kbuild works in, or from
need_plain_path() {
	local plain='[A-Za-z0-9/._+@~=-]' strange
	strange=$(printf '%s' "$2" | LC_ALL=C sed "s|$plain||g" | tr -d '\200-\377' | cut -c1)
	[ -z "$strange" ] || die "$1 '$2' has a '$strange' in it, which a kernel's build does not take" "$3"
}

[ -n "${COHMEM_CACHE:-}${XDG_CACHE_HOME:-}${HOME:-}" ] ||
	die "there is no place for the cache: COHMEM_CACHE, XDG_CACHE_HOME and HOME are all unset" \
		"set COHMEM_CACHE to a directory with 8 GiB free"
CACHE=${COHMEM_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/cohmem}
case $CACHE in
/*) ;;
*) die "the cache directory '$CACHE' is not an absolute path" "set COHMEM_CACHE to one" ;;
esac
need_plain_path "the cache directory" "$CACHE" "set COHMEM_CACHE to another"
mkdir -p "$CACHE" 2>/dev/null ||
	die "cannot create the cache directory $CACHE" "set COHMEM_CACHE to a directory you can write to"
[ -w "$CACHE" ] ||
	die "cannot write to the cache directory $CACHE" "set COHMEM_CACHE to a directory you can write to"
# Things are removed here by name, so nothing of anybody else's may be here.
if [ ! -e "$CACHE/CACHEDIR.TAG" ]; then
	[ -d "$CACHE/lock" ] || [ -z "$(ls -A "$CACHE")" ] ||
		die "the cache directory $CACHE holds other things" "set COHMEM_CACHE to a directory that is empty or new"
	echo "Signature: 8a477f597d28d172789f06886806bc55" >"$CACHE/CACHEDIR.TAG"
fi
[ -w "$BUILD" ] || { [ ! -e "$BUILD" ] && [ -w "$TOP" ]; } ||
	die "cannot write to $TOP, where the results would be" "clone to a directory that you can write to"

command -v dpkg >/dev/null ||
	die "this is not a Debian system (no dpkg)" "cohmem is built and tested on Debian 12 and 13"
HOST_DEB_ARCH=$(dpkg --print-architecture)
case $HOST_DEB_ARCH in
arm64) CROSS_COMPILE='' ;;
amd64) CROSS_COMPILE=aarch64-linux-gnu- ;;
*) die "machines of architecture $HOST_DEB_ARCH are not supported" "use amd64 or arm64" ;;
esac
export ARCH=arm64 CROSS_COMPILE

# What compiles a program for this machine and one for the emulated host.
# shellcheck disable=SC2034
{
	NATIVE_PACKAGES=(gcc libc6-dev make)
	if [ -n "$CROSS_COMPILE" ]; then
		TARGET_PACKAGES=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
	else
		TARGET_PACKAGES=(gcc libc6-dev)
	fi
}

# Everything that any command needs, so that long ones ask for all at the start.
# shellcheck disable=SC2034
ALL_PACKAGES=("${NATIVE_PACKAGES[@]}" "${TARGET_PACKAGES[@]}" bc bison flex rsync xz-utils patch cpio git perl)

# as_root COMMAND...: refuses rather than waits for a password nobody can type.
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

# need_space DIR GIB WHAT-FOR
need_space() {
	local free
	free=$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1048576) }')
	[ "$free" -ge "$2" ] ||
		die "too little disk: $3 needs $2 GiB in $1, and $free GiB are free" \
			"free some, or set COHMEM_CACHE to a directory on a larger disk"
}

# take_lock NAME [DIR]: until this shell and all it started are gone. A build whose
# shell was killed therefore still keeps others out while its make runs on. The file
# may have been removed by the one who had it (distclean): then it keeps nobody out.
take_lock() {
	local fd file=${2:-$CACHE/lock}/$1
	while :; do
		mkdir -p "${file%/*}"
		exec {fd}>>"$file"
		if ! flock -n "$fd"; then
			note "waiting for another cohmem process (${1%.lock})"
			flock "$fd"
		fi
		[ ! "/proc/self/fd/$fd" -ef "$file" ] || return 0
		exec {fd}>&-
	done
}

# supervise "$@": runs the script again, as a child. A shell that gets a signal waits
# for what runs in its foreground, or leaves it behind; this one has nothing to wait for,
# and stops all that came of it. Children of the child have their supervisor then.
supervise() {
	local rc=0
	[ -z "${COHMEM_SUPERVISED:-}" ] || return 0
	trap 'stop_descendants 130' INT
	trap 'stop_descendants 143' TERM HUP
	COHMEM_SUPERVISED=1 setpriv --pdeathsig TERM "$0" "$@" <&0 &
	wait $! || rc=$?
	exit "$rc"
}

# still_running [PID...]: those of them, and what has come of this shell
still_running() {
	cat /proc/[0-9]*/status 2>/dev/null | awk -v top=$$ -v me="$BASHPID" -v known="$*" '
		/^State:/ { state = $2 }
		/^Pid:/ { pid = $2 }
		/^PPid:/ { parent[pid] = $2; if (state == "Z") gone[pid] }
		END {
			for (n = split(known, pids); n; n--)
				is_known[pids[n]]
			for (pid in parent) {
				for (p = pid; p in parent && p != top && p != me; p = parent[p]) ;
				if (!(pid in gone) && (pid in is_known || (p == top && pid != top)))
					print pid
			}
		}'
}

stop_descendants() {
	local pids=() tries
	trap '' INT TERM HUP
	note "interrupted"
	for ((tries = 0; tries < 100; tries++)); do
		mapfile -t pids < <(still_running "${pids[@]}")
		[ ${#pids[@]} -gt 0 ] || break
		case $tries in
		0 | 25) kill -TERM "${pids[@]}" 2>/dev/null || true ;;
		75) kill -KILL "${pids[@]}" 2>/dev/null || true ;;
		esac
		sleep 0.2
	done
	exit "$1"
}

# watched LOG STATE COMMAND...: runs COMMAND with its output in LOG, while the
# command STATE LOG prints one line of progress now and then. COMMAND has a
# process group of its own, so that whatever stops this script stops all of it. So
# has the ticker, which is there to do that if this script is killed.
watched() {
	local log=$1 state=$2 ticker rc=0
	shift 2
	: >"$log"
	set -m
	"$@" >>"$log" 2>&1 </dev/null &
	WATCHED=$!
	ticker "$log" "$state" &
	ticker=$!
	set +m
	trap stop_watched INT TERM HUP
	wait "$WATCHED" || rc=$?
	trap - INT TERM HUP
	kill "$ticker" 2>/dev/null || true
	wait "$ticker" 2>/dev/null || true
	[ ! -t 2 ] || printf '\r\033[K' >&2
	return "$rc"
}

stop_watched() {
	trap '' INT TERM HUP
	kill -TERM -- "-$WATCHED" 2>/dev/null || true
	wait "$WATCHED" 2>/dev/null || true
	exit 143
}

ticker() {
	local every=30 start=$SECONDS last=$SECONDS line
	trap - EXIT
	[ ! -t 2 ] || every=2
	# In short sleeps, for one that is left over keeps our output open.
	while sleep 1 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
		[ $((SECONDS - last)) -ge "$every" ] || continue
		last=$SECONDS
		line=$(printf '  %d:%02d %s' $(((last - start) / 60)) $(((last - start) % 60)) "$("$2" "$1")")
		if [ -t 2 ]; then printf '\r\033[K%.78s' "$line"; else printf '%s\n' "$line"; fi >&2
	done
	# Nobody is left to stop what was started.
	kill -0 $$ 2>/dev/null || kill -TERM -- "-$WATCHED" 2>/dev/null || true
}
