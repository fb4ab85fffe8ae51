# SPDX-License-Identifier: GPL-2.0-only
# Stands in for tools/testing/selftests/kvm/Makefile of a kernel, as Makefile beside it
# does for the kernel's own: each program is made, and does nothing.
$(OUTPUT)/%:
	mkdir -p $(@D)
	echo program >$@
