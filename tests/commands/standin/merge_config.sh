#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# merge_config.sh -m -O DIR DIR/.config FRAGMENT...: what is asked for is what there
# will be, beside what was there; the stand-in has no Kconfig that could drop an option.
config=$4
shift 3
cat "$@" | tac | awk '{ name = $0; sub(/^# /, "", name); sub(/[= ].*/, "", name) } !seen[name]++' |
	grep -v '=n$' >"$config.new"
mv "$config.new" "$config"
