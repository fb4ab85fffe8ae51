/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_GUEST_GUEST_H
#define RIG_GUEST_GUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

/**
 * say() - print one line for the host, "guest: ..."
 * @fmt: as printf()
 */
void say(const char *fmt, ...) __printf(1, 2);

/**
 * guarded() - run a check that may fault, without ending the guest
 * @check: the check; it says what it found, beginning with @name
 * @name: its name
 * @sig: out: the signal that ended it, or 0
 *
 * Return: what @check returned; false after a signal.
 */
bool guarded(bool (*check)(const char *name), const char *name, int *sig);

/** run_checks() - what Device memory forbids */
void run_checks(void);

/**
 * run_memtester() - the workload
 * @mib: how much memory, or 0: what is left of the guest's
 */
bool run_memtester(long mib);

/** meminfo_kib() - a value of /proc/meminfo, -1 if it is not there */
long meminfo_kib(const char *key);

/** serve() - do what the host asks for, line by line */
void serve(void);

/* io.c */

/** check_disk() - write to /dev/@disk, and read it back */
bool check_disk(const char *name, const char *disk);

/** check_vsock() - exchange bytes with a server on the host */
bool check_vsock(const char *name, int port);

/* dma.c */

/** check_dma() - an assigned edu device reads and writes the guest's RAM */
bool check_dma(const char *name);

/* gpu.c */

/** page_ipa() - where the page is that has been written to, 0 if nowhere */
u64 page_ipa(const void *mem);

/** gpu_hot_add() - make the GPU's region 4 memory of the kernel */
bool gpu_hot_add(void);

/** gpu_unplug() - and no longer; for everything in it has to move away */
bool gpu_unplug(const char *name);

/** gpu_check_region2() - data works there, execution is refused */
void gpu_check_region2(void);

/**
 * gpu_holds() - whether the page is in region 4, or there is no such region
 * @name: of the check, which fails if it is not
 * @mem: in the page, which has been written to
 */
bool gpu_holds(const char *name, const void *mem);

#endif /* RIG_GUEST_GUEST_H */
