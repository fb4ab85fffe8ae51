#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# newer_vmm.sh: the scenes, and the job about a GPU's memory, with the QEMU of the suite's
# backports in the emulated host. It has to do what the usual one does (docs/what-works.md).

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

JOBS=(ram gpu migrate update works-gpu)

out_of() { echo "build/check/$1-newer-vmm"; }

run_job() { run_rig "$(out_of "$1")" --machine grace --kernel "$(kernel_of cohmem)" --job "$1" --vmm backports; }

# version_in LOG: of the VMM; the log of a run that was not to be has none
version_in() { sed -n 's/^# VMM: QEMU //p' "$1" 2>/dev/null || true; }

is_newer() {
	local usual
	usual=$("$TOP/scripts/tree.sh" vmm)/usr/bin/qemu-system-aarch64
	[ -n "$1" ] && ! grep -qaF "(Debian $1)" "$usual" && return
	echo "the version of the VMM was '$1'"
	return 1
}

judge_job() {
	local out version
	out=$(out_of "$1")
	version=$(version_in "$out/results.log")
	results_are_of cohmem grace
	diag "VMM: QEMU ${version:-unknown}"
	[ "$2" != 2 ] || diag <"$out/run.log"
	take_results "$1 with a newer VMM" "$out"
	test_that "$1: the VMM was newer" is_newer "$version"
	test_that "$1 with a newer VMM: the machine came to its end, and its kernel did not complain" ended_well "$out" "$2" 0 2
}

need_kernels stock cohmem
for job in "${JOBS[@]}"; do
	pool_add judge_job "$job" run_job "$job"
done
pool_finish
tap_end
