#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel.sh [--compare] VARIANT: builds one kernel of line LINE=, or finds it in the
# cache, links build/kernels/LINE-VARIANT to it and prints where it is. KERNEL_SRC=DIR
# builds from a tree other than Debian's. With --compare, LINE= may be a line that is for
# comparison only.
#
# VARIANT selftests is not a kernel, but the KVM selftests of the line: the kernel's own
# and ours.
#
# A kernel is known by the hash of everything that goes in; its `inputs` file
# lists them. Work trees are kept, so that a small change is a small build.

# shellcheck source=env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source=scripts/lib/line.sh
. "$(dirname "$0")/lib/source.sh"

KEEP=20	# kernels in the cache
DEVICE_HEADER=$TOP/kernel/selftests/include/cohmem_testdev.h

# What a caller's environment may set must not reach the build.
unset MAKEFLAGS MFLAGS MAKELEVEL KBUILD_OUTPUT O M LLVM CC CFLAGS CPPFLAGS LDFLAGS KCFLAGS KAFLAGS LOCALVERSION OUTPUT
export KBUILD_BUILD_USER=cohmem KBUILD_BUILD_HOST=rig KBUILD_BUILD_VERSION=1

usage() { die "$1" "usage: kernel.sh [--compare] VARIANT; variants: $(variants)"; }

variants() { echo "$(variants_there_are) selftests"; }

fragments() {
	echo "$TOP/kernel/config/base.config"
	echo "$TOP/kernel/config/rig.config"
	[ ! -e "$TOP/kernel/config/$VARIANT.config" ] || echo "$TOP/kernel/config/$VARIANT.config"
}

# absent_options: what this line's kernel does not have, by name and with a reason.
absent_options() { [ ! -e "$LINE_DIR/absent" ] || list_rows "$LINE_DIR/absent" option; }

with_line() { [ "$VARIANT" != stock ]; }

is_selftests() { [ "$VARIANT" = selftests ]; }
selftests() { sed "s/#.*//; /^[[:space:]]*$/d" "$TOP/rig/selftests.list"; }

input_files() {
	printf '%s\n' "$TOP"/scripts/{kernel,lib/source}.sh
	if is_selftests; then
		echo "$TOP/rig/selftests.list"
	else
		fragments
		[ ! -e "$LINE_DIR/absent" ] || echo "$LINE_DIR/absent"
		find "$TOP/rig/devices" "$DEVICE_HEADER" -maxdepth 1 -type f ! -name '.*'
	fi
	with_line || return 0
	printf "%s\n" "$LINE_DIR"/{line,series}
	all_patches
	placed_files | { is_selftests && cat || grep -v '^tools/'; } | cut -d'|' -f2
}

inputs() {
	echo "variant: $VARIANT"
	echo "line: $LINE"
	echo "base: $BASE_ID"
	echo "compiler: $("${CROSS_COMPILE}gcc" --version | head -n 1)"
	echo "linker: $("${CROSS_COMPILE}ld" --version | head -n 1)"
	input_files | sort | xargs -d '\n' sha256sum | sed "s|$TOP/||"
}

# found: is the kernel in the cache and whole?
found() {
	[ -e "$KERNEL/complete" ] && [ -s "$KERNEL/release" ] &&
		(cd "$KERNEL" && list_files | cmp -s - "$KERNEL/complete")
}

list_files() { find . -type f ! -name 'complete*' -printf '%s %P\n' | sort; }

publish() {
	touch "$KERNEL/complete"	# the age that eviction goes by
	mkdir -p "$BUILD/kernels"
	ln -sfn "$KERNEL" "$BUILD/kernels/$LINE-$VARIANT"
	note "$LINE-$VARIANT is $(cat "$KERNEL/release"), from $BASE_NAME"
	echo "$BUILD/kernels/$LINE-$VARIANT"
	exit 0
}

# prepare_source: SRC, the tree to build. The base is never written to: stock
# builds from it, a variant with the line has a copy with the line's files in it.
prepare_source() {
	local base stage=$WORK/stage.new
	if [ -n "$BASE_SRC" ]; then
		base=$BASE_SRC
	else
		base=$CACHE/work/$LINE-base
		if [ "$(cat "$base.id" 2>/dev/null)" != "$BASE_ID" ]; then
			note "unpacking $BASE_NAME"
			rm -rf "$base" "$base.id" "$base.new"
			unpack_deb "$BASE_DEB" "$base.new" ||
				die "cannot unpack $BASE_DEB (the reason is above)" \
					"if it is damaged, remove it and run this again; if the disk is full, free some of it"
			mv "$base.new" "$base"
			echo "$BASE_ID" >"$base.id"
		fi
	fi

	if [ "$(cat "$WORK/id" 2>/dev/null)" != "$BASE_ID" ]; then
		rm -rf "$WORK"
		mkdir -p "$WORK"
	fi
	SRC=$base
	if with_line; then
		SRC=$WORK/src
		stage_line "$base" "$stage"
		if [ ! -e "$WORK/id" ]; then
			note "copying the base for $VARIANT"
			rm -rf "$SRC" "$WORK/stage"
			mkdir -p "$SRC"
			tar -C "$base" --exclude=./.git "${UNREAD[@]}" -c . | tar -C "$SRC" -x
			: >"$WORK/placed"
		else
			keep_edits "$stage" "$base"
		fi
		place_line "$stage" "$base"
	fi
	echo "$BASE_ID" >"$WORK/id"
}

# keep_edits: work done in the tree is never overwritten, nor built unnoticed.
keep_edits() {
	local stage=$1 base=$2 file edited=()
	while read -r file; do
		cmp -s "$SRC/$file" "$WORK/stage/$file" || cmp -s "$SRC/$file" "$stage/$file" ||
			cmp -s "$SRC/$file" "$base/$file" || edited+=("$file")
	done < <(find "$SRC" -type f -newer "$WORK/placed" -printf '%P\n')
	[ ${#edited[@]} -eq 0 ] ||
		die "the work tree $SRC has edits that are not in the repository: ${edited[*]}" \
			"'make refresh' takes them into the patches; 'rm -r $WORK' gives them up"
}

# place_line: puts the staged files into SRC and the base's own back where the
# line has let go of a file. Only what differs is written, with the time of now:
# make must see each change, and nothing but the changes.
place_line() {
	local stage=$1 base=$2 file
	while read -r file; do
		[ ! -e "$stage/$file" ] || continue
		if [ -e "$base/$file" ]; then
			mkdir -p "$(dirname "$SRC/$file")"
			cp "$base/$file" "$SRC/$file"
		else
			rm -f "${SRC:?}/$file"
		fi
	done <"$WORK/placed"
	rsync -rlpc "$stage/" "$SRC/"
	rm -rf "$WORK/stage"
	mv "$stage" "$WORK/stage"
	(cd "$WORK/stage" && find . -type f -printf '%P\n') >"$WORK/placed"
}

kmake() { make -C "$SRC" O="$OBJ" -j"$(nproc)" LOCALVERSION="$LOCALVERSION" "$@"; }

# step WHAT COMMAND...: with progress, and the errors shown when it fails.
step() {
	local what=$1 rc=0
	shift
	note "$what"
	watched "$LOG" objects_done "$@" || rc=$?
	[ "$rc" -ne 0 ] || return 0
	# make removes what it was making unless it was killed outright.
	[ "$rc" -ne 137 ] || rm -rf "$OBJ"
	{ grep -E "error: |ERROR|undefined reference|No rule to make|No such file|No space left" "$LOG" || tail -n 15 "$LOG"; } |
		head -n 15 | sed 's/^/    /' >&2
	die "$what failed" "the whole log is $LOG" "variant $VARIANT, base: $BASE_NAME"
}

objects_done() {
	awk -v total="$TOTAL" '$1 ~ /^(CC|AS)$/ && NF < 4 { n++ } NF > 1 && /^  [A-Z]/ { last = $NF }
		END { if (n) printf "%d%s objects, ", n, total; print last }' "$1"
}

# What the configuration follows from, to leave it alone while that is the same.
config_inputs() {
	{
		fragments | xargs -d '\n' cat
		find "$WORK/stage" -name 'Kconfig*' -exec cat {} + 2>/dev/null || true
	} | sha256sum
}

configure() {
	local config
	mapfile -t config < <(fragments)
	mkdir -p "$OBJ" &&
		kmake -s tinyconfig &&
		"$SRC/scripts/kconfig/merge_config.sh" -m -O "$OBJ" "$OBJ/.config" "${config[@]}" &&
		kmake -s olddefconfig &&
		config_inputs >"$OBJ/.config-inputs"
}

# An option that Kconfig drops, for a dependency that is missing, must not pass.
check_config() {
	local line name lost=() absent
	absent=" $(absent_options | paste -sd" ") "
	while read -r line; do
		[[ $absent != *" ${line%%=*} "* ]] || continue
		case $line in
		CONFIG_*=n | '# CONFIG_'*' is not set')
			name=${line#\# }
			name=${name%%[= ]*}
			! grep -q "^$name=" "$OBJ/.config" || lost+=("$name=n")
			;;
		CONFIG_*) grep -qxF "$line" "$OBJ/.config" || lost+=("$line") ;;
		esac
	done < <(fragments | xargs -d '\n' cat)
	[ ${#lost[@]} -eq 0 ] ||
		die "the configuration lost what was asked for: ${lost[*]}" \
			"a dependency is missing in kernel/config, or the option has another name in this kernel; see $OBJ/.config"
}

# build_devices: in the work tree, with the interface of the test device
build_devices() {
	mkdir -p "$WORK/devices" &&
		rsync -rpc --delete-excluded --include='*.[ch]' --include=Kbuild --exclude='*' \
		"$TOP/rig/devices/" "$DEVICE_HEADER" "$WORK/devices/" &&
		kmake M="$WORK/devices" modules
}

# LDFLAGS is the whole of it, since a variable of the command line hides +=.
make_selftests() {
	local tests
	mapfile -t tests < <(selftests)
	mkdir -p "$WORK/selftests/tools" "$OBJ" &&
		kmake headers &&
		make -C "$SRC/tools/testing/selftests/kvm" -j"$(nproc)" \
		OUTPUT="$WORK/selftests" abs_objdir="$WORK/selftests" LINUX_HDR_PATH="$OBJ/usr/include/" \
		LDFLAGS="-static -pthread -no-pie" TEST_GEN_PROGS_aarch64="${tests[*]}" "${tests[@]/#/$WORK/selftests/}"
}

build_selftests() {
	TOTAL=''
	step "building the KVM selftests" make_selftests
}

build_kernel() {
	TOTAL=''
	[ -e "$OBJ/vmlinux" ] || TOTAL=" of about $(line_value objects)"
	[ "$(config_inputs)" = "$(cat "$OBJ/.config-inputs" 2>/dev/null)" ] ||
		step "configuring $LINE-$VARIANT" configure
	check_config
	step "building $LINE-$VARIANT" kmake Image modules
	step "building the rig's devices for $LINE-$VARIANT" build_devices
}

collect_selftests() {
	local new=$1 file
	mkdir "$new/bin"
	while read -r file; do
		cp "$WORK/selftests/$file" "$new/bin/"
	done < <(selftests)
	echo "selftests-$HASH" >"$new/release"
}

collect_kernel() {
	local new=$1 file
	mkdir "$new/modules"
	cp "$OBJ/arch/arm64/boot/Image" "$OBJ/System.map" "$new/"
	cp "$OBJ/.config" "$new/config"
	cp "$OBJ/include/config/kernel.release" "$new/release"
	while read -r file; do
		cp "$file" "$new/modules/"
	done < <(find "$OBJ" "$WORK/devices" -name '*.ko' 2>/dev/null)
}

# collect: what was built under a temporary name, for one rename to make it real.
collect() {
	local new=$CACHE/kernels/.new
	rm -rf "$new"
	mkdir -p "$new"
	"collect_$PRODUCT" "$new"
	echo "$INPUTS" >"$new/inputs"
	(cd "$new" && list_files) >"$new/complete.new"
	mv "$new/complete.new" "$new/complete"
	rm -rf "$KERNEL"
	mv -T "$new" "$KERNEL"
}

evict() {
	find "$CACHE/kernels" -mindepth 2 -maxdepth 2 -name complete -printf '%T@ %h\n' |
		sort -rn | sed -n "$KEEP"',$s/^[^ ]* //p' | xargs -r rm -rf
}

case $#:${1:-} in
2:--compare)
	shift
	use_any_line
	;;
1:*) use_line ;;
*) usage "which variant?" ;;
esac
VARIANT=$1
[[ " $(variants) " == *" $VARIANT "* ]] || usage "there is no variant '$VARIANT'"
[ "$VARIANT" = stock ] || [ -e "$LINE_DIR/series" ] ||
	die "line $LINE is for comparison only: it has no patches" "its only variant is stock"
PRODUCT=kernel UNREAD=()
if is_selftests; then
	PRODUCT=selftests UNREAD=(--exclude=./{drivers,sound,net,fs,Documentation})
fi

need_packages "${NATIVE_PACKAGES[@]}" "${TARGET_PACKAGES[@]}" \
	bc bison flex rsync xz-utils patch
for tool in "${CROSS_COMPILE}gcc" "${CROSS_COMPILE}ld" gcc make bc bison flex rsync xz patch; do
	command -v "$tool" >/dev/null ||
		die "$tool is not in PATH, though its package is installed" "correct PATH, or reinstall the package"
done
[ -d "$CACHE/work" ] || need_space "$CACHE" 6 "building the first kernel"
find_base
! with_line || check_series
INPUTS=$(inputs)
HASH=$(sha256sum <<<"$INPUTS" | cut -c1-12)
KERNEL=$CACHE/kernels/$HASH
! found || publish

take_lock build
! found || publish	# by the one we waited for

WORK=$CACHE/work/$LINE-$VARIANT
[ -z "$BASE_SRC" ] || WORK=$WORK-tree
OBJ=$WORK/obj
LOG=$WORK/build.log
LOCALVERSION=-rig-$VARIANT-$HASH
need_space "$CACHE" "$([ -e "$OBJ/vmlinux" ] && echo 1 || echo 5)" "building a kernel"
mkdir -p "$CACHE/kernels" "$CACHE/work"
evict

prepare_source
if [ -e "$WORK/building" ]; then
	note "the last build was killed: starting again"
	rm -rf "$OBJ" "$WORK/devices" "$WORK/selftests"
fi
# Left behind only by a build that had no chance to stop in order.
touch "$WORK/building"
trap 'rm -f "$WORK/building"' EXIT

SECONDS=0
note "log: $LOG"
"build_$PRODUCT"
collect
note "built in $((SECONDS / 60)):$(printf %02d $((SECONDS % 60)))"
publish
