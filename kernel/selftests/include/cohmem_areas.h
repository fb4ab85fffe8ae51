/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memslots of a guest that runs, and what a VMM does to them meanwhile. The guest's vCPUs
 * own words in each of them, of which the guest and the VMM tell each other.
 */
#ifndef SELFTEST_KVM_COHMEM_AREAS_H
#define SELFTEST_KVM_COHMEM_AREAS_H

#include <pthread.h>

#include "cohmem_util.h"

#define NR_AREAS	3
#define NR_VCPUS	3
#define NR_PROBES	8
/* How long an operation may wait in its middle. */
#define IMPATIENT_US	2000

/** enum action - What is done to a memslot; area_op_names[] has it in words */
enum action { ZAP, UNMAP, REMAP, PROTECT, MREMAP, MOVE, DELETE, FORK, LOG, NR_OPS };

/** area_op_names - an operation in words */
extern const char * const area_op_names[];

/**
 * struct area - A memslot, and what happens to it
 * @name:	for messages and trace instances
 * @slot:	number of the memslot
 * @gpa:	where it is, when it is not moved away
 * @offset:	in the device
 * @node:	of the test device; anonymous memory if NULL
 * @ops:	what is done to it
 * @size:	in bytes
 * @mem:	HVA
 * @away:	a bit for each stride: its memory is in the second place, which is
 *		right behind the first
 * @flags:	of the memslot
 * @both:	both places, for the VMM; populated again after a zap
 * @lock:	held for writing by an operation
 * @rng:	state of the thread's random numbers
 */
struct area {
	const char *name;
	unsigned int slot;
	u64 gpa;
	u64 offset;
	const char *node;
	unsigned int ops;
	size_t size;
	void *mem;
	unsigned int away;
	u32 flags;
	void *both;
	pthread_rwlock_t lock;
	u64 rng;
};

/** areas - the memslots */
extern struct area areas[];

/**
 * struct area_state - What the guest and the VMM tell each other
 * @stop:	the guest is to end
 * @page:	the host's page size
 * @stride:	from probe to probe
 * @gpa:	where each memslot is
 * @wrote:	what the owner of a word wrote there last
 * @used:	how often it has been used
 * @refusing:	odd while vCPUs can be refused
 * @no_slot:	odd while there is no memslot
 * @executed:	how often code was
 * @not_executed: how often there was no memslot to execute from
 */
struct area_state {
	bool stop;
	u64 page;
	u64 stride[NR_AREAS];
	u64 gpa[NR_AREAS];
	u64 wrote[NR_AREAS][NR_VCPUS][NR_PROBES];
	u64 used[NR_AREAS][NR_VCPUS][NR_PROBES];
	u64 refusing[NR_AREAS];
	u64 no_slot[NR_AREAS];
	u64 executed;
	u64 not_executed;
};

/** area_state - shared with the guest */
extern struct area_state area_state;

/** area_guest - the same, as the VMM sees it, after areas_make() */
extern struct area_state *area_guest;

/** probe_offset() - where in a memslot a vCPU has a word of its own */
static inline u64 probe_offset(unsigned int area, unsigned int vcpu, unsigned int probe)
{
	return area_state.stride[area] * probe + area_state.page * vcpu;
}

/** areas_make() - Map the memory of all memslots, and make them; before the guest runs */
void areas_make(struct kvm_vm *vm);

/** areas_end() - No more faults are counted */
void areas_end(void);

/**
 * area_operate() - Do something to a memslot, while vCPUs use it
 * @a:		which
 * @op:		what
 * @at:		where in it
 * @len:	how far
 *
 * An assertion fails if anything is seen meanwhile that must not be.
 */
void area_operate(struct area *a, enum action op, u64 at, size_t len);

/** area_pages_logged() - How many pages that had changed were in a dirty log */
unsigned long area_pages_logged(void);

#endif /* SELFTEST_KVM_COHMEM_AREAS_H */
