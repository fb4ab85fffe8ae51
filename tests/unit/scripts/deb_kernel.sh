#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The source package of the kernels (scripts/lib/deb_kernel.sh): which kernels are put there.

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"
# shellcheck source=../../../scripts/lib/deb_kernel.sh
. "$TOP/scripts/lib/deb_kernel.sh"

need_work

# A kernel.sh that builds nothing, and reads its input, as a program that a build calls may.
mkdir -p "$WORK/top/scripts"
cat >"$WORK/top/scripts/kernel.sh" <<'END'
#!/bin/sh
cat >/dev/null
kernel=$(dirname "$0")/../$1
mkdir -p "$kernel/tree/lib"
for file in Image System.map config; do : >"$kernel/$file"; done
echo "6.12.1-$1" >"$kernel/release"
echo "base: Debian's linux-source-6.12_6.12.1-1" >"$kernel/inputs"
echo "$kernel"
END
chmod +x "$WORK/top/scripts/kernel.sh"
cat >"$WORK/kernels.list" <<'END'
config | pages | variant    | name
a      | 4k    | small      | small
b      | 4k    | other      | other
a      | 64k   | large      | large
END

# puts WANTED CONFIG "PAGES...": these are the kernels that are in the package then
puts() {
	local there
	TOP=$WORK/top KERNELS_LIST=$WORK/kernels.list
	rm -rf "$WORK/package"
	put_kernels "$WORK/package" "${@:2}"
	[ "$BASE" = 6.12.1-1 ]
	there=$(find "$WORK/package" -name 'vmlinuz-*' -printf '%f\n' | sed 's/.*-//' | sort | paste -sd' ')
	[ "$there" = "$1" ] || { echo "there are: $there" && return 1; }
}

test_that "each kernel of a configuration is put there, whatever a build reads" puts "large small" a "4k 64k"
test_that "a kernel with pages that nobody asks for is not put there" puts small a 4k
test_that "a kernel of another configuration is not put there" puts other b "4k 64k"
tap_end
