/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel counts of the memory of a process, and of all memory. */
#ifndef RIG_HOST_LIB_STATUS_H
#define RIG_HOST_LIB_STATUS_H

#include <sys/types.h>

#include "kernel.h"

/** status_kib() - a line of /proc/PID/status in KiB, as "VmPTE"; 0 if the process has ended */
u64 status_kib(pid_t pid, const char *key);

/** status_meminfo_kib() - a line of /proc/meminfo, which is in KiB */
u64 status_meminfo_kib(const char *key);

/** status_tables() - pages of page tables that a process has */
u64 status_tables(pid_t pid);

#endif /* RIG_HOST_LIB_STATUS_H */
