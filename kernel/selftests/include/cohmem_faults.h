/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts stage-2 faults: all of them, or those for which the rule was asked, and of
 * those the ones that lost a race with an invalidation and are taken again, or were
 * refused for some reason. The kernel counts them, in trace instances that keep next to
 * nothing of them.
 */
#ifndef SELFTEST_KVM_COHMEM_FAULTS_H
#define SELFTEST_KVM_COHMEM_FAULTS_H

#include "cohmem_util.h"

/* Which faults, of enum cohmem_reason if they were refused. GUEST_FAULTS are all of them. */
#define ALL_FAULTS		0
#define LOST_FAULTS		1
#define GUEST_FAULTS		2
#define REFUSED_FOR(_reason)	(3 + (_reason))

/**
 * count_faults() - Count from now on
 * @name: what to ask for then, with @which
 * @gpa: where the faults are to be
 * @size: and how far
 * @which: ALL_FAULTS, LOST_FAULTS, REFUSED_FOR() a reason, or GUEST_FAULTS, which the
 *         stock kernel has, too
 */
void count_faults(const char *name, u64 gpa, u64 size, unsigned int which);

/**
 * stop_counting() - No more
 *
 * While others than GUEST_FAULTS are counted, none of RAM takes the short way.
 */
void stop_counting(const char *name, unsigned int which);

/** faults_counted() - How many there were until now; 0 on the stock kernel */
unsigned long faults_counted(const char *name, unsigned int which);

#endif /* SELFTEST_KVM_COHMEM_FAULTS_H */
