#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The variables of make: a wrong value is refused, with what is wrong, why and what to do,
# before anything is built.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

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
	refused "the rig does not boot cohmem-debian-64k" make test VARIANT=cohmem-debian-64k
	refused "there is no variant 'selftests'" make shell VARIANT=selftests
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
	refused "is a tree of Linux 5.15, and line $LINE is put on Linux $LINUX" make kernel KERNEL_SRC="$WORK/tree"
	tree "$WORK/tree" "$LINUX"
	: >"$WORK/tree/.config"
	refused "has been built in" make kernel KERNEL_SRC="$WORK/tree"
	tree "$WORK/a tree" "$LINUX"
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

install_standin
test_that "unknown VARIANT= and LINE= are refused" wrong_variables
test_that "unknown MACHINE=, VARIANT=, TEST= and POLICY= are refused before a kernel is built" wrong_cells
test_that "wrong MINUTES=, SEED= and PEERS= are refused" wrong_numbers
test_that "ONLY= that names nothing and an unknown mode of check.sh are refused" wrong_names
test_that "KERNEL_SRC= that is not a fresh tree of the line is refused" wrong_kernel_src
test_that "make refresh refuses a wrong DIR= and make patches a git without an identity" wrong_dir
tap_end
