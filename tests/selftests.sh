#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# selftests.sh VARIANT...: runs our selftests wherever tests/selftests.list says
# for these kernels, and looks for what they find there and for what the kernel
# has to say.

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"

cd "$TOP"
LINE=${LINE:-6.12}
N=0 FAILED=0

# run_one KERNEL MACHINE POLICY RESULT TEST FINDS CONSOLE-LINE
run_one() {
	local test=$5 name=${5%%:*} kernel=build/kernels/$LINE-$1 status=0 wrong=()
	local out=build/check/$name-$1-$2-$3
	N=$((N + 1))
	rig/run.sh --machine "$2" --kernel "$kernel" --job selftests --tests "$test" \
		--args "kvm-arm.cacheable_pfnmap=$3" --out "$out" >"$TMP" 2>&1 || status=$?

	# 0 is pass and 2 is fail; neither is a machine that was lost, or complained.
	case $4:$status in
	pass:0 | fail:2) ;;
	*) wrong+=("the run to $4, not status $status") ;;
	esac
	grep -qF "$6" "$out/results.log" || wrong+=("the selftest to find: $6")
	[ "$7" = - ] || grep -qF "$7" "$out/console.log" ||
		wrong+=("'$7' on the console")
	! grep -q '# SKIP' "$out/results.log" || wrong+=("nothing skipped")

	echo "# kernel: $(cat "$kernel/release")"
	echo "# machine: $2"
	sed -n 's/^# fact page_size=\([0-9]*\).*/# page_size: \1/p' "$out/results.log"
	if [ ${#wrong[@]} -eq 0 ]; then
		echo "ok $N - $name: $1 kernel, $2, policy $3: $4"
	else
		FAILED=1
		sed 's/^/# /' "$TMP"
		printf '# wanted: %s\n' "${wrong[@]}"
		echo "# logs are in $out"
		echo "not ok $N - $name: $1 kernel, $2, policy $3: $4"
	fi
}

# field: the next one of $run, without the blanks around it
field() {
	read -r "$1" <<<"${run%%|*}"
	run=${run#*|}
}

[ $# -gt 0 ] || die "which kernels?" "usage: tests/selftests.sh VARIANT..."
# The stock one is the inner guest's.
for variant in stock selftests "$@"; do
	scripts/kernel.sh "$variant" "$LINE" >/dev/null
done
TMP=$(mktemp)
trap 'rm -f "$TMP"' EXIT
mapfile -t runs < <(grep -E "^($(IFS='|' && echo "$*")) *\|" tests/selftests.list)
echo "1..${#runs[@]}"
for run in "${runs[@]}"; do
	for name in variant machine policy result test finds line; do
		field $name
	done
	# shellcheck disable=SC2154 # set by field
	run_one "$variant" "$machine" "$policy" "$result" "$test" "$finds" "$line"
done
exit $FAILED
