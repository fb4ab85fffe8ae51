/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocations of the kernel's workers that fail (fault injection's failslab). Only the debug
 * kernel can do that.
 */
#ifndef RIG_HOST_LIB_FAIL_WORKER_H
#define RIG_HOST_LIB_FAIL_WORKER_H

/**
 * fail_worker_begin() - let each allocation fail that an unbound worker makes
 * @cache: of which slab cache; others that were told to fail (fail_nth_begin()) do so, too
 */
void fail_worker_begin(const char *cache);

/** fail_worker_count() - how many have failed since */
unsigned int fail_worker_count(void);

/** fail_worker_end() - let none fail any more */
void fail_worker_end(void);

#endif /* RIG_HOST_LIB_FAIL_WORKER_H */
