/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts stage-2 faults for which the rule was asked, and of those the ones that
 * lost a race with an invalidation and are taken again. The kernel counts them, in
 * trace instances that keep next to nothing of them.
 */
#ifndef SELFTEST_KVM_COHMEM_FAULTS_H
#define SELFTEST_KVM_COHMEM_FAULTS_H

#include "cohmem_util.h"

/**
 * count_faults() - Count from now on
 * @name: what to ask for then, with @lost
 * @gpa: where the faults are to be
 * @size: and how far
 * @lost: only those that are taken again
 */
void count_faults(const char *name, u64 gpa, u64 size, bool lost);

/** stop_counting() - No more; while faults are counted, none of RAM takes the short way */
void stop_counting(const char *name, bool lost);

/** faults_counted() - How many there were until now */
unsigned long faults_counted(const char *name, bool lost);

#endif /* SELFTEST_KVM_COHMEM_FAULTS_H */
