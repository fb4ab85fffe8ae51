/* SPDX-License-Identifier: GPL-2.0-only */
/* What stage 2 has for one address. */
#ifndef SELFTEST_KVM_COHMEM_ENTRY_H
#define SELFTEST_KVM_COHMEM_ENTRY_H

#include "cohmem_stage2.h"
#include "cohmem_util.h"

/**
 * struct s2_entry - What stage 2 has for one address
 * @block: bytes that the entry maps, 0 if there is none
 * @pa: where the address leads to; 0 if only the kernel's dump could be asked
 * @type: memory type
 * @write: the guest may write
 * @exec: the guest may execute
 */
struct s2_entry {
	size_t block;
	u64 pa;
	enum s2_type type;
	bool write;
	bool exec;
};

/**
 * s2_entry_at() - Look into stage 2
 * @vm: ran last on this CPU, which the caller is pinned to
 * @gpa: where
 *
 * Return: what is there, from the descriptors in memory; from the kernel's dump in
 * debugfs where stage2_is_readable() is false.
 */
struct s2_entry s2_entry_at(struct kvm_vm *vm, u64 gpa);

/** stage2_is_readable() - Are EL2's registers? At EL1, where the host is with nVHE, not */
bool stage2_is_readable(void);

#endif /* SELFTEST_KVM_COHMEM_ENTRY_H */
