#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# guestram_boot.sh: boots an emulated host with each request for guest RAM of
# tests/machines/guestram_boot.list. The host boots, and has as much as the list says; the
# kernel says what the list says, and has no struct page of it. Kernels that show their page
# tables have no mapping of it. Then a host with EFI boots ten times. Each time the kernel is
# at another address, and all that was asked for is there.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

OUT=build/check/guestram-boot
BOOTS=10
TEN=guestram=0:512M,1:1536M TEN_MIB=2048

# variant_of HOST: the kernel of boot, efi or debug
variant_of() {
	case $1 in
	boot) echo cohmem ;;
	*) echo "cohmem-$1" ;;
	esac
}

# machine_of HOST
machine_of() { [ "$1" = efi ] && echo guestram-efi || echo guestram-boot; }

# boot NR HOST ARGS NODE
boot() {
	local options=()
	[ "$4" = - ] || options=(--reserve "$4")
	run_rig "$OUT/$1" --machine "$(machine_of "$2")" --kernel "$(kernel_of "$(variant_of "$2")")" --job guestram-boot "${options[@]}" --args "$3"
}

# fact OUT NAME: its value
fact() { sed -n "s/^# fact $2=\([^ ]*\).*/\1/p" "$1/results.log"; }

# shows_more OUT HOST MIB: what follows if there is guest RAM; the rest only some kernels can show
shows_more() {
	local name names=(no_struct_pages)
	[ "$3" != 0 ] || return 0
	[ "$2" = boot ] || names+=(no_linear_mapping)
	[ "$2" != efi ] || names+=(user_namespace_refused hibernation_refused)
	for name in "${names[@]}"; do
		grep -q "^ok [0-9]* $name" "$1/results.log" || return
	done
	[ "$2" != efi ] || grep -qF 'a host with guest RAM cannot hibernate' "$1/console.log"
}

# as_wanted OUT STATUS HOST MIB SAYS
as_wanted() {
	ended_well "$1" "$2" 0 || return
	[ "$(fact "$1" guest_ram_mib)" = "$4" ] && grep -qF -- "$5" "$1/console.log" && shows_more "$1" "$3" "$4" && return
	echo "guest RAM: $(fact "$1" guest_ram_mib) MiB"
	grep -h 'guestram: ' "$1/console.log" || true
	grep -h "^ok " "$1/results.log" || true
	echo "wanted: $4 MiB, and on the console: $5; logs are in $1"
	return 1
}

# judge_boot ITEM STATUS: its number, host and name, and what is wanted
judge_boot() {
	local nr host name mib says
	IFS='|' read -r nr host name mib says <<<"$1"
	results_are_of "$(variant_of "$host")" "$(machine_of "$host")"
	test_that "$name" as_wanted "$OUT/$nr" "$2" "$host" "$mib" "$says"
}

many_places() {
	local places
	places=$(for nr in $(seq $BOOTS); do fact "$OUT/seed-$nr" kernel_at; done | sort -u)
	printf 'the kernel was at %s\n' "$places"
	[ "$(wc -l <<<"$places")" -gt $((BOOTS / 2)) ]
}

rows=() nr=0
read_list rows tests/machines/guestram_boot.list name host args node mib says
need_kernels stock cohmem cohmem-efi cohmem-debug
for row in "${rows[@]}"; do
	IFS='|' read -r name host args node mib says <<<"$row"
	nr=$((nr + 1)) name="guestram=: $name"
	is_chosen "$name" || continue
	pool_add judge_boot "$nr|$host|$name|$mib|$says" boot $nr "$host" "${args#-}" "$node"
done
if is_chosen "ten boots"; then
	for nr in $(seq $BOOTS); do
		pool_add judge_boot "seed-$nr|efi|ten boots: number $nr finds all of it|$TEN_MIB| of node 1 at " \
			boot "seed-$nr" efi "$TEN" -
	done
fi
pool_finish
test_that "ten boots: the kernel was at many addresses" many_places
tap_end
