# SPDX-License-Identifier: GPL-2.0-only
#
# What the operator's command is made of, besides the files in this folder. Its tests take it
# from here, too.

# Files of lib/, the rule itself, and what decodes stage 2: the same as the kernel's and the
# selftests'.
SHARED	:= atomic_file json keyval list picture_legend picture_strip svg text xml \
	   cohmem_rule cohmem_stage2
LIBS	:= -ljson-c -ltracefs
