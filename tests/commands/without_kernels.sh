#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tools.sh: bad input to the tools, as far as that takes no kernel. Each command is
# given what is wrong or missing, or is interrupted: it must say what, why and what to
# do, leave nothing behind, and the next run must work. The kernel that is built here
# is a stand-in (tests/commands/standin), all else is real.

# shellcheck disable=SC2016 # what is in single quotes is for another shell

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# --- variables ---------------------------------------------------------------------

wrong_variables() {
	refused "there is no variant 'nope'" make kernel VARIANT=nope
	refused "there is no variant ''" make kernel VARIANT=
	refused "there is no variant 'cohmem; touch x'" make kernel VARIANT='cohmem; touch x'
	refused "there is no variant 'it's'" make kernel VARIANT="it's"
	refused "there is no kernel line 'nope'" make kernel LINE=nope
	refused "there is no kernel line '../lines/6.12'" make kernel LINE=../lines/6.12
}

# Before a kernel is built for it, which takes twenty minutes.
wrong_cells() {
	refused "there is no machine 'nope'" make test MACHINE=nope
	refused "there is no machine '../machines/grace'" make shell MACHINE=../machines/grace
	refused "there is no variant 'nope'" make test VARIANT=nope
	refused "there is no kernel 'selftests'" make shell VARIANT=selftests
	refused "there is no machine 'a b'" make demo MACHINE='a b'
	refused "there is no job or selftest 'nope'" make test TEST=nope
	refused "there is no job or selftest ''" make test TEST=
	refused "there is no job or selftest 'ram,gpu'" make test TEST=ram,gpu
	refused "there is no policy 'nope'" make test POLICY=nope
	refused "there is no job 'ram:1'" make test TEST=ram:1
}

wrong_numbers() {
	local value
	for value in '' 0 -1 1.5 ten '1 2'; do
		refused "MINUTES=$value is not" make soak MINUTES="$value"
	done
	refused "SEED=ten is not" make soak MINUTES=1 SEED=ten
	refused "PEERS=2 is not" make bench PEERS=2
	refused "PEERS=yes is not" make bench PEERS=yes
}

wrong_names() {
	refused "no mutant is named like ONLY=nothing like it" make mutants ONLY='nothing like it'
	refused "ONLY=[ is not" make mutants ONLY='['
	refused "there is no mode ''" tests/check.sh
	refused "there is no mode 'quickly'" tests/check.sh quickly
}

# tree DIR VERSION: what looks like a kernel's source
tree() {
	mkdir -p "$1/arch/arm64/kvm"
	printf 'VERSION = %s\nPATCHLEVEL = %s\n' "${2%.*}" "${2#*.}" >"$1/Makefile"
	: >"$1/arch/arm64/kvm/mmu.c"
}

wrong_kernel_src() {
	refused "KERNEL_SRC=$WORK/none is not a Linux source tree" make kernel KERNEL_SRC="$WORK/none"
	refused "KERNEL_SRC=$TOP is not a Linux source tree" make kernel KERNEL_SRC="$TOP"
	refused "KERNEL_SRC=$TOP/Makefile is not a Linux source tree" make kernel KERNEL_SRC="$TOP/Makefile"
	tree "$WORK/tree" 5.15
	refused "is a tree of series 5.15, and line $LINE is of $SERIES" make kernel KERNEL_SRC="$WORK/tree"
	tree "$WORK/tree" "$SERIES"
	: >"$WORK/tree/.config"
	refused "has been built in" make kernel KERNEL_SRC="$WORK/tree"
	tree "$WORK/a tree" "$SERIES"
	refused "has a ' ' in it" make kernel KERNEL_SRC="$WORK/a tree"
}

wrong_dir() {
	mkdir -p "$WORK/no tree"
	export GIT_CONFIG_GLOBAL=/dev/null
	refused "DIR=$WORK/none is not a kernel tree" make refresh DIR="$WORK/none"
	refused "DIR=$WORK/no tree is not a kernel tree" make refresh DIR="$WORK/no tree"
	refused "there is no base to compare with yet" make refresh
	refused "git does not know who signs off" env -u EMAIL HOME="$WORK" make patches
}

# --- the cache, the disk, the clone ------------------------------------------------

wrong_cache() {
	local cache text
	: >"$WORK/file"
	mkdir -p "$WORK/theirs"
	: >"$WORK/theirs/letter"
	while read -r cache text; do
		refused "$text" env COHMEM_CACHE="$cache" make kernel
	done <<-EOT
		$WORK/file cannot create the cache directory $WORK/file
		$WORK/file/below cannot create the cache directory
		/proc/cohmem cannot create the cache directory /proc/cohmem
		relative/path the cache directory 'relative/path' is not an absolute path
		$WORK/theirs the cache directory $WORK/theirs holds other things
		$WORK/a:b has a ':' in it
	EOT
	refused "has a ' ' in it" env COHMEM_CACHE="$WORK/a b" make kernel
	refused "there is no place for the cache" env -u COHMEM_CACHE -u XDG_CACHE_HOME -u HOME make kernel
	[ -e "$WORK/theirs/letter" ]
}

READ_ONLY='mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'

read_only_cache() {
	need_namespaces
	mkdir -p "$WORK/empty" "$SCRATCH"
	refused "cannot write to the cache directory $WORK/empty" \
		"${OWN_MOUNTS[@]}" env COHMEM_CACHE="$WORK/empty" sh -c "$READ_ONLY" "$WORK/empty" make kernel
	run make distclean
	exits 0
	install_standin
	refused "cannot write to the cache directory $SCRATCH" \
		"${OWN_MOUNTS[@]}" sh -c "$READ_ONLY" "$SCRATCH" make kernel VARIANT=stock
}

read_only_clone() {
	need_namespaces
	local command
	rm -rf "$CLONE/build"
	for command in kernel demo bench 'test' check-quick; do
		refused "cannot write to $CLONE" "${OWN_MOUNTS[@]}" sh -c "$READ_ONLY" "$CLONE" make "$command"
	done
	tail_is "0 passed, 1 failed, 0 skipped"
	run "${OWN_MOUNTS[@]}" sh -c "$READ_ONLY" "$CLONE" make help
	exits 0
}

# The last line, but for what make itself says of a failure.
tail_is() {
	[ "$(grep -Ev "^make: (\*\*\*|Leaving)" "$SAID" | tail -n 1)" = "$1" ] && return
	echo "the last line is not: $1"
	return 1
}

small_cache() {
	need_namespaces
	rm -rf "$SCRATCH"
	mkdir "$SCRATCH"
	refused "too little disk: building the first kernel needs 6 GiB" \
		"${OWN_MOUNTS[@]}" sh -c 'mount -t tmpfs -o size=8m none "$0" && exec "$@"' "$SCRATCH" make kernel
}

# Space is left, as far as df can tell, but not for one more file: in the unpacking,
# and in the build. When there is room again, all is well.
full_cache() {
	need_namespaces
	local files mount='cp -a "$0" "$0.kept" && mount -t tmpfs -o size=8g,nr_inodes=$FILES none "$0" &&
		cp -a "$0.kept/." "$0" && rm -rf "$0.kept"
		if "$@"; then exit 3; fi
		mount -o remount,nr_inodes=1000 "$0" && "$@"'
	install_standin
	for files in 14 24 44; do
		run "${OWN_MOUNTS[@]}" env FILES="$files" sh -c "$mount" "$SCRATCH" make kernel VARIANT=stock
		exits 0
		says "No space left on device"
		says "Error 1"
	done
}

no_network() {
	need_namespaces
	rm -rf "$SCRATCH"
	refused "cannot read the package lists of this machine's sources" "${NO_NETWORK[@]}" make kernel
	install_standin
	run "${NO_NETWORK[@]}" make kernel VARIANT=stock
	exits 0
}

unreachable_mirror() {
	rm -rf "$SCRATCH"
	echo 'deb http://127.0.0.1:9/debian trixie main' >"$WORK/sources.list"
	printf '%s\n' "Dir::Etc::sourcelist \"$WORK/sources.list\";" 'Dir::Etc::sourceparts "-";' \
		'Acquire::Retries "0";' >"$WORK/apt.conf"
	refused "cannot read the package lists" env APT_CONFIG="$WORK/apt.conf" scripts/apt.sh tree qemu
	[ ! -e "$SCRATCH/trees" ]
	: >"$WORK/sources.list"
	refused "apt on this machine has no package source" env APT_CONFIG="$WORK/apt.conf" make kernel
}

damaged_package() {
	local deb=$SCRATCH/debs/${PACKAGE}_1.deb
	install_standin
	cp "$deb" "$WORK/whole.deb"
	truncate -s 500 "$deb"
	refused "cannot unpack $deb" make kernel VARIANT=stock
	refused "cannot unpack $deb" make kernel VARIANT=cohmem
	cp "$WORK/whole.deb" "$deb"
	run make kernel VARIANT=stock
	exits 0
}

# --- kernels that are not whole ----------------------------------------------------

whole() {
	[ "$(cat "$CLONE/build/kernels/$LINE-stock/Image")" = $'begins\nends' ] &&
		[ "$(find "$SCRATCH/kernels" -mindepth 1 -maxdepth 1 | wc -l)" = 1 ]
}

# What is lost from a kernel in the cache, or cut off, is built again.
lost_files() {
	local file dir=$CLONE/build/kernels/$LINE-stock
	for file in Image release modules/devices.ko; do
		run make kernel VARIANT=stock
		exits 0
		[ -s "$dir/$file" ]
		rm "$dir/$file"
	done
	run make kernel VARIANT=stock
	exits 0
	[ -s "$dir/modules/devices.ko" ]
	: >"$dir/Image"
	run make kernel VARIANT=stock
	exits 0
	whole
}

no_kernel() {
	local run=(rig/run.sh --machine grace --job ram --out "$WORK/out" --kernel)
	rm -rf "$CLONE/build"
	refused "there is no kernel directory build/kernels/$LINE-cohmem" "${run[@]}" "build/kernels/$LINE-cohmem"
	mkdir -p "$WORK/kernel/modules"
	refused "does not say of which line this kernel is" "${run[@]}" "$WORK/kernel"
	echo "line: $LINE" >"$WORK/kernel/inputs"
	refused "there is no stock kernel of line $LINE for the inner guest" "${run[@]}" "$WORK/kernel"
	refused "$WORK/kernel/Image is missing" "${run[@]}" "$WORK/kernel" --guest "$WORK/kernel"
	: >"$WORK/kernel/Image"
	refused "$WORK/kernel/Image is empty" "${run[@]}" "$WORK/kernel" --guest "$WORK/kernel"
	[ ! -e "$WORK/out" ]
}

# interrupt SIGNAL HOW: one build at its Image, by a signal to the script alone or to
# all of the group, as Ctrl-C does
interrupt() {
	local image=$SCRATCH/work/$LINE-stock/obj/arch/arm64/boot/Image
	install_standin
	rm -rf "$CLONE/build"
	if [ "$2" = alone ]; then
		start env STANDIN_SLEEP=60 scripts/kernel.sh stock
	else
		start setsid env STANDIN_SLEEP=60 make kernel VARIANT=stock
	fi
	until_true 20 test -s "$image"
	if [ "$2" = alone ]; then
		kill "-$1" "$PID"
	else
		kill "-$1" -- "-$PID"
	fi
	ended
	exits 1 2 130 137 143
	until_true 5 nobody_left || { echo "the build goes on" && return 1; }
	[ ! -e "$CLONE/build/kernels/$LINE-stock" ]
	run make kernel VARIANT=stock
	exits 0
	whole
}

# --- two at once -------------------------------------------------------------------

two_builds() {
	local first
	install_standin
	SAID=$WORK/first start env STANDIN_SLEEP=2 scripts/kernel.sh stock
	first=$PID
	until_true 20 test -e "$SCRATCH/work/$LINE-stock/building"
	run scripts/kernel.sh stock
	exits 0
	says "waiting for another cohmem process (build)"
	whole
	PID=$first
	ended
	exits 0
}

stale_lock() {
	install_standin
	mkdir -p "$SCRATCH/lock"
	echo 1 >"$SCRATCH/lock/build"
	run scripts/kernel.sh stock
	exits 0
	if says waiting; then return 1; fi
}

# --- make check --------------------------------------------------------------------

# steps LINE...: those that make check-quick has in the copy
steps() {
	cp "$CLONE/tests/steps.list" "$WORK/steps.list"
	printf '%s\n' "$@" >"$CLONE/tests/steps.list"
}

counts() {
	steps 'one quick 10 printf "1..2\nok 1 a\nok 2 b\n"' 'two quick 10 printf "1..2\nok 1 a\nnot ok 2 b\n"; exit 1' \
		'three quick 1 echo 1..1; sleep 30'
	run make check-quick
	exits 2
	tail_is "3 passed, 3 failed, 0 skipped"
	[ "$(cat "$CLONE/build/count")" = "3 passed, 3 failed, 0 skipped" ]
	steps 'one quick 10 printf "1..1\nok 1 a\n"'
	run make -C "$CLONE" check-quick
	exits 0
	tail_is "1 passed, 0 failed, 0 skipped"
}

counts_when_interrupted() {
	steps 'one quick 10 printf "1..1\nok 1 a\n"' 'two quick 60 echo 1..1; sleep 50; echo ok 1 a'
	start tests/check.sh quick
	until_true 20 says "== two"
	kill "-$1" "$PID"
	ended
	exits 1 130 143
	says interrupted
	tail_is "1 passed, 1 failed, 0 skipped"
	until_true 3 nobody_left
}

counts_on_full_disk() {
	need_namespaces
	local mount='mount -t tmpfs -o size=$SIZE none "$0" && exec "$@"'
	steps 'one quick 10 printf "1..1\nok 1 a\n"' 'two quick 10 head -c 2000000 /dev/zero >build/filler; printf "1..1\nok 1 a\n"'
	mkdir -p "$CLONE/build"
	for SIZE in 4k 16k 1m; do
		export SIZE
		run "${OWN_MOUNTS[@]}" sh -c "$mount" "$CLONE/build" make check-quick
		exits 2
		says "No space left on device"
		sed -i "/^tee: /d" "$SAID"
		grep -E '^[0-9]+ passed, [1-9][0-9]* failed, 0 skipped$' <(tail -n 2 "$SAID") >/dev/null
	done
}

two_checks() {
	local first
	rm -rf "$CLONE/build/check"
	steps 'one quick 10 sleep 1; printf "1..1\nok 1 a\n"'
	SAID=$WORK/first start tests/check.sh quick
	first=$PID
	until_true 10 test -e "$CLONE/build/check/one.log"
	run tests/check.sh quick
	exits 0
	says "waiting for another cohmem process (check)"
	PID=$first
	ended
	exits 0
}

# --- where the clone is ------------------------------------------------------------

# odd_path NAME: a clone of that name, from another directory, does what it should.
odd_path() {
	copy_clone "$WORK/$1"
	CLONE=$WORK/$1
	install_standin
	WHERE=/ run make -C "$CLONE" help kernel VARIANT=stock
	exits 0
	steps 'summary quick 60 tests/unit/summary/check.sh' 'verdict quick 60 make -s -C rig check'
	run make check-quick
	exits 0
	[ -s "$CLONE/build/kernels/$LINE-stock/Image" ]
}

cdpath() {
	install_standin
	mkdir -p "$WORK/scripts"
	run env CDPATH="$WORK" scripts/../scripts/kernel.sh stock
	exits 0
	run env CDPATH="$WORK" scripts/kernel.sh stock
	exits 0
}

# --- distclean ---------------------------------------------------------------------

distclean() {
	install_standin
	: >"$SCRATCH/letter"
	run make distclean
	exits 0
	says "left what is not cohmem's in $SCRATCH"
	[ "$(ls -A "$SCRATCH")" = letter ]
	rm "$SCRATCH/letter"
	run make distclean
	exits 0
	[ ! -e "$SCRATCH" ] && [ ! -e "$CLONE/build" ]
}

install_standin
test_that "unknown VARIANT= and LINE= are refused" wrong_variables
test_that "unknown MACHINE=, VARIANT=, TEST= and POLICY= are refused before a kernel is built" wrong_cells
test_that "wrong MINUTES=, SEED= and PEERS= are refused" wrong_numbers
test_that "ONLY= that names nothing and an unknown mode of check.sh are refused" wrong_names
test_that "KERNEL_SRC= that is not a fresh tree of the line is refused" wrong_kernel_src
test_that "make refresh refuses a wrong DIR= and make patches a git without an identity" wrong_dir
test_that "COHMEM_CACHE= that cannot be a cache is refused" wrong_cache
test_that "a read-only cache is refused" read_only_cache
test_that "a read-only clone is refused except by make help" read_only_clone
test_that "a cache on a small disk is refused" small_cache
test_that "a build whose disk was full works when there is room again" full_cache
test_that "a kernel whose source is in the cache is built without a network" no_network
test_that "a mirror that cannot be reached is reported" unreachable_mirror
test_that "a damaged package is reported" damaged_package
test_that "a kernel that has lost files in the cache is built again" lost_files
test_that "the rig refuses a kernel that is missing or not whole" no_kernel
test_that "a build that gets SIGINT by Ctrl-C leaves nothing behind" interrupt INT group
test_that "a build whose script gets SIGTERM leaves nothing behind" interrupt TERM alone
test_that "a build whose script gets SIGKILL leaves nothing behind" interrupt KILL alone
test_that "a build whose script and make get SIGKILL leaves nothing behind" interrupt KILL group
test_that "a second build waits for the first" two_builds
test_that "a stale lock does not block" stale_lock
test_that "make check ends with the count and fails if a test did" counts
for signal in INT TERM; do
	test_that "make check that gets SIG$signal ends with the count" counts_when_interrupted $signal
done
test_that "make check on a full disk ends with the count" counts_on_full_disk
test_that "a second make check waits for the first" two_checks
test_that "a clone works whose path has blanks and quotes" odd_path "a clone, Tom's & mine"
test_that "CDPATH set by the user changes nothing" cdpath
test_that "make distclean leaves what is not cohmem's" distclean
tap_end
