#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# help.sh [COMMAND]: what make can do; or what one command of it does, and which
# variables it has, with their choices as they are in the files.

# shellcheck source=scripts/lib/say.sh
. "$(dirname "$0")/lib/say.sh"
# shellcheck source=scripts/lib/paths.sh
. "$(dirname "$0")/lib/paths.sh"
# shellcheck source=scripts/lib/list.sh
. "$TOP/scripts/lib/list.sh"
# shellcheck source=scripts/lib/line.sh
. "$TOP/scripts/lib/line.sh"
# shellcheck source=scripts/lib/deb_kernel.sh
. "$TOP/scripts/lib/deb_kernel.sh"
# shellcheck source=../rig/names.sh
. "$TOP/rig/names.sh"

# commands: COMMAND|WHAT|VARIABLES of each
commands() {
	sed -nE 's/^([a-z-]+):[^#]*## *([^|]*[^| ])( *\| *(.*))?$/\1|\2|\4/p' "$TOP/Makefile"
}

# choices VARIABLE: what it can be, and what it is if it is not given
choices() {
	case $1 in
	LINE) echo "a kernel line: $(lines_there_are) ($(default_line))" ;;
	VARIANT) echo "a kernel of the line: $(variants_there_are) (cohmem)" ;;
	MACHINE) echo "an emulated machine: $(machines_there_are) (grace)" ;;
	POLICY) echo "kvm-arm.cacheable_pfnmap=: $(policies_there_are) (the kernel's own)" ;;
	TEST)
		echo "a job: $(jobs_there_are) (ram)"
		echo "or a selftest, with its arguments behind colons, as in cohmem_stress:-n:50:"
		selftests_there_are
		echo "or debian-system: cohmem is installed on a Debian and used; it takes no other variable"
		;;
	KERNEL_SRC) echo "a kernel tree of the line's series, in place of Debian's source" ;;
	PEERS) echo "1 adds a column for Debian's newest kernel, line mainline" ;;
	MINUTES) echo "for how long, as a number" ;;
	SEED) echo "the first seed of the random order, as a number (the time of day)" ;;
	ONLY) echo "a pattern (grep -E) for the names of those to run: of steps (tests/steps.list), or of mutants (tests/machines/mutants.list)" ;;
	DIR) echo "the worked-on tree (the work tree of variant cohmem in the cache)" ;;
	PATCH) echo "the patch that gets edits of files that none touches (the last one)" ;;
	CONFIG) echo "which kernels are packed: $(configurations_there_are) (debian); packaging/kernels.list says what they are" ;;
	PAGES) echo "the page sizes of the kernels that are packed: 4k, 64k, or both (both)" ;;
	SIGN_KEY) echo "a private key in PEM, which signs the kernels and their modules for Secure Boot; with SIGN_CERT= (nothing is signed)" ;;
	SIGN_CERT) echo "the certificate of SIGN_KEY=, in PEM" ;;
	COHMEM_CACHE) echo "the directory of the cache ($CACHE)" ;;
	UPDATE) echo "1 looks for newer packages of Debian's, where those in the cache would do" ;;
	APT_SUITE) echo "the suite of Debian's that QEMU and the emulated host are taken from (trixie)" ;;
	CHECK) echo "a pattern for the tests that tests/commands/*.sh run, by their names" ;;
	*) die "nothing is known of variable $1" "the Makefile gives it to a command; describe it in scripts/help.sh" ;;
	esac
}

# Those that no command has for itself.
SHARED=(COHMEM_CACHE UPDATE APT_SUITE CHECK)

# describe VARIABLE...
describe() {
	local variable
	for variable; do
		choices "$variable" | fold -s -w 64 | sed "s/ *$//; 1s/^/$(printf '  %-14s' "$variable=")/; 1!s/^/                /"
	done
}

use_any_line
case $#:${1:-help} in
0:* | 1:help)
	commands | while IFS='|' read -r command what _; do
		printf '  make %-12s %s\n' "$command" "$what"
	done
	echo
	echo "Variables that all commands read:"
	describe "${SHARED[@]}"
	;;
1:*)
	row=$(commands | grep "^$1|") || die "make has no command '$1'" "make help lists them"
	IFS='|' read -r command what variables <<<"$row"
	echo "make $command: $what"
	# shellcheck disable=SC2086 # words
	describe $variables
	;;
*) die "usage: help.sh [COMMAND]" ;;
esac
