#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The host is not ready: it has neither a GPU that a driver has, nor guest RAM.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

cohmem check || true
for line in kernel policy kvm capability fwb dic pages iommu erratum qemu; do
	[[ $(check_says $line) == "yes "* ]]
done
