/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls that walk or pin memory, each made on one mapping. What they answer is
 * for the test to judge.
 */
#ifndef SELFTEST_KVM_COHMEM_CALLS_H
#define SELFTEST_KVM_COHMEM_CALLS_H

#include "cohmem_util.h"

/**
 * struct memory - What a call is made on
 * @at: a mapping of its own
 * @size: of it; at least five pages
 * @spare: room for a mapping of @size, reserved
 *
 * Each page begins with a word of its own. The second and the third page are the test's,
 * and the last one is for calls that write.
 */
struct memory {
	void *at;
	size_t size;
	void *spare;
};

/** enum seen - How many of the pages a call that looks at pages has seen */
enum seen { SEEN_NONE, SEEN_ALL, SEEN_SOME };

/** word_at() - The first word of the page that is @offset behind the beginning */
u64 *word_at(const struct memory *m, size_t offset);

/** word_of() - What memory_fill() writes there */
u64 word_of(size_t offset);

/** memory_fill() - Write its word to each page */
void memory_fill(const struct memory *m);

/** memory_rewrite() - Write to each page, and change nothing */
void memory_rewrite(const struct memory *m);

/** memory_is_right() - Are the words of all the other pages there? */
bool memory_is_right(const struct memory *m);

/** memory_reserve() - Take room in the address space that nobody else is to get */
void memory_reserve(void *at, size_t size);

/** numa_nodes() - How many nodes memory can be on; 0 if the kernel knows none */
unsigned int numa_nodes(void);

/*
 * Each call returns 0 or -errno, or an enum seen if its name begins with look_. @arg is
 * one of the call's own arguments, or has no meaning.
 */

/** MBIND_ELSEWHERE - in @arg of call_mbind(): to a node where the first page is not */
#define MBIND_ELSEWHERE	BIT(30)

long call_madvise(const struct memory *m, long advice);
long call_mlock2(const struct memory *m, long flags);
long call_msync(const struct memory *m, long flags);

/** call_mbind() - mbind() of all, with the flags in @arg; the policy is taken back */
long call_mbind(const struct memory *m, long arg);

/** call_move_pages() - Where are the first and the last page; or move the first, if @arg */
long call_move_pages(const struct memory *m, long arg);

/** call_migrate_pages() - Move the whole process to another node, if there is one */
long call_migrate_pages(const struct memory *m, long arg);

/** call_get_mempolicy() - On which node is the first page? */
long call_get_mempolicy(const struct memory *m, long arg);

long look_mincore(const struct memory *m, long arg);
long look_pagemap(const struct memory *m, long arg);
long look_pagemap_scan(const struct memory *m, long arg);
/** look_smaps() - "Rss" */
long look_smaps(const struct memory *m, long arg);
/** look_numa_maps() - "N0=512", for any node */
long look_numa_maps(const struct memory *m, long arg);
/** look_coredump() - What has a core dump of a child of it? */
long look_coredump(const struct memory *m, long arg);

/** smaps_has_flag() - Is this one of the VmFlags? */
bool smaps_has_flag(const struct memory *m, const char *flag);

/** call_clear_refs() - of the whole process */
long call_clear_refs(const struct memory *m, long arg);

/* If @arg, they write to the memory, and else they read it. */
long call_read_write(const struct memory *m, long arg);
long call_direct_io(const struct memory *m, long arg);
long call_process_vm(const struct memory *m, long arg);
long call_proc_mem(const struct memory *m, long arg);
long call_ptrace(const struct memory *m, long arg);
long call_vmsplice(const struct memory *m, long arg);

/** call_io_uring() - Register the first page as a buffer */
long call_io_uring(const struct memory *m, long arg);

/** call_userfaultfd() - Register the memory in mode @mode */
long call_userfaultfd(const struct memory *m, long mode);

/**
 * call_fork() - Let a child read the memory, and write to it
 *
 * Return: 1 if the child's write is seen here, else 0; -EFAULT if it has no such memory.
 */
long call_fork(const struct memory *m, long arg);

/** call_mremap() - 0: make it larger where it is; MREMAP_DONTUNMAP: move it and back */
long call_mremap(const struct memory *m, long flags);

/** memory_move() - Move the mapping to @to, which is given up as room */
void memory_move(struct memory *m, void *to);

#endif /* SELFTEST_KVM_COHMEM_CALLS_H */
