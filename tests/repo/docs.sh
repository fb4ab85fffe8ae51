#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# docs.sh: every document is whole, and what it names is there: titles, tables, links,
# paths, commands, tests and tracepoints. Each check is also given a document that is
# wrong, which it must notice.

# shellcheck disable=SC2016 # a back quote is a back quote

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

cd "$TOP"
need_packages "${REPO_PACKAGES[@]}" "${NATIVE_PACKAGES[@]}"
need_work
HELP=$(make help)

# clean CHECK...: it has nothing to complain of.
clean() {
	local complaints
	complaints=$("$@" 2>&1) || complaints+=${complaints:+$'\n'}"status $?"
	[ -z "$complaints" ] && return
	echo "$complaints"
	return 1
}

# --- what a document consists of -----------------------------------------------------

xml() { cmark -t xml "$1" | sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&amp;/\&/g'; }

links() { xml "$1" | sed -nE 's/^ *<(link|image) destination="([^"]*)".*/\2/p' | grep -vE '^[a-z]+:' | sort -u; }

code_spans() { xml "$1" | sed -nE 's/^ *<code xml:space="preserve">(.*)<\/code>$/\1/p' | sort -u; }

code_lines() {
	xml "$1" | awk '/^ *<code_block/ { block = 1; sub(/^[^>]*>/, "") }
		/<\/code_block>$/ { block = 0 } block'
}

code() { code_spans "$1" && code_lines "$1"; }

# The lines of the blocks for a shell.
shell_lines() { sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$1"; }

# The lines of the block of C.
c_lines() { sed -n '/^```c$/,/^```$/{/^```/d;p}' "$1"; }

# A heading is its own anchor: lower case, dashes for spaces, no signs.
anchors() {
	xml "$1" | awk '/<heading/ { heading = 1; text = "" }
		heading && /<(text|code) / { gsub(/^ *<[^>]*>|<\/(text|code)>$/, ""); text = text $0 }
		/<\/heading>/ { print text; heading = 0 }' | tr '[:upper:] ' '[:lower:]-' | tr -cd 'a-z0-9\n_-'
}

# --- what may be wrong with it: each of these prints complaints ------------------------

title() {
	local titles
	titles=$(xml "$1" | grep -c '<heading level="1">')
	head -n 1 "$1" | grep -qE '^# [^ ]' || echo "$1:1: this is not a title (# and a space)"
	[ "$titles" = 1 ] || echo "$1: there are $titles titles"
}

# A row outside a table is a torn one, as is one with more or fewer cells than the head.
tables() {
	awk '
		function cells(row) { gsub(/\\\|/, "", row); return gsub(/\|/, "", row) - 1 }
		function complain(what) { printf "%s:%d: %s\n", FILENAME, FNR, what }
		/^ *```/ { fence = !fence; opened = FNR; width = 0; next }
		fence { next }
		/^\|.*\|$/ && width { if (cells($0) != width) complain("a row of " cells($0) " cells in a table of " width) ; next }
		/^\|.*\|$/ && !head { head = cells($0); next }
		head && /^\|[-:| ]+\|$/ {
			width = head
			head = 0
			if (cells($0) != width) complain("the line below the head has " cells($0) " cells, the head " width)
			next
		}
		{
			if (head) complain("the line above is a row outside a table")
			head = width = 0
			line = $0
			gsub(/`[^`]*`/, "", line)
			if (line ~ /\|/) complain("a | outside a table")
		}
		END {
			if (head) complain("a row outside a table")
			if (fence) complain("the block of line " opened " has no end")
		}' "$1"
}

dead_links() {
	local link file
	while read -r link; do
		file=${link%%#*}
		file=${file:+$(dirname "$1")/$file}
		file=${file:-$1}
		if [ ! -e "$file" ]; then
			echo "$1: the link $link leads nowhere"
		elif [[ $link == *#* ]] && ! anchors "$file" | grep -qxF "${link#*#}"; then
			echo "$1: the link $link leads to no heading"
		fi
	done < <(links "$1")
	xml "$1" | sed -nE 's/^ *<text [^>]*>(.*\]\(.*)<\/text>$/\1/p' | sed "s|^|$1: a torn link: |"
}

# Files and folders of ours that are named in back quotes. A word in capitals (X, KIND)
# stands for any.
dead_paths() {
	local path
	while read -r path; do
		compgen -G "$(sed -E 's/\b[A-Z]+\b/*/g; s|/$||' <<<"$path")" >/dev/null || echo "$1: there is no $path"
	done < <(code_spans "$1" | grep -E '^(kernel|rig|lib|tests|scripts|docs|tool|packaging|\.github)/[^ ]*$' | grep -v '<')
}

# Functions of any language that documents name: ours, and those of others that we call.
unknown_functions() {
	local name
	while read -r name; do
		grep -rqw --include='*.'{c,h,S,sh,patch} --exclude=docs.sh -- "$name" kernel rig lib tool scripts tests ||
			echo "$1: there is no function $name()"
	done < <(code_spans "$1" | sed -nE 's/^([a-z_][a-z0-9_]*)\(\)$/\1/p' | sort -u)
}

# A command is tried as it is written, but without doing it. A variable that nothing
# reads is a typo.
unknown_commands() {
	local command words var
	while read -r command; do
		read -ra words <<<"$command"
		make -n "${words[@]:1}" >/dev/null 2>&1 || echo "$1: make does not know: $command"
		[[ ${words[1]} != -* ]] || continue
		grep -qE "^  make ${words[1]}( |\$)" <<<"$HELP" || echo "$1: make help does not list: make ${words[1]}"
		for var in "${words[@]:2}"; do
			grep -qrE --include='*.sh' --exclude-dir=repo "\b${var%%=*}\b" Makefile scripts rig tests ||
				echo "$1: nothing reads ${var%%=*}, in: $command"
		done
	done < <(code "$1" | sed 's/ *#.*//' | grep -E '^make [a-z-]+' | sort -u)
	shell_lines "$1" | bash -n
}

# A call of the operator's command has a command of it, and options of its man page. What
# is said to be in its package is put there: units for a device, and files.
unknown_operation() {
	local command option name
	while read -r command; do
		name=${command#cohmem }
		grep -qE "^\s\{ \"${name%% *}\", " tool/main.c || echo "$1: cohmem has no such command: $command"
		while read -r option; do
			grep -qE "^\.(It|Op)?.*Fl -${option#--}( |\$)" tool/cohmem.1 || echo "$1: its man page has no $option: $command"
		done < <(grep -oE -- '--[a-z]+' <<<"$command")
	done < <(code "$1" | grep -E '^cohmem [a-z]' | sort -u)
	while read -r name; do
		[ -e "packaging/cohmem/debian/cohmem.$name.service" ] || echo "$1: the package has no unit $name"
	done < <(code "$1" | grep -oE '\bcohmem-[a-z]+@' | sort -u)
	while read -r name; do
		grep -qF "\$(TO)$name" packaging/cohmem/debian/rules || echo "$1: the package has no $name"
	done < <(code "$1" | grep -oE '/usr/[a-z/]*/cohmem/[a-z./-]+' | sort -u)
}

# Each block of C is a whole program.
broken_programs() {
	[ -z "$(c_lines "$1")" ] || c_lines "$1" | gcc -x c -std=gnu11 -Wall -Wextra -Werror -o "$WORK/program" - 2>&1
}

# blocks DOCUMENT LANGUAGE: writes each block of that language to a file of its own, and
# prints their names
blocks() {
	rm -f "$WORK"/block-*
	awk -v start="^\`\`\`$2\$" -v work="$WORK" '
		$0 ~ start { file = work "/block-" ++count; print file; next }
		/^```$/ { file = "" }
		file { print >file }' "$1"
}

# What other programs read can be parsed, and says no key twice. A block of YAML is for
# Kubernetes: each of its documents has a kind.
broken_yaml() {
	local file
	for file in $(blocks "$1" yaml); do
		yamllint -f parsable -d '{rules: {key-duplicates: enable}}' "$file" | sed "s|^[^:]*|$1: a block of YAML|"
		awk -v doc="$1" '/^---$/ { check() } /^kind: [A-Z]/ { kind = 1 } END { check() }
			function check() { if (!kind) print doc ": a document of YAML has no kind"; kind = 0 }' "$file"
	done
}

# Not the python3 that is first in PATH, which may have no tomllib.
broken_toml() {
	local file
	for file in $(blocks "$1" toml); do
		/usr/bin/python3 -c 'import sys, tomllib; tomllib.load(open(sys.argv[1], "rb"))' "$file" 2>&1 | sed -n "\$s|^|$1: a block of TOML: |p"
	done
}

broken_data() {
	broken_yaml "$1"
	broken_toml "$1"
}

unknown_tracepoints() {
	local name
	while read -r name; do
		grep -rq "DEFINE_EVENT([^,]*, *$name,\|TRACE_EVENT($name," kernel/core kernel/lines ||
			echo "$1: there is no tracepoint $name"
	done < <(shell_lines "$1" | sed -nE 's|.*/events/kvm/([a-z_]+)/.*|\1|p' | sort -u)
}

# In the last column of a table under <!-- tests --> stand jobs of the rig, steps of make
# check, results of a job, or selftests.
unknown_tests() {
	local name
	while read -r name; do
		grep -qE "^$name +\|" tests/steps.list rig/jobs.list ||
			[ -e "kernel/selftests/$name.c" ] || grep -q "\"$name\"" rig/host/jobs/*.c || echo "$1: there is no test $name"
	done < <(sed -n '/^<!-- tests -->$/,/^$/p' "$1" | sed -nE 's/.*\|(.*)\|$/\1/p' |
		grep -oE '`[a-z0-9_-]+`' | tr -d '`' | sort -u)
}

# The reasons of the kernel, of which each but ok is an answer to somebody.
reasons() { sed -nE '/^const char \*cohmem_reason_name\(/,/^}/s/.*= "([^"]+)",$/\1/p' kernel/core/cohmem_rule.c | grep -vx ok; }

# The lines of cohmem check.
check_lines() { sed -nE 's/^\t\{ "([^"]+)", check_.*/\1/p' tool/check.c; }

# entries DOCUMENT TITLE: what the rows below that title are about: first cells in back quotes
entries() {
	awk -v title="## $2" '/^## / { here = $0 == title } here' "$1" | sed -nE 's/^\| `([^`]+)` \|.*/\1/p' | sort
}

# not_as NAMES DOCUMENT TITLE: what the command NAMES prints has one row each below that
# title, and nothing else has one
not_as() {
	local names
	names=$("$1" | sort)
	[ -n "$names" ] || echo "$1 finds no name: correct it in this script"
	comm -23 <(echo "$names") <(entries "$2" "$3") | sed "s|^|$2: no row below '$3' is about |"
	comm -13 <(echo "$names") <(entries "$2" "$3") | sed "s|^|$2: nothing is called as the row below '$3' about |"
}

# unlisted DOCUMENT NAME...: names that are in no first cell of a row, as it stands or in
# back quotes
unlisted() {
	comm -13 <(sed -nE 's/^\| ([^|]*) \|.*/\1/p' "$1" | sed -nE 'p; s/`, `/\n/g; s|/?`||gp' | sort -u) \
		<(printf '%s\n' "${@:2}" | sort) | sed "s|^|$1: no row of a table is about |"
}

# --- are the checks able to fail? --------------------------------------------------------

# notices NAME CHECK TEXT: the document on standard input is complained of with TEXT.
notices() {
	cat >"$WORK/broken.md"
	test_that "$1 is noticed" complains "$3" "$2" "$WORK/broken.md"
}

# complains TEXT CHECK...
complains() { ("${@:2}" 2>&1 || true) | tee "$WORK/complaints" && grep -qF -- "$1" "$WORK/complaints"; }

notices "a document without a title" title "is not a title" <<<'| a row | before the title |# Title'
notices "a second title" title "there are 2 titles" <<<$'# One\n\n# Two'
notices "a row that another line has joined" tables "a | outside a table" <<<'| a row |# Title'
notices "a row outside a table" tables "a row outside a table" <<<$'text\n| a | b |\ntext'
notices "a row with a cell too few" tables "a row of 1 cells in a table of 2" <<<$'| a | b |\n|---|---|\n| 1 |'
notices "a row with a cell too many" tables "a row of 3 cells in a table of 2" <<<$'| a | b |\n|---|---|\n| 1 | 2 | 3 |'
notices "a table whose head has other columns" tables "the head 2" <<<$'| a | b |\n|---|\n| 1 | 2 |'
notices "a block without an end" tables "has no end" <<<$'```\nmake help'
notices "a dead link" dead_links "leads nowhere" <<<'[text](no/such/file.md)'
notices "a dead anchor" dead_links "leads to no heading" <<<$'# Title\n\n[text](#no-such-heading)'
notices "a torn link" dead_links "a torn link" <<<'[text](two words)'
notices "a path that is not there" dead_paths "there is no scripts/no-such-file.sh" <<<'`scripts/no-such-file.sh`'
notices "a folder that is not there" dead_paths "there is no scripts/no-such/" <<<'`scripts/no-such/`'
notices "a command that is not there" unknown_commands "make help does not list: make nonsense" <<<'`make nonsense`'
notices "a command in a block that is not there" unknown_commands "make does not know" <<<$'```\nmake nonsense\n```'
notices "a variable that nothing reads" unknown_commands "nothing reads NONSENSE" <<<'`make demo NONSENSE=1`'
notices "a block that a shell does not read" unknown_commands "syntax error" <<<$'```sh\nif true\n```'
notices "a command that cohmem does not have" unknown_operation "no such command: cohmem nonsense" <<<'`cohmem nonsense --json`'
notices "an option that cohmem does not have" unknown_operation "has no --nonsense" <<<'`cohmem check --nonsense`'
notices "a unit that no package has" unknown_operation "no unit cohmem-nonsense@" <<<$'```sh\nsystemctl enable cohmem-nonsense@1\n```'
notices "a file that no package has" unknown_operation "has no /usr/share/doc/cohmem/nonsense" <<<'`/usr/share/doc/cohmem/nonsense`'
notices "a program that does not compile" broken_programs "undeclared" <<<$'```c\nint main(void) { return nonsense; }\n```'
notices "YAML that cannot be parsed" broken_yaml "a block of YAML:2" <<<$'```yaml\nkind: VirtualMachine\n\tspec: 1\n```'
notices "a key that YAML has twice" broken_yaml "duplication of key" <<<$'```yaml\nkind: VirtualMachine\nspec: 1\nspec: 2\n```'
notices "a document of YAML without its kind" broken_yaml "has no kind" <<<$'```yaml\nkind: ConfigMap\n---\nspec: 1\n```'
notices "TOML that cannot be parsed" broken_toml "TOMLDecodeError" <<<$'```toml\n[hypervisor.qemu]\nfile_mem_backend = /guestram\n```'
notices "a key that TOML has twice" broken_toml "Cannot overwrite" <<<$'```toml\na = 1\na = 2\n```'
notices "a tracepoint that is not there" unknown_tracepoints "kvm_nonsense" <<<$'```sh\ncat /events/kvm/kvm_nonsense/enable\n```'
notices "a test that is not there" unknown_tests "no test nonsense" <<<$'<!-- tests -->\n| a |\n|---|\n| `nonsense` |'
notices "a function that is not there" unknown_functions "no function find_nonsense" <<<'It calls `find_nonsense()`.'

senses() { printf '%s\n' sight taste; }
five() { not_as senses "$1" "The senses"; }
notices "a reason or a line that no row is about" five "no row below 'The senses' is about taste" <<<$'## The senses\n\n| a |\n|---|\n| `sight` |\n\n## Others\n\n| a |\n|---|\n| `taste` |'
notices "a row about none" five "nothing is called as the row below 'The senses' about touch" <<<$'## The senses\n\n| a |\n|---|\n| `sight` |\n| `taste` |\n| `touch` |'
notices "a row that stands twice" five "about taste" <<<$'## The senses\n\n| a |\n|---|\n| `sight` |\n| `taste` |\n| `taste` |'

nothing() { unlisted "$1" nonsense; }
notices "a list that lacks something" nothing "is about nonsense" <<<$'| a |\n|---|\n| `sense` |'

# --- the documents -----------------------------------------------------------------------

mapfile -t documents < <(find . -name '*.md' ! -path './build/*' ! -path './.git/*' -printf '%P\n' | sort)
for file in "${documents[@]}"; do
	test_that "$file begins with its title" clean title "$file"
	test_that "$file has no torn table" clean tables "$file"
	test_that "$file has no dead link" clean dead_links "$file"
	test_that "$file has only tests that exist" clean unknown_tests "$file"
	test_that "$file has only tracepoints that exist" clean unknown_tracepoints "$file"
	test_that "$file has no program that does not compile" clean broken_programs "$file"
	test_that "$file has no YAML and no TOML that is wrong" clean broken_data "$file"
	# This one also has names that are no longer.
	[ "$file" != CHANGES.md ] || continue
	test_that "$file has only paths that exist" clean dead_paths "$file"
	test_that "$file has only functions that exist" clean unknown_functions "$file"
	test_that "$file has only commands that exist" clean unknown_commands "$file"
	test_that "$file has of the operator's command only what exists" clean unknown_operation "$file"
done
# debians_of RELEASE...: which of these kernels "Remove it" boots, or the pattern
debians_of() {
	local line debian=
	line=$(sed -n '/^debian=/p; /|| debian=/p' docs/operating.md)
	rm -rf "${WORK:?}/boot"
	mkdir "$WORK/boot"
	touch "${@/#/$WORK/boot/vmlinuz-}"
	eval "${line//\/boot/$WORK/boot}"
	echo "${debian#"$WORK"/boot/vmlinuz-}"
}

debians_are_found() {
	local release
	for release in 6.12.{90+deb13.1,74+deb13+1,107+deb13,107+deb13-cloud,107+deb13-rt}-arm64 6.12.107+deb13-arm64-16k; do
		[ "$(debians_of "$release" 6.12.117-cohmem-arm64-0123abcd 6.12.117-cohmem-arm64-64k-0123abcd)" = "$release" ]
	done
	[ "$(debians_of 6.12.107+deb13-arm64 6.12.115+deb13.1-arm64)" = 6.12.115+deb13.1-arm64 ]
	[ "$(debians_of 6.12.107+deb13-arm64{,-16k,.dpkg-bak} 6.12.{107+deb13-cloud,115+deb13-rt}-arm64)" = 6.12.107+deb13-arm64 ]
	[ "$(debians_of 6.12.117-cohmem-arm64-0123abcd)" = "*+deb13*-arm64*" ]
}

test_that "the documents are found" [ ${#documents[@]} -gt 5 ]

mutants=() steps=()
read_list mutants tests/machines/mutants.list what
read_list steps tests/steps.list step
mapfile -t folders < <(find . -mindepth 1 -maxdepth 2 -type d ! -path './.*' ! -path './build*' -printf '%P\n' | sort)
test_that "docs/testing.md tells of each mutant" clean unlisted docs/testing.md "${mutants[@]}"
test_that "docs/testing.md tells of each step" clean unlisted docs/testing.md "${steps[@]}"
test_that "CONTRIBUTING.md tells of each folder" clean unlisted CONTRIBUTING.md "${folders[@]}"
test_that "docs/troubleshooting.md tells of each reason of the kernel, and of no other" clean not_as reasons docs/troubleshooting.md "The reasons"
test_that "docs/troubleshooting.md tells of each line of cohmem check, and of no other" clean not_as check_lines docs/troubleshooting.md 'The lines of `cohmem check`'
test_that "CHANGES.md begins with the version" [ "$(grep -m1 '^## ' CHANGES.md)" = "## $(cat VERSION)" ]

test_that "rig/jobs.list and the emulated host have the same jobs" tests/repo/jobs.sh

# With the commit, where git knows one: a copied clone has none.
version() {
	make -s version | grep -qxE "$(sed 's/\./\\./g' VERSION)(\+g[0-9a-f]{12})?" || echo "make version says $(make -s version)"
}
test_that "make version says the version" clean version
test_that "the removal finds each kernel of Debian 13, and none of ours" debians_are_found
tap_end
