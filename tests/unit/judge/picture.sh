#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Is the picture the one that the logs give, and none if they are damaged?
#   picture.sh PATH-OF-PICTURE; prints TAP.
set -eu

picture=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
number=0 failed=0 svg=$dir/demo.svg
BARS=$((0x8000000000)) K=$((1 << 10)) M=$((1 << 20)) G=$((1 << 30))

# area NAME NOT-SHOWN [COUNT IPA PA BLOCK TYPE]...: COUNT blocks in one range
area() {
	local name=$1 hidden=$2 ranges=0 wb=0 nc=0 device=0
	shift 2
	echo "# dump area=$name vttbr=0x1 vtcr=0x2 fwb=1"
	while [ $# -gt 0 ]; do
		printf '# range area=%s ipa=%#x pa=%#x len=%#x block=%#x memattr=0x6 s2ap=3 xn=0 type=%s\n' \
			"$name" "$2" "$3" $(($1 * $4)) "$4" "$5"
		case $5 in
		Normal-WB) wb=$((wb + $1 * $4)) ;;
		Normal-NC) nc=$((nc + $1 * $4)) ;;
		Device) device=$((device + $1 * $4)) ;;
		esac
		ranges=$((ranges + 1))
		shift 5
	done
	printf '# total area=%s ranges=%d left_out=%d Device=%d Normal-NC=%d Normal-WB=%d other=0\n' \
		"$name" $((ranges + hidden)) "$hidden" $((device + hidden * 4 * K)) "$nc" "$wb"
}

# run SCENE-KERNEL OUTCOME FAULTS [FACT]...: input is what stands in its log
run() {
	local fact out=$dir/$1
	mkdir -p "$out"
	echo "outcome: $2" >"$out/verdict"
	{
		echo "KTAP version 1"
		for fact in "release=6.12.0-${1#*-}" page_size=4096 "stage2_faults=$3" "${@:4}"; do
			echo "# fact ${fact%%=*}=\"${fact#*=}\" from=results.log:1"
		done
		case $1 in
		ram-*) echo "# area name=ram ipa=0x40000000 len=0x8000000" ;;
		gpu-*) printf '# area name=region4 pa=%#x len=%#x\n# area name=region2 pa=%#x len=%#x\n' \
			$BARS $G $((BARS + G)) $G ;;
		esac
		cat
		echo "# done"
	} >"$out/results.log"
}

good() {
	area ram 0 | run ram-stock fail 1 "executes=never ran" "reason=it <never> ran & so on"
	area ram 0 64 $((G)) $((BARS + 4 * G)) $((2 * M)) Normal-WB |
		run ram-cohmem pass 1234 "reason=every check passed"
	{
		area region4 0 3 $((BARS + 4 * G)) $BARS $((4 * K)) Device 1 $((BARS + 4 * G + 512 * M)) $((BARS + 512 * M)) $((4 * K)) Device
		area region2 0
	} | run gpu-stock fail 7 "reason=a check failed"
	{
		area region4 0 1 $((BARS + 4 * G)) $BARS $G Normal-WB
		area region2 0 5 $((BARS + 8 * G)) $((BARS + G)) $((4 * K)) Normal-NC
	} | run gpu-cohmem pass 1 "reason=every check passed"
	echo old >"$svg"
}

# result STATUS NAME: 0 is good
result() {
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number $2"
	else
		echo "not ok $number $2 # $(tail -n 2 "$dir/stderr" | paste -sd' ')"
		failed=1
	fi
}

# check NAME COMMAND...
check() {
	local rc=0
	"${@:2}" >"$dir/stderr" 2>&1 || rc=$?
	result $rc "$1"
}

draw() { "$picture" grace "$dir" "$svg"; }

# No XML parser is needed for what one program writes: tags nest, in quotes
# stand no signs of tags, and & begins one of the entities.
# shellcheck disable=SC2016 # awk's
well_formed='
{
	while (match($0, /<[^>]*>/)) {
		if (substr($0, 1, RSTART - 1) ~ /[<>]/) exit 1
		tag = substr($0, RSTART + 1, RLENGTH - 2)
		$0 = substr($0, RSTART + RLENGTH)
		if (tag ~ /^\//) {
			if (!depth || open[depth--] != substr(tag, 2)) exit 1
		} else {
			attributes = tag
			gsub(/ [a-zA-Z:-]+="[^"<&]*"/, "", attributes)
			if (attributes !~ /^[a-z]+\/?$/) exit 1
			if (!depth && tops++) exit 1
			if (tag !~ /\/$/) { split(tag, words, " "); open[++depth] = words[1] }
		}
	}
	if (/[<>]/) exit 1
	gsub(/&(amp|lt|gt|quot);/, "")
	if (/&/) exit 1
}
END { if (depth || tops != 1) exit 1 }'
is_well_formed() { awk "$well_formed" "$1"; }
is_not_well_formed() { ! is_well_formed "$1"; }

# part SCENE-KERNEL: what is drawn of a run
part() { sed -n "/^<g id=\"$1\">/,/^<\/g>/p" "$svg"; }
has() { part "$1" | grep -F -- "$2"; }
lacks() { ! has "$1" "$2"; }
says() { has "$1" ">$2</text>"; }

# coloured SCENE-KERNEL CLASS X WIDTH: a rectangle of the strip
coloured() { part "$1" | grep -E "<rect class=\"$2\" x=\"$3\" y=\"[0-9]+\" width=\"$4\" height=\"50\"/>"; }

# refused NAME TEXT: no picture, status 2, and a reason that has the text in it
refused() {
	local rc=0
	draw >"$dir/stderr" 2>&1 || rc=$?
	[ $rc = 2 ] && [ ! -e "$svg" ] && [ ! -e "$svg.new" ] && grep -F -- "$2" "$dir/stderr" >/dev/null || rc=9
	[ $rc = 2 ] && rc=0
	result $rc "$1"
}

change() {
	grep -e "$2" "$dir/$1/results.log" >/dev/null
	sed -i "s/$2/$3/" "$dir/$1/results.log"
}

echo "TAP version 13"
echo "1..40"
good
check 'a picture' draw
check 'is well-formed XML' is_well_formed "$svg"
sed 's|</g>||' "$svg" >"$dir/bad"
check 'the check of that sees a tag left open' is_not_well_formed "$dir/bad"
sed 's|&amp;|\&|' "$svg" >"$dir/bad"
check 'and a bare ampersand' is_not_well_formed "$dir/bad"
for colour in wb:0072b2 nc:f0c419 dev:d55e00; do
	check "the colour of ${colour%:*}" grep -F ".${colour%:*}{fill:#${colour#*:}}" "$svg"
done
check 'never ran: nothing is coloured' coloured ram-stock never 168 768
check 'never ran: it says so' says ram-stock 'never ran, nothing mapped'
check 'the reason is escaped' says ram-stock 'it &lt;never&gt; ran &amp; so on'
check 'RAM is Normal-WB throughout' coloured ram-cohmem wb 168 768
check 'its blocks are counted' says ram-cohmem 'Normal-WB: 64 blocks of 2 MiB'
check 'its blocks are labelled' says ram-cohmem 'Normal-WB, 2 MiB blocks'
check 'its blocks are drawn' test "$(part ram-cohmem | grep -F 'class="cut"' | grep -o 'v50' | wc -l)" = 63
check 'its faults are there' says ram-cohmem '1,234'
check 'region 4 on stock: Device at its start' coloured gpu-stock dev 168 4
check 'region 4 on stock: Device in its middle' coloured gpu-stock dev $((168 + 256)) 4
check 'region 4 on stock: nothing is Normal-WB' lacks gpu-stock 'class="wb"'
check 'region 4 on stock: its pages' says gpu-stock 'Device: 4 pages of 4 KiB'
check 'region 4 on stock: the rest' says gpu-stock 'not mapped'
check 'region 4 on cohmem is one block' says gpu-cohmem 'Normal-WB, 1 GiB block'
check 'region 4 on cohmem: its address' says gpu-cohmem 0x8100000000
check 'region 2 on cohmem: Normal-NC' coloured gpu-cohmem nc 744 3
check 'region 2 on stock lies anywhere' says gpu-stock 'address not known'
check 'the kernels are named' grep -F 'stock: Linux 6.12.0-stock<' "$svg"

# Pages of two types in turn, thousands of them, with holes.
ranges=()
for ((i = 0; i < 4000; i++)); do
	type=Device
	[ $((i % 2)) = 0 ] || type=Normal-WB
	ranges+=(1 $((G + i * 4 * K * 8)) $((BARS + i * 4 * K)) $((4 * K)) "$type")
done
area ram 12 "${ranges[@]}" | run ram-cohmem fail 4000 reason=many
check 'thousands of ranges' draw
check 'they are well-formed XML' is_well_formed "$svg"
check 'they are few rectangles' test "$(part ram-cohmem | grep -c '<rect')" -lt 600
check 'what was left out is said' grep -F 'Incomplete: scene ram, cohmem, guest RAM: 12 ranges' "$svg"

good && change ram-cohmem 'Normal-WB=134217728' 'Normal-WB=134213632'
refused 'totals that are not those of the ranges' 'not the totals'
good && sed -i '/# range/d' "$dir/ram-cohmem/results.log"
refused 'ranges that are missing' 'ranges are missing'
good && change gpu-cohmem 'type=Normal-NC$' 'type=Normal-XX'
refused 'a memory type that nobody knows' 'not a range'
good && change gpu-cohmem 'block=0x40000000' 'block=0x40000001'
refused 'a block that is none' 'not a range'
good && sed -i '/total area=region2/,$d' "$dir/gpu-cohmem/results.log"
refused 'a log that ends too early' "$dir/gpu-cohmem/results.log: there is no stage-2 dump of region2"
good && sed -i '/fact release/d' "$dir/gpu-stock/results.log"
refused 'a kernel without a name' 'which kernel'
good && change gpu-stock 'release="6.12.0' 'release="6.12.1'
refused 'runs of different kernels' 'different kernels'
good && area region4 0 >"$dir/empty" && area region2 0 >>"$dir/empty" &&
	run gpu-stock fail 7 reason=ended <"$dir/empty"
refused 'tables that were read too late' 'VM was gone'
good && rm "$dir/gpu-stock/results.log"
refused 'a log that is missing' "$dir/gpu-stock/results.log is missing"
good && sed -i '/# area/d' "$dir/ram-stock/results.log"
refused 'an area that lies nowhere' 'nowhere in the log'
good
svg=$dir/none/demo.svg
refused 'a place that cannot be written to' 'cannot write'
exit "$failed"
