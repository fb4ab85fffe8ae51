#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lines.sh: each command obeys LINE=, or refuses it. Two lines are made in a copy of the
# clone, and thrown away: `copied` is the default line under another name; `made` has the
# new files but no patches, so that it can be built of the stand-in for a kernel. And what
# gives a kernel its name.

# shellcheck disable=SC2016 # what is in single quotes is for another shell

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

# make_lines: in the copy of the clone
make_lines() {
	local lines=$CLONE/kernel/lines
	cp -a "$lines/$LINE" "$lines/copied"
	mkdir -p "$lines/made/files"
	grep -v '^put *| *\./' "$lines/$LINE/line" >"$lines/made/line"
	echo 'patch | with' >"$lines/made/series"
	# What is in the clone, but not in git, is looked for after each check.
	LEFT_ALONE='kernel/lines/(copied|made)/.*'
}

# commands: those of make that have a LINE=, with what else they need
commands() {
	sed -nE 's/^([a-z-]+):.* ## .*\| .*\bLINE\b.*/\1/p' "$CLONE/Makefile"
}

nothing_built() {
	[ ! -e "$CLONE/build/kernels" ] && [ ! -e "$CLONE/build/selftests" ] && return
	echo "something was built: $(ls "$CLONE/build/kernels" "$CLONE/build/selftests")"
	return 1
}

# each_refuses LINE TEXT
each_refuses() {
	local command
	rm -rf "$CLONE/build"
	[ "$(commands | wc -l)" -ge 12 ]
	for command in $(commands); do
		refused "$2" make "$command" MINUTES=1 LINE="$1"
	done
	nothing_built
}

each_command_refuses() {
	each_refuses nope "there is no kernel line 'nope'"
	says "lines: "
}

comparison_only() {
	each_refuses mainline "line mainline is for comparison only: it has no patches"
	says "make bench PEERS=1"
}

# of_line LINE NAME...: build/kernels has these kernels of it, and none of another
of_line() {
	local name
	for name in "${@:2}"; do
		[ "$(sed -n 's/^line: //p' "$CLONE/build/kernels/$1-$name/inputs")" = "$1" ] ||
			{ echo "there is no $1-$name" && return 1; }
	done
	name=$(find "$CLONE/build/kernels" "$CLONE/build/selftests" -mindepth 1 ! -name "$1*" 2>/dev/null) || true
	[ -z "$name" ] || { echo "of another line: $name" && return 1; }
}

kernels() {
	local variant
	install_standin
	rm -rf "$CLONE/build"
	for variant in stock cohmem cohmem-64k; do
		run make kernel LINE=made VARIANT="$variant"
		exits 0
		says "$CLONE/build/kernels/made-$variant"
	done
	of_line made stock cohmem cohmem-64k
	[ -e "$SCRATCH/work/made-cohmem/src/arch/arm64/kvm/cohmem_rule.c" ]
	run make selftests LINE=made
	exits 0
	[ -e "$CLONE/build/selftests/made/cohmem_stress" ]
	of_line made stock
}

default_line_is_meant() {
	install_standin
	rm -rf "$CLONE/build"
	run env -u LINE make kernel VARIANT=stock
	exits 0
	run make kernel VARIANT=stock LINE=
	exits 0
	of_line "$LINE" stock
	mkdir -p "$WORK/kept"
	mv "$CLONE/kernel/lines/default" "$WORK/kept/"
	echo made >"$CLONE/kernel/lines/default"
	rm -rf "$CLONE/build"
	run env -u LINE make kernel VARIANT=stock
	mv "$WORK/kept/default" "$CLONE/kernel/lines/"
	exits 0
	of_line made stock
}

# They end where the rig finds out that a stand-in is no kernel for an emulated host; by
# then they have asked for all kernels of theirs.
not_for_the_rig() {
	exits 1 2
	says_error "not a kernel built by cohmem"
	of_line made "$@"
}

commands_take_its_kernels() {
	install_standin
	rm -rf "$CLONE/build"
	run make demo LINE=made
	not_for_the_rig stock cohmem
	rm -rf "$CLONE/build"
	run make bench LINE=made
	not_for_the_rig stock cohmem
	rm -rf "$CLONE/build"
	run make test LINE=made VARIANT=cohmem-64k
	not_for_the_rig stock cohmem-64k
	[ -e "$CLONE/build/selftests/made/cohmem_stress" ]
	rm -rf "$CLONE/build"
	run make soak LINE=made MINUTES=1
	not_for_the_rig stock cohmem-debug
	[ -e "$CLONE/build/selftests/made/cohmem_stress" ]
}

# refused_with ROW FILE TEXT: a row more in that file of the line. Not built with what the
# other rows say.
refused_with() {
	local file=$CLONE/kernel/lines/made/$2
	install_standin
	rm -rf "$CLONE/build"
	cp "$file" "$WORK/whole"
	echo "$1" >>"$file"
	run make kernel LINE=made VARIANT=cohmem
	cp "$WORK/whole" "$file"
	exits 2
	says_error "$3"
	nothing_built
}

steps_know_their_line() {
	cp "$CLONE/tests/steps.list" "$WORK/steps.list"
	steps 'one | quick | 10 | printf "1..1\nok 1 $LINE\n"'
	run make check-quick LINE=made
	mv "$WORK/steps.list" "$CLONE/tests/steps.list"
	exits 0
	says "ok 1 made"
}

# standin_tree DIR: the stand-in as a tree, for KERNEL_SRC
standin_tree() {
	install_standin
	mkdir -p "$1"
	dpkg-deb --fsys-tarfile "$SCRATCH/debs/${PACKAGE}_1.deb" | tar -xO "./usr/src/$PACKAGE.tar.xz" |
		tar -xJ -C "$1" --strip-components=1
}

own_tree() {
	standin_tree "$WORK/tree"
	run make kernel LINE=made VARIANT=cohmem KERNEL_SRC="$WORK/tree"
	exits 0
	says "from the tree $WORK/tree"
	sed -i 's/^linux .*/linux | 7.9 |/' "$CLONE/kernel/lines/made/line"
	run make kernel LINE=made KERNEL_SRC="$WORK/tree"
	sed -i "s/^linux .*/linux | $LINUX |/" "$CLONE/kernel/lines/made/line"
	exits 2
	says_error "is a tree of Linux $LINUX, and line made is put on Linux 7.9"
}

# The real base, so that its patches have something to apply to.
copied_line_is_mailed() {
	run env COHMEM_CACHE="$CACHE" GIT_COMMITTER_NAME='Test Identity' GIT_COMMITTER_EMAIL=test@example.org \
		GIT_CONFIG_GLOBAL=/dev/null make patches LINE=copied
	exits 0
	[ "$(find "$CLONE/build/series" -name '*.patch' ! -name '0000-*' | wc -l)" -ge 10 ]
}

# --- what gives a kernel its name ---------------------------------------------------

# kernel_entry: in the cache; its name is a part of the kernel's
kernel_entry() { readlink "$CLONE/build/kernels/made-cohmem" | sed 's|/rig/.*||'; }

# renames WHETHER SED FILE: does that edit of the file give another kernel?
renames() {
	local before after
	before=$(kernel_entry)
	cp "$CLONE/$3" "$WORK/kept.file"
	sed -i "$2" "$CLONE/$3"
	run make kernel LINE=made VARIANT=cohmem
	after=$(kernel_entry)
	STATUS_THEN=$STATUS
	! cmp -s "$CLONE/$3" "$WORK/kept.file" || { echo "no edit of $3: $2" && return 1; }
	cp "$WORK/kept.file" "$CLONE/$3"
	[ "$STATUS_THEN" = 0 ]
	[ "$([ "$before" = "$after" ] && echo no || echo yes)" = "$1" ] && return
	echo "$3, edited by $2: $before, then $after"
	return 1
}

what_names_a_kernel() {
	install_standin
	run make kernel LINE=made VARIANT=cohmem
	exits 0
	renames yes '1i /* an edit */' kernel/core/cohmem_rule.c
	run make kernel LINE=made VARIANT=cohmem
	renames yes 's/^CONFIG_TTY=y/# CONFIG_TTY is not set/' kernel/config/common.config
	run make kernel LINE=made VARIANT=cohmem
	renames no '1i # an edit' kernel/config/common.config
	renames no '2i # an edit' scripts/kernel.sh
	renames no 's/^objects.*/objects | 5 |/' kernel/lines/made/line
	renames no '1i /* an edit */' kernel/selftests/cohmem_stress.c
	renames no '1i /* an edit */' rig/devices/gpu.c
}

kernel_of_debian() {
	local dir=$CLONE/build/kernels/made-cohmem-debian first hash
	install_standin
	install_debian_config $'CONFIG_ONE_OF_DEBIANS=y\n# CONFIG_GUESTRAMFS is not set'
	run make kernel LINE=made VARIANT=cohmem-debian
	exits 0
	grep -x CONFIG_ONE_OF_DEBIANS=y "$dir/config"
	grep -x CONFIG_GUESTRAMFS=y "$dir/config"
	if grep GUESTRAMFS "$dir/config" | grep "not set"; then return 1; fi
	first=$(readlink "$dir" | sed 's|/rig/.*||') hash=${first##*/}
	[ "$(cat "$dir/release")" = "6.12.0-cohmem-arm64-$hash" ]
	[ -e "$SCRATCH/work/made-cohmem-debian/src/drivers/gpu/drm/amd/include/spared.h" ]
	install_debian_config CONFIG_ANOTHER_OF_DEBIANS=y
	run make kernel LINE=made VARIANT=cohmem-debian
	exits 0
	grep -x CONFIG_ANOTHER_OF_DEBIANS=y "$dir/config"
	[ "$(readlink "$dir" | sed 's|/rig/.*||')" != "$first" ]
	run make kernel LINE=made VARIANT=cohmem-debian-64k
	exits 0
	grep -E '^6.12.0-cohmem-arm64-64k-[0-9a-f]{12}$' "$CLONE/build/kernels/made-cohmem-debian-64k/release"
	grep -x CONFIG_ARM64_64K_PAGES=y "$CLONE/build/kernels/made-cohmem-debian-64k/config"
}

# It is nothing to others.
other_kernels_do_not_know_it() {
	install_standin
	run make kernel LINE=made VARIANT=cohmem
	exits 0
	if grep defaults "$CLONE/build/kernels/made-cohmem/inputs"; then return 1; fi
	[ ! -e "$SCRATCH/work/made-cohmem/src/drivers/gpu/drm/amd/include/spared.h" ]
	grep -E '^6.12.0-rig-cohmem-[0-9a-f]{12}$' "$CLONE/build/kernels/made-cohmem/release"
}

damaged_configuration() {
	install_standin
	echo damaged >"$SCRATCH/debs/${PACKAGE/source/config}:arm64_1.deb"
	refused "cannot read the configuration of Debian's in" make kernel LINE=made VARIANT=cohmem-debian
}

# Its modules are made again, in the kernel's work tree or, if that is another's by now,
# after the kernel; and the old ones are there for whoever goes back.
modules_have_a_name_of_their_own() {
	local first second kernel link=$CLONE/build/kernels/made-cohmem
	install_standin
	run make kernel LINE=made VARIANT=cohmem
	exits 0
	first=$(readlink "$link") kernel=$(kernel_entry)
	echo '/* an edit */' >>"$CLONE/rig/devices/gpu.c"
	run make kernel LINE=made VARIANT=cohmem
	exits 0
	says "building the rig's modules"
	if says "building made-cohmem"; then return 1; fi
	second=$(readlink "$link")
	[ "$first" != "$second" ] && [ "$(kernel_entry)" = "$kernel" ]
	echo '/* another */' >>"$CLONE/kernel/core/cohmem_rule.c"
	run make kernel LINE=made VARIANT=cohmem
	exits 0
	cp "$TOP/kernel/core/cohmem_rule.c" "$CLONE/kernel/core/"
	echo '/* and another */' >>"$CLONE/rig/devices/gpu.c"
	run make kernel LINE=made VARIANT=cohmem
	exits 0
	says "building made-cohmem"
	[ "$(readlink "$link")" != "$second" ] && [ "$(kernel_entry)" = "$kernel" ]
	cp "$TOP/rig/devices/gpu.c" "$CLONE/rig/devices/"
	run make kernel LINE=made VARIANT=cohmem
	exits 0
	if says building; then return 1; fi
	[ "$(readlink "$link")" = "$first" ]
}

make_lines
test_that "an unknown LINE= is refused by each command before anything is built" each_command_refuses
test_that "a line for comparison only is refused by each command before anything is built" comparison_only
test_that "kernels and selftests are built of their line" kernels
test_that "without LINE= the line is the one that kernel/lines/default names" default_line_is_meant
test_that "demo, bench, test and soak take the kernels of their line" commands_take_its_kernels
test_that "a series that cannot be read is refused" refused_with 'a row of one cell' series \
	"kernel/lines/made/series cannot be read as a list"
test_that "a line that puts a folder which is not there is refused" refused_with 'put | nope | arch/arm64/kvm' line \
	"kernel/lines/made/line puts nope, which is not there"
test_that "each step of make check knows the line" steps_know_their_line
test_that "KERNEL_SRC= of another Linux than the line's is refused" own_tree
test_that "the patches of a copied line apply, and are mailed" copied_line_is_mailed
test_that "a kernel is named by what goes into it, and by nothing else" what_names_a_kernel
test_that "a kernel for servers has Debian's configuration, what is asked for beside that, and a name" kernel_of_debian
test_that "other kernels know nothing of Debian's configuration" other_kernels_do_not_know_it
test_that "a damaged package with Debian's configuration is refused" damaged_configuration
test_that "an edit of the rig's modules builds them, and no kernel" modules_have_a_name_of_their_own
tap_end
