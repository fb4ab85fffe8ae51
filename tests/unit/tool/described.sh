#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the man page, the completion and docs/operating.md say of the operator's command: what it
# does, and no more.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

MAN=$TOP/tool/cohmem.1

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
