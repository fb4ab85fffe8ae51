/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The jobs behind docs/what-works.md: what works with memory that has no
 * struct page, and how what does not work says so. Each result is named in
 * that document. Results named anon_... are the same with anonymous memory:
 * they show that it is the memory, and not the rig.
 */
#ifndef RIG_HOST_JOBS_WORKS_H
#define RIG_HOST_JOBS_WORKS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"
#include "vfio.h"

/* Offsets of the device's memory, apart, so that nobody sees another's. */
#define WORKS_OFFSET	(512ULL << 20)

/** struct works_memory - memory of some kind, mapped */
struct works_memory {
	int fd;
	u8 *at;
	size_t len;
};

/**
 * works_memory_map() - map memory
 * @kind: "anon", "dax", or a node below /dev/cohmem-test
 * @len: how much; from WORKS_OFFSET on, if it is a node
 */
struct works_memory works_memory_map(const char *kind, size_t len);

/** works_memory_unmap() - and close it */
void works_memory_unmap(struct works_memory *memory);

/** works_refused() - a result: is @ret a failure with exactly that errno? */
void works_refused(const char *name, int ret, int want);

/**
 * works_dma_try() - a result: does a device read and write the memory?
 * @name: of the result
 * @vfio: an edu device, which will be closed
 * @kind: as for works_memory_map()
 */
void works_dma_try(const char *name, struct vfio vfio, const char *kind);

/* What the host's kernel does with a mapping: works_host.c */
#define WORKS_HOST_RESULTS 14
void works_host(void);

/* An assigned device in a VM: works_assign.c */
#define WORKS_ASSIGN_RESULTS 4
void works_assign(void);

/* Disks, vhost and balloon: works_io.c; the VM has those devices */
#define WORKS_IO_RESULTS 4
#define WORKS_IO_CONTROL_RESULTS 4
struct vm;
extern const char * const works_io_devices[];
void works_io(struct vm *vm);
void works_io_control(void);

/* Post-copy migration: works_postcopy.c */
#define WORKS_POSTCOPY_RESULTS 3
void works_postcopy(void);

#endif /* RIG_HOST_JOBS_WORKS_H */
