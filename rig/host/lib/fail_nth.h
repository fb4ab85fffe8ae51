/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Allocations of the kernel that fail at will (fault injection's fail-nth). Only the debug
 * kernel can do that.
 */
#ifndef RIG_HOST_LIB_FAIL_NTH_H
#define RIG_HOST_LIB_FAIL_NTH_H

#include <stdbool.h>

/** fail_nth_begin() - let each allocation that may sleep be one that can fail */
void fail_nth_begin(void);

/**
 * fail_nth_with_pages() - whether pages are among the allocations that fail
 * @with: if not, only objects are: the same ones each time. A page that a cache of objects
 *	needs now and then is one more.
 */
void fail_nth_with_pages(bool with);

/** fail_nth_arm() - allocation number @nth of this task fails, from now on; 1 is the next */
void fail_nth_arm(unsigned int nth);

/** fail_nth_left() - none fails any more; the number that was left of @nth, 0 if one has */
unsigned int fail_nth_left(void);

/** fail_nth_disarm() - none fails any more; whether one has. Leaves errno as it is */
bool fail_nth_disarm(void);

#endif /* RIG_HOST_LIB_FAIL_NTH_H */
