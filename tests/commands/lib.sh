# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of the tools share: a copy of the clone, with a cache, a directory
# for temporary files and an environment of its own, and what is looked for after
# each command. Sourced.

# shellcheck source=../../scripts/env.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/env.sh"

unset MAKEFLAGS MFLAGS MAKELEVEL UPDATE COHMEM_SUPERVISED
unset VARIANT MACHINE TEST POLICY MINUTES SEED KERNEL_SRC DIR ONLY PEERS
use_line
PACKAGE=$(line_value package) SERIES=$(line_value series)

# Not in /tmp, which may be a small file system in memory.
WORK=$(mktemp -d "$CACHE/tools.XXXXXX")
CLONE=$WORK/clone SCRATCH=$WORK/cache TEMP=$WORK/tmp SAID=$WORK/said
N=0 FAILED=0

# shellcheck disable=SC2154 # it is set in the trap
trap 'rc=$?; kill_leftovers; rm -rf "$WORK"; exit $rc' EXIT
trap 'exit 143' INT TERM HUP

copy_clone() {
	mkdir "$1"
	(cd "$TOP" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp -P --parents -t "$1")
}

# What a command leaves behind is known by its environment.
tested() { echo "COHMEM_TESTED=$WORK"; }
leftovers() { grep -lzxF "$(tested)" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3 || true; }
kill_leftovers() {
	local pids
	mapfile -t pids < <(leftovers)
	[ ${#pids[@]} -eq 0 ] || kill -KILL "${pids[@]}" 2>/dev/null || true
}

# as_user COMMAND...: in place of this shell, in the clone, as somebody would run it
# who has no cache yet. A background job of a shell ignores SIGINT; a user's does not.
as_user() {
	cd "${WHERE:-$CLONE}"
	exec env --default-signal=INT,QUIT,PIPE "$(tested)" COHMEM_CACHE="$SCRATCH" TMPDIR="$TEMP" "$@"
}

# run COMMAND...: STATUS is how it ended, $SAID has what it said.
run() {
	STATUS=0
	(as_user timeout -k 5 "${LIMIT:-60}" "$@") >"$SAID" 2>&1 </dev/null || STATUS=$?
}

# start COMMAND...: the same, in the background, as PID.
start() {
	as_user "$@" >"$SAID" 2>&1 </dev/null &
	PID=$!
}

# ended: after start, as after run
ended() {
	STATUS=0
	wait "$PID" || STATUS=$?
}

# until_true SECONDS COMMAND...
until_true() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}

says() {
	grep -F -- "$1" "$SAID" >/dev/null && return
	echo "it does not say: $1"
	return 1
}

exits() {
	[[ " $* " != *" $STATUS "* ]] || return 0
	echo "exit status $STATUS, not $*"
	return 1
}

# An error has what and why in its first line, and what to do in the next.
says_error() {
	awk -v text="$1" '/^[a-z-]+\.sh: error: / && index($0, text) { found = 1; next }
		found == 1 { found = /^    [^ ]/ ? 2 : 0 } END { exit found != 2 }' "$SAID" && return
	echo "it does not say what is wrong, and what to do: $1"
	return 1
}

# refused TEXT COMMAND...: it fails with that error; 2 is make's own status.
refused() {
	local text=$1
	shift
	run "$@"
	exits 1 2
	says_error "$text"
}

nobody_left() { [ -z "$(leftovers)" ]; }

nothing_left() {
	local file
	until_true 5 nobody_left || {
		echo "processes are left: $(leftovers | while read -r file; do tr '\0' ' ' <"/proc/$file/cmdline"; echo; done)"
		kill_leftovers
		return 1
	}
	file=$(find "$TEMP" -mindepth 1)
	[ -z "$file" ] || { echo "temporary files are left: $file" && return 1; }
	git -C "$TOP" ls-files -z --cached --others --exclude-standard >"$WORK/names"
	file=$(cd "$CLONE" 2>/dev/null && find . -type f ! -path './build/*' -printf '%P\0' | grep -vzxFf <(tr '\0' '\n' <"$WORK/names") | tr '\0' ' ') || true
	[ -z "$file" ] || { echo "files are left in the clone: $file" && return 1; }
}

# check NAME COMMAND...: in a shell of its own, that ends with the first failure. CHECK=
# is a pattern for the names of those to run.
# What was said is shown then.
check() {
	local name=$1 rc=0
	shift
	[[ $name =~ ${CHECK:-.} ]] || return 0
	N=$((N + 1))
	: >"$SAID"
	(trap - EXIT INT TERM HUP; set -e; "$@"; nothing_left) >"$WORK/check" 2>&1 &
	wait $! || rc=$?
	if [ $rc = 0 ]; then
		echo "ok $N - $name"
		return
	fi
	FAILED=1
	{ cat "$WORK/check" && tail -n 20 "$SAID"; } | cut -c1-300 | sed 's/^/# /'
	echo "not ok $N - $name"
}

# Before a command: where its mounts are seen by nobody else, and leave with it; and
# where there is no network. Others than root need a user namespace for that, which a
# chroot does not permit.
OWN_MOUNTS=(unshare -m --) NO_NETWORK=(unshare -n --)
if [ "$(id -u)" != 0 ]; then
	OWN_MOUNTS=(unshare -rm --) NO_NETWORK=(unshare -rn --)
fi

# check_own NAME COMMAND...: the same for what needs them. Many containers do not
# permit that.
check_own() {
	if "${OWN_MOUNTS[@]}" "${NO_NETWORK[@]}" true 2>/dev/null; then
		check "$@"
	elif [[ $1 =~ ${CHECK:-.} ]]; then
		N=$((N + 1))
		echo "ok $N - $1 # SKIP no namespaces"
	fi
}

finish() {
	echo "1..$N"
	exit $FAILED
}

# install_standin: a Debian package with a kernel's source that builds in a second, in
# a new cache, as if it had been downloaded.
install_standin() {
	local deb=$WORK/deb src=$WORK/deb/$PACKAGE
	rm -rf "$SCRATCH" "$deb"
	mkdir -p "$SCRATCH/debs" "$deb/root/DEBIAN" "$deb/root/usr/src" "$src"/{scripts/kconfig,arch/arm64/kvm}
	echo "Signature: 8a477f597d28d172789f06886806bc55" >"$SCRATCH/CACHEDIR.TAG"
	sed "s/^VERSION = .*/VERSION = ${SERIES%.*}/; s/^PATCHLEVEL = .*/PATCHLEVEL = ${SERIES#*.}/" \
		"$TOP/tests/commands/standin/Makefile" >"$src/Makefile"
	cp "$TOP/tests/commands/standin/merge_config.sh" "$src/scripts/kconfig/"
	: >"$src/arch/arm64/kvm/mmu.c"
	tar -C "$deb" -cJf "$deb/root/usr/src/$PACKAGE.tar.xz" "$PACKAGE"
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: none <none@localhost>\nDescription: none\n' "$PACKAGE" \
		>"$deb/root/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$deb/root" "$SCRATCH/debs/${PACKAGE}_1.deb" >/dev/null
	echo 1 >"$SCRATCH/debs/$PACKAGE.version"
}

mkdir "$TEMP"
copy_clone "$CLONE"
