#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# All tests of the extent rule, as one TAP stream: extent_test for each geometry,
# and then the test of the test, which changes the rule in one place at a time.
#
# usage: check.sh OUT EXTENT_DIR GEOMETRY...	(CC, CFLAGS, SANITIZE, SOURCES, SEED and CASES
# from the Makefile)

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"
# shellcheck source=../mutants.sh
. "$(dirname "$0")/../mutants.sh"
# shellcheck source=../../../scripts/lib/pool.sh
. "$TOP/scripts/lib/pool.sh"
supervise "$@"

OUT=$1
rule=$2/cohmem_extent.c
shift 2

run_geometry() { run_limited "$OUT/extent_test-$1" "$SEED" "$CASES" >"$OUT/log-$1"; }

# geometry_ended GEOMETRY STATUS: and it must have come to the random cases, its last ones.
geometry_ended() { tap_from "extent_test for $1" print_geometry "$1" "$2"; }
print_geometry() { cat "$OUT/log-$1" && grep -q 'random blocks' "$OUT/log-$1" && return "$2"; }

diag "SEED=$SEED CASES=$CASES"
for geometry; do
	pool_add geometry_ended "$geometry" run_geometry "$geometry"
done
pool_finish
# For large tables, since only those show that a wrong rule reads beyond them, or for too long
CFLAGS+=" -DPAGE_SHIFT=14 -DLEVELS=3"
try_mutants "$rule" 400
tap_end
