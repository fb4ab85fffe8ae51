/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_GUESTRAM_H
#define _LINUX_GUESTRAM_H

#ifdef CONFIG_GUESTRAMFS
void guestram_reserve(void);
#else
static inline void guestram_reserve(void) { }
#endif

#endif /* _LINUX_GUESTRAM_H */
