#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

follow operating.md "Set memory aside" 1 's/720G/2560M/; /^reboot$/d'
grep guestram= /boot/grub/grub.cfg
