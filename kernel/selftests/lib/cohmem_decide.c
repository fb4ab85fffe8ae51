// SPDX-License-Identifier: GPL-2.0-only
/* The rule that the kernel has, from its source; it needs nothing else of the kernel. */
#include "cohmem_rule.c"
