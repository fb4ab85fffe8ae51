/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_GUEST_H
#define RIG_GUEST_H

#include <stdbool.h>

#include "kernel.h"

/**
 * say() - print one line for the host, "guest: ..."
 * @fmt: as printf()
 */
void say(const char *fmt, ...) __printf(1, 2);

bool check_unaligned(void);
bool check_atomics(void);
bool check_exec(void);
bool run_memtester(void);

#endif /* RIG_GUEST_H */
