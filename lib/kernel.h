/* SPDX-License-Identifier: GPL-2.0-only */
/* Names that kernel code has and the C library does not. */
#ifndef LIB_KERNEL_H
#define LIB_KERNEL_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define BIT_ULL(nr)		(1ULL << (nr))
#define __printf(fmt, args)	__attribute((format(printf, fmt, args)))
#define __noreturn		__attribute((noreturn))

#endif /* LIB_KERNEL_H */
