# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Copies of the repository whose kernels differ from its own. Sourced, after lib.sh; TREES
# is the folder for them. One is tested while the next is built.

TREE=''		# the last copy
MADE=0		# so far; that of a test that runs stays as it is
OWN_KERNEL=''	# the last kernel of such a copy, in the cache

# fresh_tree: TREE is the repository as it is, to be changed.
fresh_tree() {
	MADE=$((MADE + 1))
	TREE=$TREES/tree-$((MADE % 3))
	rm -rf "$TREE"
	mkdir -p "$TREE"
	git ls-files -z | xargs -0 cp -P --parents -t "$TREE"
}

# build_tree VARIANT: asks for all that the test needs, since the cache keeps what was
# asked for last.
build_tree() {
	need_kernels selftests stock && "$TREE/scripts/kernel.sh" "$1" >/dev/null
}

# run_in_tree TREE MACHINE VARIANT TEST OUT [POLICY]: the selftest, or job:NAME, with the
# kernel of that tree. The rig is the repository's: what is the same need not be compiled
# again. Takes the place of this shell, which is one of the pool's, so that who stops it
# stops the machine.
run_in_tree() {
	local job=(--job selftests --tests "$4" --selftests "$BUILD/selftests/$LINE")
	[[ $4 != job:* ]] || job=(--job "${4#job:}")
	[ -z "${6:-}" ] || job+=(--args "kvm-arm.cacheable_pfnmap=$6")
	rm -rf "$5"
	mkdir -p "$5"
	exec env -u COHMEM_SUPERVISED rig/run.sh --machine "$2" --kernel "$1/$(kernel_of "$3")" \
		"${job[@]}" --timeout 600 --out "$5" >"$5/run.log" 2>&1
}

# keep_only KERNEL: the one that this link leads to, of those made here. In the cache they
# would take the place of the repository's own. Two trees can have the same kernel.
keep_only() {
	local kernel
	kernel=$(readlink -e "$1") || kernel=''
	kernel=${kernel%/rig/*}
	[ -z "$OWN_KERNEL" ] || [ "$OWN_KERNEL" = "$kernel" ] || rm -rf "$OWN_KERNEL"
	OWN_KERNEL=$kernel
}
