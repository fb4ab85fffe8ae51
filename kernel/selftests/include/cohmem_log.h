/* SPDX-License-Identifier: GPL-2.0-only */
/* KVM's dirty log of one memslot, in each way in which a VMM can have it. */
#ifndef SELFTEST_KVM_COHMEM_LOG_H
#define SELFTEST_KVM_COHMEM_LOG_H

#include "cohmem_vm.h"

/**
 * enum log_mode - How pages are logged, and when they are protected again
 * @LOG_BITMAP: a bitmap; to read it protects the pages
 * @LOG_CLEARED: the same; they are protected when the VMM says so
 * @LOG_ALL_SET: the same, and all pages count as written to when logging begins
 * @LOG_RING_AND_BITMAP: the ring of each vCPU, and a bitmap of what no vCPU wrote
 * @LOG_RING: the rings alone
 * @NR_LOG_MODES: how many there are
 */
enum log_mode {
	LOG_BITMAP, LOG_CLEARED, LOG_ALL_SET, LOG_RING_AND_BITMAP, LOG_RING, NR_LOG_MODES
};

/** log_mode_names - a mode in words */
extern const char * const log_mode_names[];

/**
 * struct log_vm - A VM whose memslot TEST_SLOT is to be logged
 * @t: the VM
 * @mode: how
 * @ring_next: how far its ring has been read
 */
struct log_vm {
	struct guest_vm t;
	enum log_mode mode;
	u32 ring_next;
};

/** log_vm_create() - Make one, with one vCPU */
void log_vm_create(struct log_vm *l, enum log_mode mode);

/**
 * log_read() - Which pages have been written to since this was asked, or logging began?
 * @l: the VM
 * @pages: a bitmap of all pages of the memslot, filled in
 * @nr: number of pages
 *
 * The pages are protected again.
 *
 * Return: whether the log is in order: it names no page that is not there, and the
 * bitmap beside the ring is empty.
 */
bool log_read(struct log_vm *l, unsigned long *pages, size_t nr);

/** log_count() - How many of @nr pages are set in a bitmap */
size_t log_count(const unsigned long *pages, size_t nr);

#endif /* SELFTEST_KVM_COHMEM_LOG_H */
