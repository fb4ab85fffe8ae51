#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernels.sh VARIANT...|selftests: builds what the steps after it run, or finds it in the
# cache, so that their limits of time are those of the tests.

# shellcheck source=../../scripts/env.sh
. "$(dirname "$0")/../../scripts/env.sh"

cd "$TOP"
use_line
N=0 FAILED=0
echo "1..$#"
for variant in "$@"; do
	N=$((N + 1)) not='' what='not built'
	if [ "$variant" = selftests ] && scripts/selftests.sh >/dev/null; then
		what="those of $LINE"
	elif [ "$variant" != selftests ] && scripts/kernel.sh "$variant" >/dev/null; then
		what=$(cat "build/kernels/$LINE-$variant/release")
	else
		not='not ' FAILED=1
	fi
	echo "${not}ok $N - $variant: $what"
done
exit $FAILED
