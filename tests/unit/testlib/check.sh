#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The library of the shell tests, tests/lib.sh: nothing that fails is printed as a pass.
# Each test here runs a script made for it.

# shellcheck disable=SC2016 # what is in single quotes is for another shell

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"

export -n CHECK

# prints STATUS LINES SCRIPT: what a script with the library prints, line by line
prints() {
	local status=0
	{
		printf '. %q\n' "$TOP/tests/lib.sh"
		printf '%s\n' 'good() { true; }' 'bad() { echo why; false; echo not reached; }' "$3" tap_end
	} >"$WORK/script.sh"
	COHMEM_CACHE=$CACHE bash "$WORK/script.sh" >"$WORK/printed" 2>&1 || status=$?
	diff <(printf '%b\n' "$2") "$WORK/printed"
	[ "$status" = "$1" ] || { echo "exit status $status, not $1" && return 1; }
}

leaves_nothing() {
	prints 0 'ok 1 - a\n1..1' 'test_that a good; echo "$WORK" >&3' 3>"$WORK/where"
	[ ! -e "$(cat "$WORK/where")" ]
}

# A library that lets everything pass would pass the tests below, too.
if (test_that "false fails" false && tap_end) >/dev/null; then
	echo "Bail out! a test that fails is printed as a pass"
	exit 1
fi
test_that "a test that succeeds passes" prints 0 'ok 1 - a\n1..1' 'test_that a good'
test_that "the first command that fails ends a test, and its output is shown" \
	prints 1 '# why\nnot ok 1 - a\n1..1' 'test_that a bad'
test_that "a test that calls die fails, and the next one is run" \
	prints 1 '# script.sh: error: what\nnot ok 1 - a\nok 2 - b\n1..2' 'test_that a die what; test_that b good'
test_that "skip ends a test with its reason" \
	prints 0 'ok 1 - a # SKIP no such thing\n1..1' 's() { skip "no such thing"; false; }; test_that a s'
test_that "a test cannot change the variables of the next one" \
	prints 0 'ok 1 - a\nok 2 - b\n1..2' 'x=1; s() { x=2; }; t() { [ $x = 1 ]; }; test_that a s; test_that b t'
test_that "CHECK= chooses tests by their names" \
	prints 0 'ok 1 - lock\n1..1' 'CHECK=^l; test_that lock good; test_that block bad'
test_that "CHECK= that names no test does not pass for a plan" \
	prints 0 '1..0 # SKIP no test is named like CHECK=x' 'CHECK=x; test_that a good'
test_that "the results of a program are taken over, with new numbers" \
	prints 1 'ok 1 - a\nok 2 - b # SKIP no\n# c\nnot ok 3 - d\n1..3' \
	'test_that a good; tap_from p printf "ok 1 b # SKIP no\n# c\nnot ok - d\n1..2\n"'
test_that "a program with fewer results than planned does not pass" \
	prints 1 'ok 1 - a\n# 1 results of 2 planned\nnot ok 2 - p comes to its end\n1..2' \
	'tap_from p printf "1..2\nok 1 a\n"'
test_that "a program that fails without a failed result does not pass" \
	prints 1 'ok 1 - a\n# exit status 3\nnot ok 2 - p comes to its end\n1..2' \
	's() { echo ok 1 a; exit 3; }; tap_from p s'
test_that "a program that is not there does not pass" \
	prints 1 '# exit status 127\nnot ok 1 - p comes to its end\n1..1' 'tap_from p ./none 2>/dev/null'
test_that "a program that prints nothing does not pass" \
	prints 1 '# neither a plan nor a result\nnot ok 1 - p comes to its end\n1..1' 'tap_from p true'
test_that "a program that bails out after its last result does not pass" \
	prints 1 'ok 1 - a\n# Bail out! why\nnot ok 2 - p comes to its end\n1..2' \
	'tap_from p printf "1..1\nok 1 a\nBail out! why\n"'
test_that "a script that ends early prints no plan" \
	prints 1 'ok 1 - a' 'test_that a good; false'
test_that "a list that cannot be read ends the script" \
	prints 1 'before' 'echo before; read_list rows /none a 2>/dev/null; echo after'
test_that "the directory of a script is removed when it ends" leaves_nothing
tap_end
