#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# works.sh check|full: runs the jobs behind docs/what-works.md and docs/guestram.md, and
# compares: their tables name each of their results. With full: the jobs that take long, and those that this
# kernel has not run yet; then each name in the tables is a result, too.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

TABLES=(docs/what-works.md docs/guestram.md)
QUICK=(works-vm works-gpu works-dma works-zap works-reset works-dax guestram)
LONG=(works-migrate works-mte works-guestram works-hotplug guestram-reset)

# machine_of JOB: the one that has what the job is about
machine_of() {
	case $1 in
	works-mte) echo mte ;;
	guestram | works-guestram | works-hotplug) echo guestram ;;
	guestram-reset) echo guestram-reset ;;
	*) echo grace ;;
	esac
}

run_job() { run_rig "build/check/$1" --machine "$(machine_of "$1")" --kernel "$(kernel_of cohmem)" --job "$1"; }

# results JOB: "ok NAME # what was found", without the numbers
results() { sed -nE 's/^((not )?ok) [0-9]+ /\1 /p' "build/check/$1/results.log"; }

judge_job() {
	local out=build/check/$1
	results_are_of cohmem "$(machine_of "$1")"
	[ "$2" != 2 ] || diag <"$out/run.log"
	take_results "$1" "$out"
	test_that "$1: the machine came to its end, and its kernel did not complain" ended_well "$out" "$2" 0 2
}

# names_in_results: of all jobs
names_in_results() {
	local job
	for job in "${JOBS[@]}"; do
		results "$job"
	done | sed -E 's/^(not )?ok ([^ ]*).*/\2/' | sort -u
}

# The last column of their tables has the names, in back quotes, and those of selftests, if it
# is called so.
# shellcheck disable=SC2016 # a back quote is a back quote
names_in_tables() {
	awk -F '|' '
		!/^\|/ { head = "" }
		/^\|/ {
			cell = $(NF - 1)
			if (head == "")
				head = cell
			else if (head ~ /^ (results|provoked by) $/)
				print cell
		}' "${TABLES[@]}" | grep -oE '`[a-z0-9_]+`' | tr -d '`' | grep -v '^cohmem_' | sort -u
}

# no_more HERE THERE: all names of the first are among those of the second.
no_more() {
	local more
	more=$(comm -23 <("$1") <("$2") | paste -sd' ')
	[ -z "$more" ] && return
	echo "but not: $more"
	return 1
}

# has_run JOB: has this kernel run it, with the rig's programs as they are now?
has_run() {
	local results=build/check/$1/results.log release
	release=$(cat "$(kernel_of cohmem)/release")
	[ "$results" -nt "$(rig/programs.sh)/host.cpio.gz" ] && grep -q "^# kernel: $release," "$results"
}

JOBS=("${QUICK[@]}")
run=("${QUICK[@]}")
case ${1:-} in
check) ;;
full)
	JOBS+=("${LONG[@]}")
	run=("${LONG[@]}")
	;;
*) die "which of the jobs?" "usage: tests/machines/works.sh check|full" ;;
esac
need_kernels stock cohmem
if [ "$1" = full ]; then
	# The guests of works-hotplug
	need_kernels cohmem-efi
	for job in "${QUICK[@]}"; do
		has_run "$job" || run+=("$job")
	done
fi
for job in "${run[@]}"; do
	pool_add judge_job "$job" run_job "$job"
done
pool_finish
test_that "each result is named in ${TABLES[*]}" no_more names_in_results names_in_tables
[ "$1" != full ] || test_that "each name in ${TABLES[*]} is a result" no_more names_in_tables names_in_results
tap_end
