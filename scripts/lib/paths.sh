# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Where things are: the clone, what is built in it, and the cache. Sourced, after
# say.sh. What is needed of them is asked for by the functions.

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
BUILD=$TOP/build
CACHE=${COHMEM_CACHE:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/cohmem}

# need_plain_path WHAT PATH WHAT-TO-DO: for what Kbuild works in, or from
need_plain_path() {
	local plain='[A-Za-z0-9/._+@~=-]' strange
	strange=$(printf '%s' "$2" | LC_ALL=C sed "s|$plain||g" | tr -d '\200-\377' | cut -c1)
	[ -z "$strange" ] || die "$1 '$2' has a '$strange' in it, which a kernel's build does not take" "$3"
}

# need_build: a directory for results that can be written to
need_build() {
	[ -w "$BUILD" ] || { [ ! -e "$BUILD" ] && [ -w "$TOP" ]; } ||
		die "cannot write to $TOP, where the results would be" "clone to a directory that you can write to"
}

# need_cache: a cache directory that is ours and can be written to
need_cache() {
	[ -n "${COHMEM_CACHE:-}${XDG_CACHE_HOME:-}${HOME:-}" ] ||
		die "there is no place for the cache: COHMEM_CACHE, XDG_CACHE_HOME and HOME are all unset" \
			"set COHMEM_CACHE to a directory with 8 GiB free"
	case $CACHE in
	/*) ;;
	*) die "the cache directory '$CACHE' is not an absolute path" "set COHMEM_CACHE to one" ;;
	esac
	need_plain_path "the cache directory" "$CACHE" "set COHMEM_CACHE to another"
	mkdir -p "$CACHE" 2>/dev/null ||
		die "cannot create the cache directory $CACHE" "set COHMEM_CACHE to a directory you can write to"
	[ -w "$CACHE" ] ||
		die "cannot write to the cache directory $CACHE" "set COHMEM_CACHE to a directory you can write to"
	[ ! -e "$CACHE/CACHEDIR.TAG" ] || return 0
	# Things are removed here by name, so nothing of anybody else's may be here.
	[ -d "$CACHE/lock" ] || [ -z "$(ls -A "$CACHE")" ] ||
		die "the cache directory $CACHE holds other things" "set COHMEM_CACHE to a directory that is empty or new"
	echo "Signature: 8a477f597d28d172789f06886806bc55" >"$CACHE/CACHEDIR.TAG"
}

# need_memory GIB WHAT-FOR
need_memory() {
	local free
	free=$(awk '$1 == "MemAvailable:" { print int($2 / 1048576) }' /proc/meminfo)
	[ "$free" -ge "$1" ] ||
		die "too little memory: $2 needs $1 GiB, and $free GiB are available" "end other programs, or take another PC"
}

# need_space DIR GIB WHAT-FOR
need_space() {
	local free
	free=$(df -Pk "$1" | awk 'NR == 2 { print int($4 / 1048576) }')
	[ "$free" -ge "$2" ] ||
		die "too little disk: $3 needs $2 GiB in $1, and $free GiB are free" \
			"free some, or set COHMEM_CACHE to a directory on a larger disk"
}
