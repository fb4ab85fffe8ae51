#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the test has put there, and then what the document says.

# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"

systemctl disable cohmem-test-gpu
rm -rf /etc/systemd/system/cohmem-test-gpu.service /etc/cohmem /root/cohmem_testgpu.ko
follow operating.md "Remove it" 1 "/^\treboot\$/d"
