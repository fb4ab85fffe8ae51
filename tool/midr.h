/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs by their MIDR_EL1, and CVE-2025-10263. */
#ifndef TOOL_MIDR_H
#define TOOL_MIDR_H

#include <stdbool.h>

#include "kernel.h"

/** midr_read() - read "0x00000000410fd4f1", and nothing but that; false if it is not one */
bool midr_read(const char *text, u64 *midr);

/**
 * midr_with_erratum() - is it a CPU for which ARM64_ERRATUM_4118414 is?
 * @midr: the register
 *
 * On these CPUs a TLBI may be complete before all stores through the old entry are seen:
 * CVE-2025-10263. The list is that of 6.12.117, arch/arm64/kernel/cpu_errata.c.
 *
 * Return: the name of the CPU, or NULL.
 */
const char *midr_with_erratum(u64 midr);

#endif /* TOOL_MIDR_H */
