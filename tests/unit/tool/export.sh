#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# cohmem export, as it is typed: what it prints is a text of Prometheus', or a node's labels.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

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

# The unit for GPUs had it bound, and it may be a disk.
label_of_unlisted() {
	local dir=$WORK/unlisted
	cp -a "$(host grace)" "$dir"
	echo 0x144d >"$dir/sys/bus/pci/devices/0009:01:00.0/vendor"
	echo 0xa80a >"$dir/sys/bus/pci/devices/0009:01:00.0/device"
	exits 3 export --format=nfd --root="$dir"
	if grep 144d "$WORK/out"; then return 1; fi
	grep 'cohmem-device[.]' "$WORK/out"
	grep -qx 'cohmem: error: whether 0009:01:00.0 has coherent memory is not known' "$WORK/err"
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
	echo old >"$dir/cohmem"
	# A limit of the size of files stands in for a full disk. Standard error is a file, too.
	"$BASH" -c 'trap "" XFSZ; ulimit -f 0; "$@"; echo "exit status $?"' "$BASH" \
		"$COHMEM" export --format=nfd --root="$(host grace)" --output="$dir/cohmem" 2>&1 | cat >"$WORK/err"
	grep -q 'cannot be written: File too large' "$WORK/err"
	grep -qx 'exit status 5' "$WORK/err"
	[ "$(ls -A "$dir")" = cohmem ]
	grep -qx old "$dir/cohmem"
	exits 5 export --format=nfd --root="$(host grace)" --output="$dir/nonsense/cohmem"
	grep -q 'cannot be written: No such file' "$WORK/err"
	grep -q '^    name a file' "$WORK/err"
}

# What is no regular file stays what it is.
export_to_others() {
	local dir=$WORK/others
	mkdir "$dir"
	mkfifo "$dir/pipe"
	timeout 60 cat "$dir/pipe" >"$dir/read" &
	exits 0 export --format=nfd --root="$(host grace)" --output="$dir/pipe"
	[ -p "$dir/pipe" ]
	wait
	diff golden/export.nfd "$dir/read"
	ln -s /dev/null "$dir/null"
	exits 0 export --format=nfd --root="$(host grace)" --output="$dir/null"
	[ "$(readlink "$dir/null")" = /dev/null ]
	[ -c /dev/null ]
	ln -s /dev/full "$dir/full"
	exits 5 export --format=nfd --root="$(host grace)" --output="$dir/full"
	grep -q 'cannot be written: No space left' "$WORK/err"
	[ "$(readlink "$dir/full")" = /dev/full ]
	mkdir "$dir/behind"
	ln -s behind/cohmem "$dir/link"
	exits 0 export --format=nfd --root="$(host grace)" --output="$dir/link"
	echo old >"$dir/behind/cohmem"
	exits 0 export --format=nfd --root="$(host grace)" --output="$dir/link"
	[ "$(readlink "$dir/link")" = behind/cohmem ]
	diff golden/export.nfd "$dir/behind/cohmem"
	[ "$(ls -A "$dir/behind")" = cohmem ]
}

export_usage() {
	refuses export
	grep -q 'say which format' "$WORK/err"
	refuses export --format=yaml
	refuses export --format=nfd --json
}

test_that "cohmem export --format=prometheus prints golden/export.prom, in Prometheus' text format" export_metrics
test_that "cohmem export --format=nfd prints golden/export.nfd, labels that can be a node's" export_labels
test_that "a device that no list names has no label" label_of_unlisted
test_that "metrics and labels that are wrong are noticed" wrong_exports
test_that "cohmem export --output writes all or nothing, and leaves nothing else" export_to_file
test_that "cohmem export --output writes to a device, a pipe and what a link leads to, and replaces none of them" export_to_others
test_that "cohmem export needs a format that it knows" export_usage
tap_end
