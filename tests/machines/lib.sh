# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the tests on emulated machines share: kernels, runs of the rig, and what is said of
# them. Runs go through the pool, a few at a time. Sourced, in place of tests/lib.sh.

# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=../../scripts/lib/pool.sh
. "$TOP/scripts/lib/pool.sh"
supervise "$@"
cd "$TOP"

# need_kernels VARIANT|selftests...: builds them, or finds them in the cache.
need_kernels() {
	local what
	for what; do
		case $what in
		selftests) scripts/selftests.sh >/dev/null || return ;;
		*) scripts/kernel.sh "$what" >/dev/null || return ;;
		esac
	done
}

kernel_of() { echo "build/kernels/$LINE-$1"; }

# results_are_of VARIANT MACHINE: where the results below come from
results_are_of() { diag "line: $LINE" "kernel: $(cat "$(kernel_of "$1")/release")" "machine: $2"; }

# run_rig OUT OPTION...: leaves in OUT the logs of the run and run.log, what it said.
run_rig() {
	local out=$1
	shift
	rm -rf "$out"
	mkdir -p "$out"
	rig/run.sh --out "$out" "$@" >"$out/run.log" 2>&1
}

# take_results NAME OUT: those of the run in OUT become results of this script. A run that
# gave up, or has fewer than it planned, fails.
take_results() {
	tap_from "$1" sed -nE "s/^((not )?ok) [0-9]+ /\1 $1: /p; /^(1\.\.[0-9]+$|Bail out!)/p" "$2/results.log"
}

# nothing_skipped OUT: a run that skips what it is to show passes, too
nothing_skipped() {
	! grep '# SKIP' "$1/results.log" || {
		echo "the run skips what it was to show; logs are in $1"
		return 1
	}
}

# ended_well OUT STATUS EXPECTED...: 0 is pass and 2 is fail. With any other status the
# machine was lost or stuck, or its kernel complained. Where only a pass is expected, nothing
# may be skipped.
ended_well() {
	[ "${*:3}" != 0 ] || [ "$2" != 0 ] || nothing_skipped "$1" || return
	[[ " ${*:3} " != *" $2 "* ]] || return 0
	cat "$1/run.log"
	sed -n '/^\(outcome\|reason\|source\): /p' "$1/verdict" || true
	echo "the status of the run is $2; logs are in $1"
	return 1
}
