# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Which kernel line is meant, and what its `line` file says of it. LINE= in the
# environment is the one way in which scripts hand it on to each other; what it is
# without that is in kernel/lines/default, and nowhere else. Sourced, after list.sh.

KERNEL_DIR=$TOP/kernel

# use_line: ends the script if LINE is no line, or one without patches; exports it
use_line() {
	use_any_line
	[ "$(line_value compare-only)" != yes ] ||
		die "line $LINE is for comparison only: it has no patches" "use make bench PEERS=1"
}

# use_any_line: the same, but a line for comparison only will do
use_any_line() {
	LINE=${LINE:-$(default_line)}
	LINE_DIR=$KERNEL_DIR/lines/$LINE
	[[ $LINE =~ ^[a-z0-9][a-z0-9.]*$ && -r $LINE_DIR/line ]] ||
		die "there is no kernel line '$LINE'" "lines: $(lines_there_are)"
	export LINE
}

default_line() { cat "$KERNEL_DIR/lines/default"; }

# lines_there_are: those that have patches
lines_there_are() { (cd "$KERNEL_DIR/lines" && printf '%s\n' */series) | cut -d/ -f1 | paste -sd' '; }

VARIANTS_LIST=$KERNEL_DIR/config/variants.list

variants_there_are() {
	[ -e "$LINE_DIR/series" ] || { echo stock && return; }
	list_rows "$VARIANTS_LIST" variant | paste -sd' '
}

# selftests_there_are: ours, and those of the kernel's own that are run
selftests_there_are() { echo "$(own_selftests) $(upstream_selftests)"; }

own_selftests() { (cd "$KERNEL_DIR/selftests" && printf '%s\n' *.c) | sed 's/\.c$//' | paste -sd' '; }

upstream_selftests() {
	[ -e "$LINE_DIR/upstream.list" ] || return 0
	list_rows "$LINE_DIR/upstream.list" when test | sed -nE 's/^(check|full|cases)\|([^:]*).*/\2/p' | sort -u | paste -sd' '
}

# line_value WHAT: what the line says of it, or nothing
line_value() { list_rows "$LINE_DIR/line" what which | sed -n "s/^$1|//p"; }
