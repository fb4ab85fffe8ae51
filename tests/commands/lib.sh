# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests of the commands share: a copy of the clone, with a cache, a directory
# for temporary files and an environment of its own, and what is looked for after
# each test. Sourced, in place of tests/lib.sh.

# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# A user starts with none of these.
unset MAKEFLAGS MFLAGS MAKELEVEL UPDATE COHMEM_SUPERVISED
unset VARIANT MACHINE TEST POLICY MINUTES SEED KERNEL_SRC DIR ONLY PEERS
PACKAGE=$(line_value package) LINUX=$(line_value linux)
export -n CHECK

need_work
CLONE=$WORK/clone SCRATCH=$WORK/cache TEMP=$WORK/tmp SAID=$WORK/said
gcc -D_GNU_SOURCE -O2 -Wall -I"$TOP/lib" -o "$WORK/limit" "$TOP/scripts/limit.c" "$TOP/lib/pace.c"
LEFT_ALONE=''	# a pattern for files that a test has put into the clone

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

# run COMMAND...: STATUS is how it ended, $SAID has what it said. LIMIT= is in seconds of an
# idle PC.
run() {
	STATUS=0
	(as_user "$WORK/limit" "${LIMIT:-60}" "$@") >"$SAID" 2>&1 </dev/null || STATUS=$?
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

# second_waits NAME GO COMMAND...: the command waits for the lock that the one of `start` has,
# which goes on when the file GO is there. Both end well; $SAID has what the second said.
second_waits() {
	local name=$1 go=$2 first=$PID
	shift 2
	start "$@"
	until_true 60 says "waiting for another cohmem process ($name)" >/dev/null
	touch "$go"
	ended
	exits 0
	PID=$first
	ended
	exits 0
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
	awk -v text="$1" '/^[a-z_-]+\.sh: error: / && index($0, text) { found = 1; next }
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

# nothing_left: no process, when what was stopped has had time to end on a slow PC,
# and no file
nothing_left() {
	local file
	until_true 25 nobody_left || {
		echo "processes are left: $(leftovers | while read -r file; do tr '\0' ' ' <"/proc/$file/cmdline"; echo; done)"
		kill_leftovers
		return 1
	}
	file=$(find "$TEMP" -mindepth 1)
	[ -z "$file" ] || { echo "temporary files are left: $file" && return 1; }
	git -C "$TOP" ls-files -z --cached --others --exclude-standard >"$WORK/names"
	file=$(cd "$CLONE" 2>/dev/null && find . -type f ! -path './build/*' -printf '%P\0' | grep -vzxFf <(tr '\0' '\n' <"$WORK/names") | grep -vzxE "$LEFT_ALONE" | tr '\0' ' ') || true
	[ -z "$file" ] || { echo "files are left in the clone: $file" && return 1; }
}

# What the last command said is shown if the test fails.
run_test() {
	: >"$SAID"
	trap '[ $? = 0 ] || tail -n 20 "$SAID"' EXIT
	"$@"
	nothing_left
}

at_end() { kill_leftovers; }

# Before a command: where its mounts are seen by nobody else, and leave with it; and
# where there is no network. Others than root need a user namespace for that, which a
# chroot does not permit.
OWN_MOUNTS=(unshare -m --) NO_NETWORK=(unshare -n --)
if [ "$(id -u)" != 0 ]; then
	OWN_MOUNTS=(unshare -rm --) NO_NETWORK=(unshare -rn --)
fi

# need_namespaces: skips the test where such commands are not permitted, as in many
# containers.
need_namespaces() {
	"${OWN_MOUNTS[@]}" "${NO_NETWORK[@]}" true 2>/dev/null || skip "no namespaces"
}

# sh -c "$READ_ONLY" DIR COMMAND...: where DIR is read-only
# shellcheck disable=SC2016,SC2034 # what is in single quotes is for that shell
READ_ONLY='mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'

# The last line, but for what make itself says of a failure.
tail_is() {
	[ "$(grep -Ev "^make: (\*\*\*|Leaving)" "$SAID" | tail -n 1)" = "$1" ] && return
	echo "the last line is not: $1"
	return 1
}

# steps ROW...: are the list of steps in the copy of the clone.
steps() { printf '%s\n' 'step | mode | seconds | command' "$@" >"$CLONE/tests/steps.list"; }

# install_standin: a Debian package with a kernel's source that builds in a second, in
# a new cache, as if it had been downloaded.
install_standin() {
	local deb=$WORK/deb src=$WORK/deb/$PACKAGE
	rm -rf "$SCRATCH" "$deb"
	mkdir -p "$SCRATCH/debs" "$deb/root/DEBIAN" "$deb/root/usr/src" "$src"/{scripts/kconfig,arch/arm64/kvm,tools/testing/selftests/kvm,drivers/gpu/drm/amd/include}
	echo "Signature: 8a477f597d28d172789f06886806bc55" >"$SCRATCH/CACHEDIR.TAG"
	sed "s/^VERSION = .*/VERSION = ${LINUX%.*}/; s/^PATCHLEVEL = .*/PATCHLEVEL = ${LINUX#*.}/" \
		"$TOP/tests/commands/standin/Makefile" >"$src/Makefile"
	cp "$TOP/tests/commands/standin/merge_config.sh" "$src/scripts/kconfig/"
	cp "$TOP/tests/commands/standin/selftests.mk" "$src/tools/testing/selftests/kvm/Makefile"
	: >"$src/arch/arm64/kvm/mmu.c"
	: >"$src/drivers/gpu/drm/amd/include/spared.h"
	tar -C "$deb" -cJf "$deb/root/usr/src/$PACKAGE.tar.xz" "$PACKAGE"
	printf 'Package: %s\nVersion: 1\nArchitecture: all\nMaintainer: none <none@localhost>\nDescription: none\n' "$PACKAGE" \
		>"$deb/root/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$deb/root" "$SCRATCH/debs/${PACKAGE}_1.deb" >/dev/null
	echo 1 >"$SCRATCH/debs/$PACKAGE.version"
}

# install_debian_config TEXT: the same for the package with Debian's configuration
install_debian_config() {
	local deb=$WORK/config package=${PACKAGE/source/config}
	rm -rf "$deb"
	mkdir -p "$deb/DEBIAN" "$deb/usr/src/$package"
	echo "$1" | xz >"$deb/usr/src/$package/config.arm64_none_arm64.xz"
	printf 'Package: %s\nVersion: 1\nArchitecture: arm64\nMaintainer: none <none@localhost>\nDescription: none\n' "$package" \
		>"$deb/DEBIAN/control"
	dpkg-deb --root-owner-group -b "$deb" "$SCRATCH/debs/$package:arm64_1.deb" >/dev/null
}

mkdir "$TEMP"
copy_clone "$CLONE"
