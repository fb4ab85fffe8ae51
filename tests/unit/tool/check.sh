#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The operator's command: its C by tool_test, then the program as it is typed, and what its
# man page, its completion and the documents say of it.
#
#   check.sh DIR	the directory with tool_test and program/cohmem

# shellcheck source=../../lib.sh
. "$(dirname "$0")/../../lib.sh"

OUT=$(realpath "$1")
HERE=$TOP/tests/unit/tool
COHMEM=$OUT/program/cohmem
MAN=$TOP/tool/cohmem.1
need_packages "${NATIVE_PACKAGES[@]}" "${TARGET_PACKAGES[@]}" "${REPO_PACKAGES[@]}" xz-utils
need_work
cd "$HERE"
unset NO_COLOR
export TERM=xterm LC_ALL=C

# host NAME: the directory with the files of roots/NAME.root
host() {
	[ -d "$WORK/$1" ] || mv "$("$OUT/tool_test" "$1.root")" "$WORK/$1"
	echo "$WORK/$1"
}

# exits STATUS ARGUMENT...: cohmem ends with that; its output is in $WORK/out and $WORK/err.
exits() {
	local status=0
	"$COHMEM" "${@:2}" >"$WORK/out" 2>"$WORK/err" || status=$?
	[ "$status" = "$1" ] || { cat "$WORK/err" && echo "exit status $status, not $1" && return 1; }
}

# --- the program --------------------------------------------------------------------------

not_ready() {
	exits 1 check --root="$(host stock)"
	diff golden/stock.txt "$WORK/out"
}

not_ready_json() {
	exits 1 check --json --root="$(host stock)"
	diff golden/stock.json "$WORK/out"
}

cannot_tell() { exits 3 check --root="$(host grace)"; }

# refuses ARGUMENT...: that is wrong usage, of which standard error tells
refuses() {
	exits 2 "$@"
	[ ! -s "$WORK/out" ] && [ -s "$WORK/err" ]
}

usage() {
	refuses
	refuses nonsense
	refuses check --nonsense
	refuses check nonsense
	refuses --nonsense check
	refuses check --root
}

no_root() {
	exits 2 check --root=/nonsense
	grep -q 'error: cannot look into /nonsense: No such file' "$WORK/err"
	grep -q '^    name a directory' "$WORK/err"
}

# full_disk_of ARGUMENT...: what these print cannot be written
full_disk_of() {
	local status=0
	"$COHMEM" "$@" >/dev/full 2>"$WORK/err" || status=$?
	[ "$status" = 3 ]
	grep -q 'cannot be written: No space left' "$WORK/err"
}

full_disk() {
	full_disk_of check --root="$(host grace)"
	full_disk_of check --json --root="$(host grace)"
	full_disk_of --help
	full_disk_of check --help
	full_disk_of --version
}

help_says_statuses() {
	exits 0 check --help
	grep -q '^Exit status: 0 ready, 1 not ready, 2 wrong usage, 3 cannot tell\.$' "$WORK/out"
}

# terminal VARIABLE...: what is printed to a terminal
terminal() {
	env "$@" script -qec "$(printf '%q ' "$COHMEM" check --root="$(host stock)")" /dev/null || true
}

# is_plain: $WORK/out is what cohmem check prints, without colours
is_plain() {
	grep -q 'This host is not ready' "$WORK/out"
	[ "$(grep -c $'\033' "$WORK/out")" = 0 ]
}

colours() {
	terminal A=b | grep -q $'\033\[31mno\033\[0m'
	terminal NO_COLOR=1 >"$WORK/out"
	is_plain
	terminal TERM=dumb >"$WORK/out"
	is_plain
	exits 1 check --root="$(host stock)"
	is_plain
}

# A directory with no file at all: nothing is certain, and nothing crashes.
empty_host() {
	mkdir -p "$WORK/empty"
	exits 3 check --root="$WORK/empty"
	grep -q '^kernel .*cannot tell' "$WORK/out"
}

# What asks KVM is compiled on an arm64 host only.
for_arm64() {
	"${CROSS_COMPILE}gcc" -D_GNU_SOURCE -I"$TOP/lib" -O2 -Wall -Wextra -Werror -c -o "$WORK/kvm.o" "$TOP/tool/kvm.c"
	"${CROSS_COMPILE}nm" "$WORK/kvm.o" | grep -q ' U ioctl$'
}

# golden STATUS NAME ARGUMENT...: cohmem ends with that, and prints golden/NAME.
golden() {
	exits "$1" "${@:3}"
	diff "golden/$2" "$WORK/out"
}

list_stock() {
	host vms >"$WORK/dir"
	rm -rf "$WORK/stock-vms"
	cp -a "$(cat "$WORK/dir")" "$WORK/stock-vms"
	rm -f "$WORK"/stock-vms/sys/kernel/debug/kvm/*/{memslots,pfnmap_*,refused_*}
	exits 3 list --root="$WORK/stock-vms"
	grep -q '^4100-11  *qemu-system-aar  *?' "$WORK/out"
	grep -q 'error: this kernel has no /sys/kernel/debug/kvm/4100-11/pfnmap_' "$WORK/err"
	grep -q "^    boot a kernel of line 6.12 with cohmem's series" "$WORK/err"
}

list_nothing() {
	mkdir -p "$WORK/no-kvm/sys/kernel/debug/kvm" "$WORK/no-debugfs"
	exits 0 list --root="$WORK/no-kvm"
	grep -qx 'No VM runs on this host.' "$WORK/out"
	exits 3 list --root="$WORK/no-debugfs"
	grep -q 'debugfs is not mounted' "$WORK/err"
}

map_svg() {
	exits 0 map --root="$(host vms)" --svg="$WORK/map.svg" 4100
	diff golden/map.txt "$WORK/out"
	diff golden/map.svg "$WORK/map.svg"
}

# An address for each kind of answer, with the exit status.
why_all() {
	local ipa status vm
	while read -r status vm ipa; do
		printf '$ cohmem why %s %s\n' "$vm" "$ipa"
		exits "$status" why --root="$(host vms)" "$vm" "$ipa" >&2
		cat "$WORK/out"
	done >"$WORK/all" <<-'END'
		0 4100-11 0x0
		0 4100-11 0x40001abc
		0 4100-11 549755813888
		1 4100-11 0x8000008000
		0 4100-11 0x20000000000
		1 4100-11 0x3000000000
		1 4207-15 0x40000000
		0 4207-15 0x7fffffff
	END
	diff golden/why.txt "$WORK/all"
}

why_walks() {
	exits 0 why --walk --root="$(host vms)" 4100-11 0x40000000
	grep -qx 'stage 2   0x40000000-0x400000000  Normal-WB  rwx  by 1 GiB' "$WORK/out"
	exits 0 why --walk --root="$(host vms)" 4100-11 0x20000000000
	grep -qx 'stage 2   not mapped' "$WORK/out"
}

# says STATUS WHAT REMEDY ARGUMENT...: an error of three parts, and nothing else
says() {
	exits "$1" "${@:4}"
	[ ! -s "$WORK/out" ]
	grep -q "^cohmem: error: $2" "$WORK/err"
	grep -q "^    $3" "$WORK/err"
}

no_such_vm() {
	local all="name one of these, by PID or PID-FD: 4100-11, 4207-12, 4207-15" two="name one of them: 4207-12, 4207-15"
	says 4 "there is no VM '17'" "$all" map --root="$(host vms)" 17
	says 4 "there is no VM '4100-1'" "$all" why --root="$(host vms)" 4100-1 0x0
	says 4 "process 4207 has 2 VMs" "$two" map --root="$(host vms)" 4207
	says 4 "process 4200 has 2 VMs" "$two" why --walk --root="$(host vms)" 4200 0x0
}

vm_usage() {
	refuses map
	refuses map 1-2 3-4
	refuses why
	refuses why 1-2
	refuses why 1-2 0x0 0x0
	local ipa
	for ipa in '' 0x 0xg 1x ' 1' +1 -1 0x10000000000000000 18446744073709551616; do
		refuses why --root="$(host vms)" -- 4100-11 "$ipa"
		grep -q "'$ipa' is no address" "$WORK/err"
	done
	exits 1 why --root="$(host vms)" 4100-11 18446744073709551615
}

no_dump() {
	rm -rf "$WORK/no-dump"
	cp -a "$(host vms)" "$WORK/no-dump"
	rm "$WORK"/no-dump/sys/kernel/debug/kvm/4100-11/stage2_page_tables
	says 3 'this kernel has no /sys/kernel/debug/kvm/4100-11/stage2_page_tables' \
		'boot a kernel with CONFIG_PTDUMP_STAGE2_DEBUGFS' map --root="$WORK/no-dump" 4100
	exits 3 why --walk --root="$WORK/no-dump" 4100 0x40001abc
	grep -qx 'row       coherent' "$WORK/out"
	rm "$WORK"/no-dump/sys/kernel/debug/kvm/4100-11/memslots
	says 3 'this kernel has no /sys/kernel/debug/kvm/4100-11/memslots' 'boot a kernel of line 6.12' \
		map --root="$WORK/no-dump" 4100
}

no_picture() {
	echo old >"$WORK/old.svg"
	exits 3 map --root="$(host vms)" --svg="$WORK/none/map.svg" 4100
	grep -q "error: cannot write $WORK/none/map.svg: No such file" "$WORK/err"
	rm -rf "$WORK/no-pages"
	cp -a "$(host vms)" "$WORK/no-pages"
	rm -r "$WORK/no-pages/boot"
	exits 3 map --root="$WORK/no-pages" --svg="$WORK/old.svg" 4100
	grep -q 'not drawn, since the page size of that host is not known' "$WORK/err"
	grep -q 'by entries of level 1$' "$WORK/out"
	grep -qx old "$WORK/old.svg"
}

vm_full_disk() {
	full_disk_of map --root="$(host vms)" 4100
	full_disk_of why --root="$(host vms)" 4100 0x40000000
}

# watch_refuses WORD ARGUMENT...: that is wrong usage, and standard error has the word
watch_refuses() {
	refuses watch "${@:2}"
	grep -q -- "$1" "$WORK/err"
}

watch_usage() {
	watch_refuses 'nothing happens in a copy' --root="$WORK"
	watch_refuses 'no number' --count=0
	watch_refuses 'no number' --count=-1
	watch_refuses 'one VM' 1 2
}

# Not as root: root may have such tracepoints.
watch_unprivileged() {
	install -m 755 "$COHMEM" "$WORK/cohmem-of-all"
	chmod 755 "$WORK"
	COHMEM=$WORK/cohmem-of-all
	if [ "$(id -u)" = 0 ]; then
		printf '#!/bin/sh\nexec setpriv --reuid=65534 --clear-groups %q "$@"\n' "$WORK/cohmem-of-all" >"$WORK/cohmem-of-nobody"
		chmod 755 "$WORK/cohmem-of-nobody"
		COHMEM=$WORK/cohmem-of-nobody
	fi
	exits 3 watch
	[ ! -s "$WORK/out" ]
	grep -qE 'error: (tracepoints are for root only|tracefs is not mounted)' "$WORK/err"
	grep -qE '^    (run it as root|mount -t tracefs)' "$WORK/err"
}

# vms_and_pools: the directory with the files of roots/vms.root, and guest RAM
vms_and_pools() {
	local dir=$WORK/vms-and-pools
	if [ ! -d "$dir" ]; then
		cp -a "$(host vms)" "$dir"
		cp -a "$(host grace)/sys/fs" "$dir/sys/"
	fi
	echo "$dir"
}

# metrics FILE: complains of what is not Prometheus' text format, or not its rules for names.
metrics() {
	awk '
		function complain(what) { printf "%d: %s: %s\n", FNR, what, $0 }
		/^# HELP / {
			if ($3 in help) complain("a second HELP")
			if (NF < 4 || !/\.$/) complain("no sentence")
			help[$3]; now = $3
			next
		}
		/^# TYPE / {
			if ($3 != now || NF != 4 || $4 !~ /^(counter|gauge)$/) complain("a TYPE without its HELP")
			if (($4 == "counter") != ($3 ~ /_total$/)) complain("the name of a counter ends with _total, and no other")
			type[$3] = $4
			next
		}
		{
			if (!match($0, /^cohmem_[a-z_]+/)) { complain("no name of ours"); next }
			name = substr($0, 1, RLENGTH); rest = substr($0, RLENGTH + 1)
			if (name != now || !(name in type)) complain("not below its TYPE")
			used[name]
			if (rest ~ /^{/) {
				if (!match(rest, /^{([a-z_]+="([^"\\\n]|\\["\\n])*",?)+}/)) { complain("no labels"); next }
				rest = substr(rest, RLENGTH + 1)
			}
			if (rest !~ /^ [0-9]+$/) complain("no number")
			key = substr($0, 1, length($0) - length(rest))
			if (key in seen) complain("a second value")
			seen[key]
		}
		END {
			for (name in type) if (!(name in used)) printf "%s: no value\n", name
			if (!FNR) print "nothing"
		}' "$1"
}

# labels FILE: complains of what node-feature-discovery would not take.
labels() {
	awk -F= '
		function is_word(text) { return length(text) <= 63 && text ~ /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/ }
		NF != 2 || !sub("^feature[.]node[.]kubernetes[.]io/", "", $1) || !is_word($1) || !is_word($2) { print FNR ": no label: " $0 }
		seen[$1]++ { print FNR ": a second value: " $0 }
		END { if (!FNR) print "nothing" }' "$1"
}

# is_clean CHECK FILE
is_clean() {
	local complaints
	complaints=$("$1" "$2")
	[ -z "$complaints" ] || { echo "$complaints" && return 1; }
}

export_metrics() {
	golden 0 export.prom export --format=prometheus --root="$(vms_and_pools)"
	is_clean metrics "$WORK/out"
	exits 3 export --format=prometheus --root="$(host stock)"
	is_clean metrics "$WORK/out"
}

export_labels() {
	golden 0 export.nfd export --format=nfd --root="$(host grace)"
	is_clean labels "$WORK/out"
	exits 3 export --format=nfd --root="$(host stock)"
	is_clean labels "$WORK/out"
}

# noticed CHECK TEXT: the check complains of it
noticed() {
	printf '%b' "$2" >"$WORK/bad"
	[ -n "$("$1" "$WORK/bad")" ] || { cat "$WORK/bad" && return 1; }
}

wrong_exports() {
	local head='# HELP cohmem_a What.\n# TYPE cohmem_a gauge\n'
	printf '%b' "${head}cohmem_a{b=\"c\"} 1\n" >"$WORK/good"
	is_clean metrics "$WORK/good"
	noticed metrics "cohmem_a 1\n"
	noticed metrics "$head"
	noticed metrics "${head}cohmem_a 1\ncohmem_a 2\n"
	noticed metrics "${head}cohmem_a{b=\"c\"d\"} 1\n"
	noticed metrics "${head}cohmem_a -\n"
	noticed metrics "${head/gauge/counter}cohmem_a 1\n"
	noticed metrics "${head//_a/_total}cohmem_total 1\n"
	printf 'feature.node.kubernetes.io/a.b=c\n' >"$WORK/good"
	is_clean labels "$WORK/good"
	noticed labels 'a=b\n'
	noticed labels 'feature.node.kubernetes.io/a=\n'
	noticed labels 'feature.node.kubernetes.io/a=b\nfeature.node.kubernetes.io/a=c\n'
	noticed labels 'feature.node.kubernetes.io/a=b c\n'
	noticed labels "feature.node.kubernetes.io/$(printf 'a%.0s' {1..64})=b\n"
}

export_to_file() {
	local dir=$WORK/exported
	mkdir "$dir"
	exits 0 export --format=nfd --root="$(host grace)" --output="$dir/cohmem"
	[ ! -s "$WORK/out" ]
	diff golden/export.nfd "$dir/cohmem"
	[ "$(ls -A "$dir")" = cohmem ]
	ln -s /dev/full "$dir/.cohmem.new"
	exits 3 export --format=nfd --root="$(host grace)" --output="$dir/cohmem"
	grep -q 'cannot be written: No space left' "$WORK/err"
	diff golden/export.nfd "$dir/cohmem"
	exits 3 export --format=nfd --root="$(host grace)" --output="$dir/nonsense/cohmem"
	grep -q 'cannot be written: No such file' "$WORK/err"
	grep -q '^    name a file' "$WORK/err"
}

export_usage() {
	refuses export
	grep -q 'say which format' "$WORK/err"
	refuses export --format=yaml
	refuses export --format=nfd --json
}

# canaries: the directory of a host whose files say CANARY where a report must not have it
canaries() {
	local dir=$WORK/canaries
	rm -rf "$dir"
	cp -a "$(vms_and_pools)" "$dir"
	mkdir -p "$dir"/{etc,proc/1,proc/sys/kernel,var/log,var/lib/dpkg,var/lib/apt/lists,sys/class/dmi/id,sys/module/{kvm,CANARY}}
	echo CANARY | tee "$dir"/{etc/machine-id,etc/hostname,proc/sys/kernel/hostname,proc/1/comm,sys/class/dmi/id/product_uuid,sys/module/kvm/parameters} >/dev/null
	printf 'PASSWORD=CANARY\0' >"$dir/proc/4100/environ"
	printf 'qemu\0-name\0CANARY\0' >"$dir/proc/4100/cmdline"
	echo CANARY >"$dir/proc/4100/comm"
	sed -i 's/qemu-system-aar/CANARY/' "$dir/proc/4100/status"
	echo "BOOT_IMAGE=/CANARY root=UUID=CANARY luks.key=CANARY guestram=0:180G kvm-arm.cacheable_pfnmap=strict -- mem=CANARY" >"$dir/proc/cmdline"
	echo "Linux version 6.12.117 (CANARY@CANARY) #1 SMP Debian 6.12.117-1" >"$dir/proc/version"
	printf '\n/dev/CANARY /CANARY ext4 rw 0 0\n' >>"$dir/proc/mounts"
	printf 'nodev\tguestramfs\n\tCANARY\n' >"$dir/proc/filesystems"
	printf '00000000-3fffffff : CANARY\n40000000-7fffffff : Guest RAM\n' >"$dir/proc/iomem"
	printf '\nCONFIG_LOCALVERSION="CANARY"\n' >>"$(echo "$dir"/boot/config-*)"
	printf '%s\n' '<6>[    0.000000] Linux version (CANARY@CANARY)' '<6>[    1.000000] guestram: 184320 MiB of node 0 at 0x1-0x2' \
		'<12>[    2.000000] guestram: CANARY' '<6>[    3.000000] usb 1: SerialNumber: CANARY' \
		'<6>[    4.000000] kvm [4100]: CANARY: memory at IPA 0x40000000, host 0xffe000000000-0xffe000000fff refused: undeclared: CANARY' >"$dir/var/log/dmesg"
	printf 'Package: CANARY\nStatus: install ok installed\nVersion: CANARY\n' >"$dir/var/lib/dpkg/status"
	printf 'Package: CANARY\nVersion: CANARY\n' >"$dir/var/lib/apt/lists/CANARY_Packages"
	sed -i 's/$/ secret=CANARY/; $a CANARY' "$dir/sys/kernel/debug/kvm/4100-11/memslots"
	echo "$dir"
}

report_of_canaries() {
	exits 0 report --root="$(canaries)" --output="$WORK/report"
	[ ! -s "$WORK/out" ]
	if grep -n CANARY "$WORK/report"; then return 1; fi
	# The addresses of the VMMs in roots/vms.root.
	if grep -nE '0xff|hva' "$WORK/report"; then return 1; fi
	local want
	for want in 'guestram=0:180G' 'kvm-arm.cacheable_pfnmap=strict' 'guestram: 184320 MiB of node 0' '40000000-7fffffff : Guest RAM' \
		'kvm [4100]: memory at IPA 0x40000000, 4096 bytes refused: undeclared' 'CONFIG_GUESTRAMFS: on' 'kvm' '  "vms": [' \
		'slot as=0 id=0 ipa=0x40000000 size=0x400000000 flags=none congruent=0x40000000' 'cohmem_whole 1' '==== end'; do
		grep -qF -- "$want" "$WORK/report" || { echo "there is no '$want'" && return 1; }
	done
}

# Each part is as long as its head says, and no longer than it may be.
report_is_limited() {
	local dir
	dir=$(canaries)
	awk 'BEGIN { for (i = 0; i < 90000; i++) print "refused ipa=0x40000000 reason=undeclared count=1" }' \
		>"$dir/sys/kernel/debug/kvm/4207-12/memslots"
	exits 0 report --root="$dir"
	LC_ALL=C awk '
		function check() { if (name && (got != is || is > most)) { print name ": " got " bytes"; bad = 1 } }
		/^==== end$/ { check(); ended = 1; next }
		/^==== / { check(); name = $2; is = $3; most = $8 + 0; got = 0; cut = cut (/, cut off$/ ? name : ""); next }
		{ got += length($0) + 1 }
		END { exit bad || !ended || cut != "memslots," }' "$WORK/out"
}

report_of_nothing() {
	mkdir -p "$WORK/empty"
	exits 3 report --root="$WORK/empty"
	grep -q '^not read: /proc/iomem: No such file' "$WORK/out"
	grep -q '^not read: /var/log/dmesg: No such file' "$WORK/out"
	grep -q '^==== end$' "$WORK/out"
	grep -q 'error: the report lacks something' "$WORK/err"
	exits 3 report --root="$WORK/empty" --output=/dev/full/report
	grep -q 'cannot be written: Not a directory' "$WORK/err"
}

# --- the inputs of fuzzing ----------------------------------------------------------------

# With the target's corpus; the last line of $WORK/replayed has the number of inputs.
replay() { "$OUT/replay/$1" "fuzz/corpus/$1" | tee "$WORK/replayed"; }

# Each reader that is fuzzed has inputs, and no inputs have no reader.
targets_and_corpora() {
	diff <(basename -s .c fuzz/targets/*.c) <(find fuzz/corpus -mindepth 1 -maxdepth 1 -printf '%f\n' | sort)
}

canary_is_noticed() {
	local status=0
	printf 'dead' >"$WORK/input"
	"$OUT/replay/canary" "$WORK/input" >"$WORK/out" 2>&1 || status=$?
	[ $status != 0 ]
	grep -q 'heap-buffer-overflow' "$WORK/out"
	printf 'alive' >"$WORK/input"
	"$OUT/replay/canary" "$WORK/input"
}

empty_corpus_is_noticed() {
	mkdir "$WORK/corpus"
	if "$OUT/replay/canary" "$WORK/corpus"; then return 1; fi
}

tap_from tool_test "$OUT/tool_test"
test_that "a reader that reads behind its text is noticed" canary_is_noticed
test_that "a corpus without an input is noticed" empty_corpus_is_noticed
test_that "each target of fuzzing has a corpus" targets_and_corpora
for target in fuzz/targets/*.c; do
	target=$(basename "$target" .c)
	rm -f "$WORK/replayed"
	test_that "no input of its corpus does harm to $target" replay "$target"
	[ ! -s "$WORK/replayed" ] || diag "$target: $(tail -n 1 "$WORK/replayed")"
done
test_that "cohmem map prints golden/map.txt, and draws golden/map.svg" map_svg
test_that "cohmem map --json prints golden/map.json" golden 0 map.json map --json --root="$(host vms)" 4100-11
test_that "cohmem why prints golden/why.txt, with an exit status for each" why_all
test_that "cohmem why --json prints golden/why.json" golden 1 why.json why --json --root="$(host vms)" 4207-15 0x40000000
test_that "cohmem why --walk says how stage 2 maps the address" why_walks
test_that "a VM that is not there, or is one of several, is an error that lists what there is" no_such_vm
test_that "map and why refuse what is no VM, and what is no address" vm_usage
test_that "a kernel without the dump, or without memslots, is an error with a remedy" no_dump
test_that "a picture that cannot be drawn is an error, and an old one stays" no_picture
test_that "an output of map or why that cannot be written is an error" vm_full_disk
test_that "cohmem report has what helps, and nothing of what it must not have" report_of_canaries
test_that "each part of a report has the size that it says, and is cut off at its limit" report_is_limited
test_that "a report says what could not be read" report_of_nothing
test_that "cohmem export --format=prometheus prints golden/export.prom, in Prometheus' text format" export_metrics
test_that "cohmem export --format=nfd prints golden/export.nfd, labels that can be a node's" export_labels
test_that "metrics and labels that are wrong are noticed" wrong_exports
test_that "cohmem export --output writes all or nothing, and leaves nothing else" export_to_file
test_that "cohmem export needs a format that it knows" export_usage
test_that "cohmem watch takes no copy of a host, and no number of decisions that is none" watch_usage
test_that "without root, cohmem watch says what it needs, and prints nothing" watch_unprivileged
test_that "cohmem list prints golden/list.txt" golden 0 list.txt list --root="$(host vms)"
test_that "cohmem list --json prints golden/list.json" golden 0 list.json list --json --root="$(host vms)"
test_that "cohmem list says what a stock kernel does not show, and what to do" list_stock
test_that "a host without VMs is none without debugfs" list_nothing
test_that "what asks KVM compiles for arm64" for_arm64
test_that "a host that is not ready gives 1, and the text of golden/stock.txt" not_ready
test_that "--json gives the same as JSON" not_ready_json
test_that "a copy of a host gives 3 if only KVM is left to be asked" cannot_tell
test_that "a directory without files is a host of which little can be told" empty_host
test_that "wrong usage gives 2, and nothing on standard output" usage
test_that "a directory that is not there is an error with a remedy" no_root
test_that "an output that cannot be written is an error" full_disk
test_that "--help says the exit statuses" help_says_statuses
test_that "a terminal gets colours, but not with NO_COLOR, and nothing else does" colours

# --- what is said of it -------------------------------------------------------------------

# commands: those that --help lists
commands() { "$COHMEM" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | sort; }

# options COMMAND: those that its --help lists, but argp's own
options() {
	"$COHMEM" "$1" --help | grep -oE '^ +(-., )?--[a-z]+' | grep -oE -- '--[a-z]+' |
		grep -vxE -- '--(help|usage|version)' | sort
}

# in_man SECTION: the words behind .It Fl or .It Cm in that section or subsection of the page
in_man() {
	awk -v section="$1" '/^\.S[hs] / { here = substr($0, 5) == section }
		here && /^\.It (Fl|Cm|Li) / { print $3 }' "$MAN" | sort
}

man_commands() { diff <(commands) <(in_man COMMANDS); }

man_options() {
	local command
	for command in $(commands); do
		diff <(options "$command") <(in_man "cohmem $command" | sed 's/^-*/--/')
	done
}

man_lines() {
	diff <(sed -n '/^static const struct row rows/,/^};/s/.*{ "\([a-z0-9]*\)",.*/\1/p' "$TOP/tool/check.c" | sort) \
		<(in_man "The lines")
}

# Each file that the code names, but those of a process.
man_files() {
	local path
	grep -ohE '"/(boot|etc|proc|sys|usr/bin/qemu|usr/share|var)[^"%*]*' "$TOP"/tool/*.[ch] | tr -d '"' |
		grep -v '^/proc/self' | sort -u >"$WORK/files"
	grep -qx /proc/mounts "$WORK/files"
	while read -r path; do
		grep -qF "$path" "$MAN" || { echo "$path is not in the man page" && return 1; }
	done <"$WORK/files"
}

man_is_clean() {
	mandoc -T lint -W warning "$MAN"
}

# complete WORD...: what bash offers for the last of them
complete_words() {
	bash --norc -c '. "$1"; shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_cohmem cohmem "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
		printf "%s\n" "${COMPREPLY[@]}"' bash "$TOP/tool/cohmem.bash-completion" "$@" | sort
}

completion_commands() {
	diff <(commands) <(complete_words cohmem '' | grep -v '^-')
	diff <(echo check) <(complete_words cohmem ch)
	diff <(echo map) <(complete_words cohmem ma)
}

completion_options() {
	local command
	for command in $(commands); do
		diff <(options "$command") <(complete_words cohmem "$command" -- | grep -vxE -- '--(help|usage|version)=?' | sed 's/=$//')
	done
}

completion_directories() {
	mkdir -p "$WORK/a-directory"
	: >"$WORK/a-file"
	diff <(echo "$WORK/a-directory") <(complete_words cohmem check --root = "$WORK/a-")
}

completion_files() {
	mkdir -p "$WORK/a-directory"
	: >"$WORK/a-file"
	diff <(printf '%s\n' "$WORK/a-directory" "$WORK/a-file") <(complete_words cohmem map --svg = "$WORK/a-")
}

completion_is_registered() {
	# shellcheck disable=SC2016 # for another shell
	bash --norc -c '. "$1"; complete -p cohmem' bash "$TOP/tool/cohmem.bash-completion" | grep -q _cohmem
}

# block COMMAND: what docs/operating.md shows behind a command that begins like that
block() {
	awk -v command="$1" 'index($0, command) == 1 { here = 1; next }
		here && /^```$/ { exit } here' "$TOP/docs/operating.md"
}

document_is_true() {
	diff golden/stock.txt <(block "cohmem check --root=")
	exits 0 map --root="$(host vms)" 4207-12
	diff "$WORK/out" <(block "cohmem map 4207-12")
	exits 1 why --root="$(host vms)" 4207-15 0x40000000
	diff "$WORK/out" <(block "cohmem why 4207-15 0x40000000")
}

test_that "the man page has the commands of --help" man_commands
test_that "the man page has the options of each command" man_options
test_that "the man page has each line of cohmem check" man_lines
test_that "the man page names each file that a copy of a host needs" man_files
test_that "the man page is clean for mandoc" man_is_clean
test_that "the completion offers the commands of --help" completion_commands
test_that "the completion offers the options of each command" completion_options
test_that "the completion offers directories for --root" completion_directories
test_that "the completion offers files for --svg" completion_files
test_that "the completion is registered in a bash without others" completion_is_registered
test_that "docs/operating.md shows what the program prints" document_is_true
tap_end
