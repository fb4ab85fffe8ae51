#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# stream.sh SCRIPT...: runs scripts that print TAP one after another, as one stream.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

for script; do
	tap_from "${script#"$TOP"/}" "$script"
done
tap_end
