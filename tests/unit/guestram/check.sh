#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# All tests of the units of guest RAM, as one TAP stream: units_test, and then the test of
# the test, which changes units.c in one place at a time.
#
# usage: check.sh OUT GUESTRAM_DIR	(CC, CFLAGS, SANITIZE, SOURCES, SEED and STEPS from the
# Makefile)

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"
# shellcheck source=../mutants.sh
. "$(dirname "$0")/../mutants.sh"

OUT=$1

tap_from units_test run_limited "$OUT/units_test" "$SEED" "$STEPS"
try_mutants "$2/units.c" 20000
tap_end
