/* SPDX-License-Identifier: GPL-2.0-only */
/* The ends of the emulated host. */
#ifndef RIG_HOST_LIB_END_H
#define RIG_HOST_LIB_END_H

#include "kernel.h"

/** power_off() - end the emulated host */
void power_off(void) __noreturn;

/** give_up() - say why this host cannot do its job, in its results too, and end it */
void give_up(const char *fmt, ...) __printf(1, 2) __noreturn;

#endif /* RIG_HOST_LIB_END_H */
