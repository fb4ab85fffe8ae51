#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The scenes, on the stock kernel and on cohmem's: a table of each (with --tap, TAP
# instead), build/demo.json, and a picture of both, build/demo.svg. Succeeds only
# if stock fails as it does for everybody, and cohmem passes.

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"
# shellcheck source=names.sh
. "$TOP/rig/names.sh"
# shellcheck source=scripts/lib/pool.sh
. "$TOP/scripts/lib/pool.sh"
supervise "$@"

RIG=$TOP/rig
STARTED=$(date +%s)
MACHINE=${MACHINE-grace}
options=()
case $*:$# in
:0) ;;
--tap:1) options=(--tap) ;;
*) die "'$*' is not understood" "usage: rig/demo.sh [--tap]" ;;
esac

run_scene() {
	local scene=$1 variant=$2
	note "scene $scene, $variant kernel: booting the emulated host"
	"$RIG/run.sh" --machine "$MACHINE" --kernel "$BUILD/kernels/$LINE-$variant" \
		--job "$scene" --out "build/demo/$scene-$variant" --timeout 180 >&2
}

# scene_ended "SCENE VARIANT" STATUS: verdicts are data here, but a run that could not be
# made is an error, when those that still run have ended.
scene_ended() {
	local scene=${1% *} variant=${1#* }
	if [ "$2" = 1 ]; then
		NOT_RUN+=("scene $scene on $variant")
	else
		note "scene $scene, $variant kernel: $(sed -n 's/^outcome: //p' "build/demo/$scene-$variant/verdict") (after $SECONDS s)"
	fi
}

# record SECONDS: how long it took, by what there was to begin with. With a work tree,
# but not these kernels, it is neither cold nor warm.
record() {
	local file=build/demo/seconds
	[ -n "$kind" ] || return 0
	{ grep -v "^$kind: " "$file" || true; } 2>/dev/null >"$file.new"
	echo "$kind: $1" >>"$file.new"
	mv "$file.new" "$file"
}

need_machine "$MACHINE"
use_line
cd "$TOP"
mkdir -p "$BUILD"
take_lock demo.lock "$BUILD"
kind=cold
[ ! -d "$CACHE/work" ] || kind=warm
need_packages "${ALL_PACKAGES[@]}"
"$TOP/scripts/kernel.sh" stock >&2
"$TOP/scripts/kernel.sh" cohmem >&2
[ "$kind" = cold ] || [ -z "$(find "$BUILD/kernels/$LINE"-{stock,cohmem}/inputs -newermt "@$STARTED")" ] || kind=''
mkdir -p "$BUILD/rig"
flock "$BUILD/rig/lock" make --no-print-directory -s -C "$RIG" BUILD=../build/rig ../build/rig/demo ||
	die "the program that judges the demo does not build" "what the compiler or make said is above"
SECONDS=0
NOT_RUN=()
while read -r scene variant; do
	pool_add scene_ended "$scene $variant" run_scene "$scene" "$variant"
done < <("$BUILD/rig/demo" --runs)
pool_finish
[ ${#NOT_RUN[@]} -eq 0 ] || die "what could not be run: $(printf '%s, ' "${NOT_RUN[@]}" | sed 's/, $//')" "the reasons are above"

status=0
"$BUILD/rig/demo" "${options[@]}" "$MACHINE" build/demo build/demo.json || status=$?
[ "$status" -le 1 ] || die "the report could not be written" "the reason is above"
"$BUILD/rig/picture" "$MACHINE" build/demo build/demo.svg ||
	die "the picture could not be drawn" "the reason is above"
record $(($(date +%s) - STARTED))
exit "$status"
