/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines of the kernel's log about memory that is refused, or is not cacheable. The
 * kernel has a rate limit for them, of which a test that waits for a line has to know.
 */
#ifndef SELFTEST_KVM_COHMEM_KMSG_H
#define SELFTEST_KVM_COHMEM_KMSG_H

#include "cohmem_rule.h"
#include "cohmem_util.h"

/* What the rate limit allows in that many seconds. */
#define KMSG_BURST	10
#define KMSG_INTERVAL_S	5

/** kmsg_open() - Open the log, before any other function here; older lines count, too */
void kmsg_open(void);

/** kmsg_allow() - Pass over what the log has, and wait until it may have @lines more */
void kmsg_allow(unsigned int lines);

/** kmsg_next() - Fill in the next line, with its priority; or return that there is none */
bool kmsg_next(char *line, size_t size);

/** kmsg_says() - Is there exactly one line, KERN_INFO with this text; or, of NULL, none? */
bool kmsg_says(const char *wanted);

/**
 * kmsg_line() - The line that this process's VM has to get
 * @gpa: where the guest, or the memslot, has the memory
 * @mem: where the VMM has it
 * @len: how much of it the line is about
 * @refused: it is refused; or it is given, and is not cacheable
 * @reason: why
 *
 * Return: the text, until the next call.
 */
const char *kmsg_line(u64 gpa, void *mem, size_t len, bool refused,
		      enum cohmem_reason reason);

#endif /* SELFTEST_KVM_COHMEM_KMSG_H */
