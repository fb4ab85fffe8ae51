#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# style.sh: shellcheck is content with the shell, the kernel's checkpatch with the C, and
# codespell with every word. What checkpatch need not say is in style.list. Each check is
# also given a file that is wrong, which it must notice.

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../../scripts/lib/line.sh
. "$TOP/scripts/lib/line.sh"
# shellcheck source=../../scripts/lib/source.sh
. "$TOP/scripts/lib/source.sh"

unset KERNEL_SRC UPDATE
need_packages shellcheck codespell perl xz-utils patch
use_line
PACKAGE=$(line_value package)
DEB=$("$TOP/scripts/apt.sh" fetch "$PACKAGE")
CHECKPATCH=$(line_base "$DEB")/scripts/checkpatch.pl
EXCUSED=$TOP/tests/repo/style.list
cd "$TOP"
need_work

# files PATTERN...: ours, without what was built
files() {
	local pattern tests=()
	for pattern; do tests+=(-o -name "$pattern"); done
	find "$TOP" -path "$TOP/build" -prune -o -path "$TOP/.git" -prune -o \
		-type f \( "${tests[@]:1}" \) -print | sort
}

# programs: files of ours that a shell runs, whatever their names
programs() { files '*' | xargs -r -d '\n' awk 'FNR == 1 && /^#!\/bin\/(ba)?sh/ { print FILENAME } { nextfile }'; }

shell() { { files '*.sh' '*.bash-completion' && programs; } | sort -u; }

# each NUMBER COMMAND...: the command with that many of the files on standard input at a
# time, as often at once as there are CPUs
each() { (xargs -r -d '\n' -P "$(nproc)" -n "$1" "${@:2}" 2>&1 || true) | sed "s|$TOP/||" | sort -s -t: -k1,1; }

# --- each of these prints its complaints of the files on standard input ------------------

shell_complaints() { each 6 shellcheck -f gcc; }

# Machines are shell too, but they are sourced: variables of theirs are used elsewhere.
machine_complaints() { each 20 shellcheck -f gcc -s bash -e SC1091,SC2034,SC2054; }

# excuse USED: without what style.list excuses; its rows that did so go to USED.
excuse() {
	list_rows "$EXCUSED" type where | awk -F '|' -v used="$1" '
		NR == FNR {
			row[NR] = $0
			type[NR] = $1
			gsub(/\./, "\\.", $2)
			gsub(/\*/, ".*", $2)
			where[NR] = "^" $2 ":"
			rows = NR
			next
		}
		/^total: / { next }
		{
			for (i = 1; i <= rows; i++) {
				if ($0 ~ where[i] && index($0, ":" type[i] ":")) {
					print row[i] >used
					next
				}
			}
			print
		}' - "$WORK/checkpatch"
}

# For CAMELCASE checkpatch would learn the kernel's own names, from headers that are not
# here.
c_complaints() {
	each 8 perl "$CHECKPATCH" --strict --no-tree --ignore CAMELCASE --terse --show-types -f >"$WORK/checkpatch"
	excuse "$WORK/used"
}

# AER is PCIe's error reporting; Debian 13's codespell takes it for a word.
spelling() { each 50 codespell --ignore-words-list=aer; }

# Lists, patches and configurations are not programs.
licence() { { xargs -r -d '\n' grep -L 'SPDX-License-Identifier: GPL-2.0-only' || true; } | sed "s|$TOP/||; s|$|: no SPDX line, or another licence|"; }

# --- are the checks able to fail? --------------------------------------------------------

# notices NAME CHECK FILE TEXT: a file of that name, with what is on standard input, is
# complained of with TEXT.
notices() {
	cat >"$WORK/$3"
	test_that "$1 is noticed" complains "$2" "$WORK/$3" "$4"
}

# finds_program: of the files that are shipped, one whose name does not say what it is
finds_program() { shell | grep -F /packaging/cohmem/bind-gpu; }

complains() { "$1" <<<"$2" | tee "$WORK/complaints" && grep -qF -- "$3" "$WORK/complaints"; }

# shellcheck disable=SC2016 # a variable that is not quoted
notices "a variable without quotes" shell_complaints wrong.sh SC2086 <<<$'#!/bin/bash\nrm $1'
notices "a conf file that no shell reads" machine_complaints wrong.conf SC10 <<<'A=('
notices "a missing space" c_complaints wrong.c ERROR:SPACING <<<$'// SPDX-License-Identifier: GPL-2.0-only\nint f(int i)\n{\n\tif(i)\n\t\treturn 1;\n\treturn 0;\n}'
# Not spelled out, or this file itself would be wrong.
notices "a misspelled word" spelling wrong.md "the" <<<$'t\x65h'
test_that "a program without a suffix is found" finds_program
notices "a file without a licence" licence wrong2.c "no SPDX line" <<<'int i;'

# --- our files ---------------------------------------------------------------------------

# content CHECK COMMAND...: nothing is wrong with the files that the command prints, and it
# prints some.
content() {
	"${@:2}" >"$WORK/files"
	[ -s "$WORK/files" ]
	"$1" <"$WORK/files" | tee "$WORK/complaints"
	[ ! -s "$WORK/complaints" ]
}

licensed() { { files '*.[chS]' '*.conf' '*.mk' Makefile Kbuild && shell; } | sort -u; }

: >"$WORK/used"
test_that "shellcheck is content with the shell" content shell_complaints shell
test_that "shellcheck is content with the machines" content machine_complaints files '*.conf'
test_that "checkpatch is content with the C" content c_complaints files '*.[chS]'
test_that "codespell knows every word" content spelling files '*.md' '*.[chS]' '*.sh' '*.list' '*.conf' '*.config' '*.patch' '*.mk' Makefile Kbuild cover
test_that "every program and script says its licence" content licence licensed

no_unused_row() {
	comm -23 <(list_rows "$EXCUSED" type where | sort -u) <(sort -u "$WORK/used") | sed 's/^/excuses nothing: /' |
		tee "$WORK/complaints"
	[ ! -s "$WORK/complaints" ]
}
test_that "every row of tests/repo/style.list excuses something" no_unused_row
tap_end
