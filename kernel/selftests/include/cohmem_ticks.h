/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether others can run while the kernel does something. A thread of a higher priority
 * ticks on the caller's CPU, five times a millisecond, whenever the kernel lets it: one that is
 * not preemptible does so where it reschedules.
 */
#ifndef SELFTEST_KVM_COHMEM_TICKS_H
#define SELFTEST_KVM_COHMEM_TICKS_H

/** ticks_begin() - Begin to tick; the caller is pinned to CPU 0 */
void ticks_begin(void);

/** ticks_now() - How many ticks there have been */
unsigned int ticks_now(void);

/** ticks_longest_us() - The longest time between two of them, in us, since this was asked */
unsigned int ticks_longest_us(void);

/** ticks_end() - No more */
void ticks_end(void);

#endif /* SELFTEST_KVM_COHMEM_TICKS_H */
