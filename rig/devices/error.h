/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef TESTDEV_ERROR_H
#define TESTDEV_ERROR_H

#ifdef CONFIG_KPROBES
/** error_end() - Let all functions do what they do */
void error_end(void);
#else
static inline void error_end(void) { }
#endif

#ifdef CONFIG_FAULT_INJECTION
/** sites_end() - Count no more from where allocations that fail are made */
void sites_end(void);
#else
static inline void sites_end(void) { }
#endif

#endif /* TESTDEV_ERROR_H */
