/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts stage-2 faults for which the rule was asked, and of those the ones that
 * lost a race with an invalidation and are taken again, or were refused for some
 * reason. The kernel counts them, in trace instances that keep next to nothing of
 * them.
 */
#ifndef SELFTEST_KVM_COHMEM_FAULTS_H
#define SELFTEST_KVM_COHMEM_FAULTS_H

#include "cohmem_util.h"

/* Which faults, of enum cohmem_reason if they were refused. */
#define ALL_FAULTS		0
#define LOST_FAULTS		1
#define REFUSED_FOR(_reason)	(2 + (_reason))

/**
 * count_faults() - Count from now on
 * @name: what to ask for then, with @which
 * @gpa: where the faults are to be
 * @size: and how far
 * @which: ALL_FAULTS, LOST_FAULTS, or REFUSED_FOR() a reason
 */
void count_faults(const char *name, u64 gpa, u64 size, unsigned int which);

/** stop_counting() - No more; while faults are counted, none of RAM takes the short way */
void stop_counting(const char *name, unsigned int which);

/** faults_counted() - How many there were until now; 0 on the stock kernel */
unsigned long faults_counted(const char *name, unsigned int which);

#endif /* SELFTEST_KVM_COHMEM_FAULTS_H */
