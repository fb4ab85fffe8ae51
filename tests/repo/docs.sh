#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the documents name has to be there: every `make` command, with its
# variables, every file behind a link, and every command that make help lists.
# The jobs of the rig are the same in each place that names them.

# shellcheck source=../../scripts/lib/say.sh
. "$(dirname "$0")/../../scripts/lib/say.sh"
# shellcheck source=../../scripts/lib/paths.sh
. "$(dirname "$0")/../../scripts/lib/paths.sh"

cd "$TOP"
N=0 FAILED=0
HELP=$(make help)

result() {
	N=$((N + 1))
	if [ "$1" = 0 ]; then
		echo "ok $N - $2"
	else
		FAILED=1
		echo "not ok $N - $2"
	fi
}

# check NAME COMMAND...
check() {
	local name=$1 rc=0
	shift
	"$@" >/dev/null 2>&1 || rc=$?
	result "$rc" "$name"
}

# As it is written, but without doing it. A variable that no rule reads is a typo.
command_exists() {
	local words var
	read -ra words <<<"$1"
	make -n "${words[@]:1}" || return
	for var in "${words[@]:2}"; do
		grep -qE "\b${var%%=*}\b" Makefile scripts/*.sh scripts/lib/*.sh || return
	done
}

help_lists() { grep -qE "^  make $1( |\$)" <<<"$HELP"; }

# A heading is its own anchor: lower case, dashes for spaces, no signs.
anchors() { sed -nE 's/^#+ +//p' "$1" | tr '[:upper:] ' '[:lower:]-' | tr -cd 'a-z0-9\n_-'; }

link_leads_somewhere() {
	local file=${2%%#*}
	file=${file:+$(dirname "$1")/$file}
	[ -e "${file:-$1}" ] || return
	[[ $2 != *#* ]] || [[ $'\n'$(anchors "${file:-$1}")$'\n' == *$'\n'"${2#*#}"$'\n'* ]]
}

# What stands in the last column of a table under <!-- tests -->.
# shellcheck disable=SC2016 # a back quote is a back quote
named_tests() {
	sed -n '/^<!-- tests -->$/,/^$/p' "$1" | sed -nE 's/.*\|(.*)\|$/\1/p' | grep -oE '`[a-z0-9_]+`' | tr -d '`' | sort -u
}

# A job of the rig, a step of make check, or a result of a scene.
test_exists() {
	grep -qE "^$1 " tests/steps.list || [ -e "rig/host/jobs/$1.c" ] || grep -q "\"$1\"" rig/host/jobs/*.c
}

# The blocks for a shell, and the tracepoints in them.
# shellcheck disable=SC2016 # the same
shell_blocks() { sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$1"; }
shell_reads() { shell_blocks "$1" | bash -n; }
event_exists() { grep -rq "DEFINE_EVENT([^,]*, *$1,\|TRACE_EVENT($1," kernel/core kernel/lines; }

# Commands stand in code: in back quotes, or alone on a line of a block.
# shellcheck disable=SC2016 # a back quote is a back quote
mapfile -t commands < <(sed -nE 's/^(make [a-z-]+.*)$/\1/p; s/^.*`(make [a-z-]+[^`]*)`.*$/\1/p' ./*.md docs/*.md | sort -u)
for command in "${commands[@]}"; do
	read -r _ target _ <<<"$command"
	check "there is: $command" command_exists "$command"
	check "make help lists: $target" help_lists "$target"
done

for file in ./*.md docs/*.md; do
	while read -r link; do
		check "$file: $link" link_leads_somewhere "$file" "$link"
	done < <(grep -oE '\]\([^):]+\)' "$file" | sed 's/^](//; s/)$//' | sort -u)
	while read -r name; do
		check "$file: test $name" test_exists "$name"
	done < <(named_tests "$file")
	check "$file: a shell reads its commands" shell_reads "$file"
	while read -r name; do
		check "$file: tracepoint $name" event_exists "$name"
	done < <(shell_blocks "$file" | sed -nE 's|.*/events/kvm/([a-z_]+)/.*|\1|p' | sort -u)
done

while read -r name; do
	check "docs/testing.md: mutant $name" grep -qF "| $name |" docs/testing.md
done < <(grep -Ev "^(#|$)" tests/machines/mutants.list | sed "s/ *|.*//")

check "rig/jobs.list and the emulated host have the same jobs" tests/repo/jobs.sh
[ ${#commands[@]} -gt 0 ] || result 1 "the documents name commands"
echo "1..$N"
exit $FAILED
