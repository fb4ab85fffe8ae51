#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel.sh [--compare | --touched] VARIANT: builds one kernel of line LINE=, with the rig's
# modules for it, or finds them in the cache; links build/kernels/LINE-VARIANT to them and
# prints where that is. KERNEL_SRC=DIR builds from a tree other than Debian's. With --compare,
# LINE= may be a line that is for comparison only. With --touched, it compiles only the
# folders that the series touches, and prints where the objects are.
#
# A kernel is known by the hash of what goes in: the base, the patches, the new files,
# the options, their defaults, the compiler. Its modules are beside it in the cache, in rig/,
# and known by their own sources: an edit of rig/devices renames no kernel.

# shellcheck source=scripts/env.sh
. "$(dirname "$0")/env.sh"
# shellcheck source=scripts/lib/source.sh
. "$TOP/scripts/lib/source.sh"
# shellcheck source=scripts/lib/build.sh
. "$TOP/scripts/lib/build.sh"
# shellcheck source=scripts/lib/entry.sh
. "$TOP/scripts/lib/entry.sh"

RECIPE=2	# one more with each change here or in lib/ that makes other kernels
KEEP=20		# kernels in the cache
KEEP_RIGS=4	# sets of modules for each
DEBIAN_ROOM=20	# GiB for a build with Debian's configuration; a guess

usage() { die "$1" "usage: kernel.sh [--compare | --touched] VARIANT; variants: $(variants_there_are)"; }

# of_variant COLUMN: what the list of variants says of this one
of_variant() { list_rows "$VARIANTS_LIST" variant "$1" | sed -n "s/^$VARIANT|//p"; }

# fragments: the files of options that this variant has, in their order
fragments() {
	local name
	for name in $(of_variant options); do
		echo "$TOP/kernel/config/$name.config"
	done
}

# asked_options: what the fragments say of each option. The last one counts.
asked_options() {
	fragments | xargs -d '\n' grep -hE '^(CONFIG_|# CONFIG_[A-Z0-9_]+ is not set$)' |
		tac | awk '{ name = $0; sub(/^# /, "", name); sub(/[= ].*/, "", name) } !seen[name]++' | tac
}

# absent_options: what this line's kernel does not have
absent_options() { [ ! -e "$LINE_DIR/absent" ] || list_rows "$LINE_DIR/absent" option; }

# find_defaults: where the options come from that no fragment names. DEFAULTS_ID is the content
# of that where it is no part of the source.
find_defaults() {
	local version=''
	DEFAULTS=$(of_variant defaults) DEFAULTS_DEB='' DEFAULTS_ID=''
	case $DEFAULTS in
	tinyconfig) return ;;
	debian) ;;
	*) die "there are no defaults '$DEFAULTS', which kernel/config/variants.list has" "known: tinyconfig debian" ;;
	esac
	# With KERNEL_SRC nothing says of which of Debian's versions it has to be.
	[ -z "$BASE_DEB" ] || version=${BASE_ID#*_}
	DEFAULTS_DEB=$("$TOP/scripts/apt.sh" fetch "$(config_package):arm64" ${version:+"$version"}) ||
		die "there is no configuration of Debian's for $BASE_NAME (the reason is above)" \
			"UPDATE=1 takes the newest source, and with it the configuration that is offered"
	DEFAULTS_ID=$(debian_config | short_hash) ||
		die "cannot read the configuration of Debian's in $DEFAULTS_DEB (the reason is above)" \
			"if it is damaged, remove it and run this again"
}

# config_package: what has the configurations of Debian's kernels, beside the package of its source
config_package() { line_value package | sed 's/source/config/'; }

debian_config() {
	dpkg-deb --fsys-tarfile "$DEFAULTS_DEB" |
		tar -xO "./usr/src/$(config_package)/config.arm64_none_arm64.xz" | xz -dc
}

kind_of_source() { [ "$VARIANT" = stock ] && echo stock || echo patched; }

kernel_inputs() {
	echo "variant: $VARIANT"
	common_inputs
	echo "options: $(asked_options | short_hash)"
	[ -z "$DEFAULTS_ID" ] || echo "defaults: $DEFAULTS $DEFAULTS_ID"
	# Selftests and documents are no part of the kernel.
	[ "$VARIANT" = stock ] || line_inputs '^(tools|Documentation)/'
}

# module_sources: rig/devices, and what they include of what is mailed or shared
module_sources() {
	local header
	find "$TOP/rig/devices" -maxdepth 1 -type f \( -name '*.[ch]' -o -name Kbuild \)
	sed -n 's/^#include "\(.*\)"$/\1/p' "$TOP"/rig/devices/*.[ch] | sort -u | while read -r header; do
		find "$TOP/kernel/selftests/include" "$TOP/lib" -maxdepth 1 -name "$header"
	done
}

module_inputs() {
	echo "recipe: $RECIPE"
	echo "kernel: $HASH"
	module_sources | sort | xargs -d '\n' sha256sum | sed "s|$TOP/||"
}

publish() {
	use_entry "$KERNEL"
	use_entry "$RIG"
	mkdir -p "$BUILD/kernels"
	ln -sfn "$RIG" "$BUILD/kernels/$LINE-$VARIANT"
	note "$LINE-$VARIANT is $(cat "$RIG/release"), from $BASE_NAME"
	echo "$BUILD/kernels/$LINE-$VARIANT"
	exit 0
}

found() { [ -z "$TOUCHED" ] && is_whole "$KERNEL" && is_whole "$RIG"; }

# config_inputs: a hash of all that the configuration is made of. While it is the same, the
# configuration is kept.
config_inputs() {
	{
		asked_options
		[ -z "$DEFAULTS_ID" ] || echo "$DEFAULTS_ID"
		find "$WORK/stage" -name 'Kconfig*' -exec cat {} + 2>/dev/null || true
	} | sha256sum
}

put_defaults() {
	case $DEFAULTS in
	tinyconfig) kmake -s tinyconfig ;;
	debian) debian_config >"$OBJ/.config-debian" && cp "$OBJ/.config-debian" "$OBJ/.config" ;;
	esac
}

configure() {
	local config
	mapfile -t config < <(fragments)
	mkdir -p "$OBJ" &&
		put_defaults &&
		"$SRC/scripts/kconfig/merge_config.sh" -m -O "$OBJ" "$OBJ/.config" "${config[@]}" &&
		kmake -s olddefconfig &&
		config_inputs >"$OBJ/.config-inputs"
}

# Kconfig drops an option whose dependency is missing, and says nothing. That is an error here.
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
	done < <(asked_options)
	[ ${#lost[@]} -eq 0 ] ||
		die "the configuration lost what was asked for: ${lost[*]}" \
			"a dependency is missing in kernel/config, or the option has another name in this kernel; see $OBJ/.config"
}

# prepare_objects: nothing there counts as built any more, and all is configured
prepare_objects() {
	rm -f "$WORK/built"
	[ "$(config_inputs)" = "$(cat "$OBJ/.config-inputs" 2>/dev/null)" ] ||
		step "configuring $NAME" configure
	check_config
}

build_touched() {
	prepare_objects
	step "compiling what the series touches, for $NAME" compile_folders "${TOUCHED_FOLDERS[@]}"
	echo "$OBJ"
	exit 0
}

build_kernel() {
	[ -e "$OBJ/vmlinux" ] || [ "$DEFAULTS" != tinyconfig ] || TOTAL=" of about $(line_value objects)"
	prepare_objects
	step "building $NAME" kmake Image modules
	echo "$HASH" >"$WORK/built"
}

# install_modules DIR: its modules by their places, and the lists of those that are built in
install_modules() {
	kmake -s modules_install INSTALL_MOD_PATH="$1" DEPMOD=true &&
		rm -f "$1"/lib/modules/*/{build,source}
}

collect_kernel() {
	local new=$CACHE/kernels/.new
	rm -rf "$new"
	mkdir -p "$new"
	cp "$OBJ/arch/arm64/boot/Image" "$OBJ/System.map" "$new/"
	cp "$OBJ/.config" "$new/config"
	cp "$OBJ/include/config/kernel.release" "$new/release"
	# Packages may be signed when the work tree is another kernel's by now.
	[ ! -e "$OBJ/scripts/sign-file" ] || cp "$OBJ/scripts/sign-file" "$new/"
	step "installing the modules of $NAME" install_modules "$new/tree"
	put_entry "$new" "$KERNEL" "$INPUTS"
	evict_entries "$CACHE/kernels" $KEEP
}

# make_modules: in the work tree, where the kernel was built
make_modules() {
	rm -rf "$WORK/devices" &&
		mkdir "$WORK/devices" &&
		module_sources | xargs -d '\n' cp -t "$WORK/devices" &&
		kmake M="$WORK/devices" modules
}

# collect_rig: the kernel's files, which take no room there, and all modules
collect_rig() {
	local new=$KERNEL/rig/.new
	rm -rf "$new"
	mkdir -p "$new/modules"
	cp -rl "$KERNEL"/{Image,System.map,config,release,tree} "$new/"
	[ ! -e "$KERNEL/sign-file" ] || cp -l "$KERNEL/sign-file" "$new/"
	find "$KERNEL/tree" "$WORK/devices" -name '*.ko' -exec cp -t "$new/modules" {} +
	put_entry "$new" "$RIG" "$INPUTS
$MODULE_INPUTS"
	evict_entries "$KERNEL/rig" $KEEP_RIGS
}

# local_version: what the release has behind the number. A kernel for servers is called as
# its packages are (packaging/kernels.list): whoever sees `uname -r` on a host knows whose it is,
# and that it is not one of the rig's, which boots no server.
local_version() {
	case $VARIANT in
	cohmem-debian*) echo "-cohmem-arm64${VARIANT#cohmem-debian}-$HASH" ;;
	*) echo "-rig-$VARIANT-$HASH" ;;
	esac
}

TOUCHED=''
case $#:${1:-} in
2:--compare)
	shift
	use_any_line
	;;
2:--touched)
	shift
	use_line
	TOUCHED=yes
	;;
1:*) use_line ;;
*) usage "which variant?" ;;
esac
VARIANT=$1
[[ $VARIANT =~ ^[a-z0-9-]+$ && " $(variants_there_are) " == *" $VARIANT "* ]] || usage "there is no variant '$VARIANT'"
[ -z "$TOUCHED" ] || [ "$VARIANT" != stock ] || usage "the series touches nothing of the stock kernel"

need_build_tools
find_base
find_defaults
[ "$VARIANT" = stock ] || check_series
INPUTS=$(kernel_inputs)
HASH=$(short_hash <<<"$INPUTS")
KERNEL=$CACHE/kernels/$HASH
MODULE_INPUTS=$(module_inputs)
RIG=$KERNEL/rig/$(short_hash <<<"$MODULE_INPUTS")
! found || publish

take_lock build
! found || publish	# by the one we waited for

use_work_tree "$VARIANT"
MAKE_ARGS=("LOCALVERSION=$(local_version)")
if [ "$DEFAULTS" = debian ]; then
	# What signs modules is linked with libcrypto.
	need_packages libssl-dev
	WHOLE=yes ROOM=$DEBIAN_ROOM
fi
mkdir -p "$CACHE/kernels"
begin_build "$(kind_of_source)"
[ -z "$TOUCHED" ] || build_touched
# The modules need the kernel's work tree, which may be another's by now.
if ! is_whole "$KERNEL" || [ "$(cat "$WORK/built" 2>/dev/null)" != "$HASH" ]; then
	build_kernel
fi
is_whole "$KERNEL" || collect_kernel
step "building the rig's modules for $NAME" make_modules
collect_rig
note "built in $((SECONDS / 60)):$(printf %02d $((SECONDS % 60)))"
publish
