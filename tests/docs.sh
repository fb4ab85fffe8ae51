#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the documents name has to be there: every `make` command, with its
# variables, every file behind a link, and every command that make help lists.

# shellcheck source=../scripts/env.sh
. "$(dirname "$0")/../scripts/env.sh"

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
		grep -qE "\b${var%%=*}\b" Makefile scripts/*.sh || return
	done
}

help_lists() { grep -qE "^  make $1( |\$)" <<<"$HELP"; }

link_leads_somewhere() { [ -e "$(dirname "$1")/$2" ]; }

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
	done < <(grep -oE '\]\([^)#:]+\)' "$file" | sed 's/^](//; s/)$//' | sort -u)
done

[ ${#commands[@]} -gt 0 ] || result 1 "the documents name commands"
echo "1..$N"
exit $FAILED
