/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the inner guest's PID 1 share. */
#ifndef RIG_GUEST_GUEST_H
#define RIG_GUEST_GUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

/* util.c */

/**
 * report() - print one line for the host, "guest: ..."
 * @fmt: as printf()
 */
void report(const char *fmt, ...) __printf(1, 2);

/**
 * guarded() - run a check that may fault, without ending the guest
 * @check: the check; it reports what it finds, @name first
 * @name: its name
 * @sig: out: the signal that ended it, or 0
 *
 * Return: what @check returned; false after a signal.
 */
bool guarded(bool (*check)(const char *name), const char *name, int *sig);

/** meminfo_kib() - a value of /proc/meminfo, -1 if it is not there */
long meminfo_kib(const char *key);

/** page_ipa() - the IPA of a page that has been written to, 0 if it has none */
u64 page_ipa(const void *mem);

/** page_ipas() - the same of @count pages that follow one another; whether all have one */
bool page_ipas(const void *mem, size_t count, u64 *ipas);

/* checks.c */

/** checks_run() - do what Device memory forbids */
void checks_run(void);

/* memtester.c */

/**
 * memtester_run() - the workload
 * @mib: how much memory to verify, or 0: all that is left of the guest's
 *
 * Return: whether every byte was right.
 */
bool memtester_run(long mib);

/* serve.c */

/** serve() - carry out the host's orders, a line each, until there are no more */
void serve(void);

/* io.c */

/** io_check_disk() - write so many MiB (256 KiB with 0) to /dev/@disk, and read them back */
bool io_check_disk(const char *name, const char *disk, size_t mib);

/** io_check_vsock() - exchange bytes with a server on the host */
bool io_check_vsock(const char *name, int port);

/* hotplug.c */

/**
 * hotplug_hold() - have memory that was added, with the pattern in it
 * @name: of the check
 * @range: "START BYTES MIB": where the memory is (both hexadecimal), and how much to have
 */
bool hotplug_hold(const char *name, const char *range);

/** hotplug_release() - have it no longer */
bool hotplug_release(const char *name);

/** hotplug_pmem() - all of /dev/pmem0 has the pattern; "write": write that before */
bool hotplug_pmem(const char *name, const char *what);

/* dma.c */

/** dma_check() - let an assigned edu device read and write the guest's RAM */
bool dma_check(const char *name);

/* gpu.c */

/** gpu_say_nodes() - report the NUMA nodes that ACPI gives to devices, if there are any */
void gpu_say_nodes(void);

/** gpu_hot_add() - give the GPU's region 4 to the guest's kernel as memory */
bool gpu_hot_add(void);

/** gpu_unplug() - take region 4 from the kernel, which first moves what is in it */
bool gpu_unplug(const char *name);

/** gpu_check_region2() - region 2 takes data, and refuses execution */
void gpu_check_region2(void);

/**
 * gpu_holds() - whether the page is in region 4, or there is no such region
 * @name: of the check, which fails if it is not
 * @mem: in the page, which has been written to
 */
bool gpu_holds(const char *name, const void *mem);

#endif /* RIG_GUEST_GUEST_H */
