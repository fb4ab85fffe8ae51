#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The kernels for servers, which have Debian's configuration. A whole build takes hours, so
# this looks at less: with both page sizes they are configured, and lose no option; the folders
# compile that the series touches; and a build that is interrupted goes on where it was.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=../../scripts/lib/build.sh
. "$TOP/scripts/lib/build.sh"
# shellcheck source=../../scripts/lib/sign.sh
. "$TOP/scripts/lib/sign.sh"

# tree VARIANT: where kernel.sh builds it
tree() { echo "$CACHE/work/$LINE-$1${KERNEL_SRC:+-tree}"; }

OBJ=$(tree cohmem-debian)/obj LOG=$(tree cohmem-debian)/build.log
SOME=20	# objects, after which a build is interrupted

# logged LOG: the objects that a build has begun to compile
logged() { awk '$1 ~ /^(CC|AS)$/ { print $NF }' "$1" | sort; }

# on_disk: those of the objects on standard input that are there
on_disk() {
	local object
	while read -r object; do
		[ ! -e "$OBJ/$object" ] || echo "$object"
	done
}

has_logged() { [ "$(logged "$LOG" 2>/dev/null | wc -l)" -ge $SOME ]; }

# build_until HOW: lets it compile some objects, and interrupts it: by Ctrl-C, or by a signal
# to the script alone. Those that it has compiled go to $WORK/done.
build_until() {
	local pid
	rm -f "$LOG"
	setsid env --default-signal=INT scripts/kernel.sh --touched cohmem-debian >/dev/null 2>"$WORK/said" </dev/null &
	pid=$!
	until has_logged; do
		kill -0 $pid || { cat "$WORK/said" && return 1; }
		sleep 0.2
	done
	case $1 in
	keys) kill -INT -- -$pid ;;
	script) kill -TERM $pid ;;
	esac
	if wait $pid; then return 1; fi
	logged "$LOG" | on_disk >>"$WORK/done"
}

# none_again: what was compiled before an interruption is not compiled after it
none_again() {
	local twice
	twice=$(comm -12 <(sort "$WORK/done") <(logged "$LOG"))
	[ -z "$twice" ] || { echo "compiled twice: $twice" && return 1; }
}

goes_on() {
	(cd "$OBJ" 2>/dev/null && find "${TOUCHED_FOLDERS[@]}" -name '*.o' -delete) || true
	: >"$WORK/done"
	build_until keys
	build_until script
	[ "$(sort -u "$WORK/done" | wc -l)" = "$(wc -l <"$WORK/done")" ] || { echo "compiled twice: $(sort "$WORK/done" | uniq -d)" && return 1; }
	scripts/kernel.sh --touched cohmem-debian 2>"$WORK/said" >/dev/null || { cat "$WORK/said" && return 1; }
	none_again
	if grep "starting again" "$WORK/said"; then return 1; fi
	echo "$(wc -l <"$WORK/done") objects before, $(logged "$LOG" | wc -l) after"
}

# compiles VARIANT: kernel.sh says what is wrong, and shows how far it is
compiles() {
	local name="configures, loses no option, and compiles what the series touches: $1"
	is_chosen "$name" || return 0
	if scripts/kernel.sh --touched "$1" >/dev/null; then
		tap ok "$name"
	else
		tap "not ok" "$name"
	fi
}

# set_in FILE: the options that are on, as NAME
set_in() { sed -nE 's/^CONFIG_([A-Z0-9_]+)=[ym]$/\1/p' "$1" | sort; }

# keeps_debians VARIANT PATTERN: what is on in Debian's kernel is on in this one, but for what is
# named like PATTERN
keeps_debians() {
	local lost obj
	obj=$(tree "$1")/obj
	lost=$(comm -23 <(set_in "$obj/.config-debian") <(set_in "$obj/.config") | grep -vxE "$2") || true
	[ -z "$lost" ] || { echo "on in Debian's kernel, and off in $1:" "$lost" && return 1; }
}

# make_pair NAME: a key, and its certificate
make_pair() {
	openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$WORK/$1.key" -out "$WORK/$1.pem" 2>/dev/null
}

# is_signed MODULE CERT: behind $WORK/body there is a signature of that certificate's key, and
# nothing else
is_signed() {
	local size
	size=$(stat -c %s "$WORK/body")
	head -c "$size" "$1" | cmp - "$WORK/body"
	tail -c +$((size + 1)) "$1" | head -c -40 >"$WORK/signature"
	openssl cms -verify -noverify -binary -inform DER -in "$WORK/signature" -content "$WORK/body" -certfile "$2" -out /dev/null
}

signs_modules() {
	local module=$WORK/a.ko
	make_pair one
	make_pair other
	cp "$OBJ/mm/memory.o" "$WORK/body"
	cp "$WORK/body" "$module"
	SIGN_KEY=$WORK/one.key SIGN_CERT=$WORK/one.pem sign_some "$OBJ/scripts/sign-file" sha256 "$module"
	is_signed "$module" "$WORK/one.pem"
	if is_signed "$module" "$WORK/other.pem"; then return 1; fi
	SIGN_KEY=$WORK/other.key SIGN_CERT=$WORK/other.pem sign_some "$OBJ/scripts/sign-file" sha256 "$module"
	is_signed "$module" "$WORK/other.pem"
}

need_packages openssl
test_that "an interrupted build goes on where it was" goes_on
compiles cohmem-debian
compiles cohmem-debian-64k
# Debug information, and what needs it. The vDSO of 32-bit programs needs a compiler for them.
off='DEBUG_INFO.*|MODULE_ALLOW_BTF_MISMATCH|PAHOLE_HAS_.*|PROBE_EVENTS_BTF_ARGS|(|GENERIC_|THUMB2_)COMPAT_VDSO'
test_that "cohmem-debian has what Debian's kernel has, but for debug information and one vDSO" keeps_debians cohmem-debian "$off"
# What Linux offers with smaller pages only, and what needs that.
small='ARM64_4K_PAGES|(HAVE_)?PAGE_SIZE_4KB|PAGE_SIZE_LESS_THAN_64KB|ARM64_LPA2|ARCH_WANTS_THP_SWAP|THP_SWAP|ARCH_WANT_HUGE_PMD_SHARE|HUGETLB_PMD_PAGE_TABLE_SHARING'
small+='|DRM_XE.*|VMAP_PFN|SND_HDA_I915|VMXNET3|MESON_SM|MESON_SECURE_PM_DOMAINS|NVMEM_MESON_EFUSE'
test_that "cohmem-debian-64k has the same, but for what needs smaller pages" keeps_debians cohmem-debian-64k "$off|$small"
test_that "the build's own sign-file signs a module, and signs it anew" signs_modules
tap_end
