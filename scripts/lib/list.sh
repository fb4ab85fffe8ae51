# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The one reader of lists. A list is a text file of rows "a | b | c". Its first row
# names the columns. Empty lines, and lines that begin with #, are comments. A cell
# holds no |; where a sed program needs one, it says \x7c. Sourced, after say.sh.

# list_rows FILE COLUMN...: those columns of each row, in the order asked for, with |
# between them. Ends the script if the file, a column or a cell is missing.
list_rows() {
	awk -F '|' -v columns="${*:2}" -v name="${1#"$TOP"/}" '
		function wrong(what) {
			printf "%s:%d: %s\n", name, FNR, what >"/dev/stderr"
			exit failed = 1
		}
		/^[[:space:]]*(#|$)/ { next }
		{ for (i = 1; i <= NF; i++) gsub(/^[[:space:]]+|[[:space:]]+$/, "", $i) }
		!width {
			width = NF
			for (i = 1; i <= NF; i++)
				at[$i] = i
			count = split(columns, asked, " ")
			for (i = 1; i <= count; i++)
				if (!(asked[i] in at))
					wrong("there is no column " asked[i])
			next
		}
		NF != width { wrong("a row of " NF " cells in a list of " width " columns") }
		{
			row = $at[asked[1]]
			for (i = 2; i <= count; i++)
				row = row "|" $at[asked[i]]
			print row
		}
		END { if (!failed && !width) wrong("an empty list, without the names of its columns") }' "$1" ||
		die "${1#"$TOP"/} cannot be read as a list" "correct the line above; scripts/lib/list.sh says what a list is"
}
