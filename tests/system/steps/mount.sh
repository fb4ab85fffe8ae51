#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

dmesg | grep guestram:
[[ $(check_says guestram) == "yes "* ]]
block operating.md "Mount it" 1 >>/etc/fstab
follow operating.md "Mount it" 2 "/^systemctl daemon-reload\$/,\$d"
if touch /guestram/file; then exit 1; fi
follow operating.md "Mount it" 2
[ "$(stat -f -c '%S' /guestram)" = 2097152 ]
[ "$(df -B1M --output=size /guestram | tail -n 1)" -eq 2560 ]
