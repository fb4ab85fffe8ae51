#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The cache and the disk it is on: what cannot be used is refused, what is damaged is
# reported, and the next run works. And distclean, which removes the cache.

# shellcheck disable=SC2016 # what is in single quotes is for another shell

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

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
	refused "cannot read the package lists of this PC's sources" "${NO_NETWORK[@]}" make kernel
	install_standin
	run "${NO_NETWORK[@]}" make kernel VARIANT=stock
	exits 0
}

unreachable_mirror() {
	rm -rf "$SCRATCH"
	echo 'deb http://127.0.0.1:9/debian trixie main' >"$WORK/sources.list"
	printf '%s\n' "Dir::Etc::sourcelist \"$WORK/sources.list\";" 'Dir::Etc::sourceparts "-";' \
		'Acquire::Retries "0";' >"$WORK/apt.conf"
	refused "cannot read the package lists" env APT_CONFIG="$WORK/apt.conf" scripts/tree.sh qemu
	[ ! -e "$SCRATCH/trees" ]
	: >"$WORK/sources.list"
	refused "apt on this PC has no package source" env APT_CONFIG="$WORK/apt.conf" make kernel
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

distclean() {
	install_standin
	: >"$SCRATCH/letter"
	# What the scripts keep in the cache: the names that they have for it
	grep -rhoE '\$CACHE/[a-z]+([^a-z.]|$)' "$TOP/scripts" "$TOP/tests" "$TOP/rig" --include='*.sh' | sort -u |
		sed -E "s|^.CACHE(/[a-z]+).*|$SCRATCH\1|" | tee "$WORK/names" | xargs -d '\n' mkdir -p
	grep -q '/images$' "$WORK/names"
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
test_that "COHMEM_CACHE= that cannot be a cache is refused" wrong_cache
test_that "a read-only cache is refused" read_only_cache
test_that "a cache on a small disk is refused" small_cache
test_that "a build whose disk was full works when there is room again" full_cache
test_that "a kernel whose source is in the cache is built without a network" no_network
test_that "a mirror that cannot be reached is reported" unreachable_mirror
test_that "a damaged package is reported" damaged_package
test_that "make distclean leaves what is not cohmem's" distclean
tap_end
