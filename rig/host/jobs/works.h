/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the works jobs share. They test docs/what-works.md: what works with memory that
 * has no struct pages, and with which error the rest is refused. That document names each
 * result. A result anon_... is a control: the same with anonymous memory, which shows
 * that a refusal comes from the memory and not from the rig.
 */
#ifndef RIG_HOST_JOBS_WORKS_H
#define RIG_HOST_JOBS_WORKS_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"
#include "vfio.h"

/**
 * struct works_memory - mapped memory
 * @fd: of the node, or -1
 * @at: where it is mapped
 * @len: its length
 */
struct works_memory {
	int fd;
	u8 *at;
	size_t len;
};

/**
 * works_memory_map() - map memory
 * @kind: "anon", "dax", or a node below /dev/cohmem-test
 * @len: how much; a node's is mapped from VM_OFFSET (vm_ram.h) on
 *
 * Return: the memory. Gives up if it cannot be mapped.
 */
struct works_memory works_memory_map(const char *kind, size_t len);

/** works_memory_unmap() - unmap memory, and close its node */
void works_memory_unmap(struct works_memory *memory);

/**
 * works_refused() - report whether a call was refused with the right error
 * @name: of the result
 * @ret: what the call returned; negative is a failure, with errno
 * @want: the errno that is right
 */
void works_refused(const char *name, int ret, int want);

/** works_kernel_said() - whether the host's kernel has logged this */
bool works_kernel_said(const char *what);

/**
 * works_dma_try() - report whether a device reads and writes the memory
 * @name: of the result
 * @vfio: an edu device; it is closed
 * @kind: as for works_memory_map()
 */
void works_dma_try(const char *name, struct vfio vfio, const char *kind);

/* Parts of jobs, each with the number of its results for the job's plan. */

/** works_host() - what the host's kernel does with a mapping */
#define WORKS_HOST_RESULTS 14
void works_host(void);

/** works_bar() - what vfio-pci answers to who maps a BAR of edu */
#define WORKS_BAR_RESULTS 5
void works_bar(void);

/** works_assign() - an assigned device in a VM */
#define WORKS_ASSIGN_RESULTS 2
void works_assign(void);

/** works_assign_control() - the same in a VM with anonymous memory */
#define WORKS_ASSIGN_CONTROL_RESULTS 2
void works_assign_control(void);

/** works_io() - disks, vhost and balloon of a VM that has works_io_devices */
#define WORKS_IO_RESULTS 4
struct vm;
extern const char * const works_io_devices[];
void works_io(struct vm *vm);

/** works_io_control() - the same in a VM with anonymous memory, which it starts */
#define WORKS_IO_CONTROL_RESULTS 4
void works_io_control(void);

/**
 * works_vm_life() - a VM starts, is stopped, reset, and uses its devices
 * @try_removal: while it runs; has one result
 */
#define WORKS_VM_LIFE_RESULTS (5 + WORKS_IO_RESULTS)
void works_vm_life(void (*try_removal)(void));

/** works_migrate() - a VM is migrated, and what can come between */
#define WORKS_MIGRATE_RESULTS 6
void works_migrate(void);

/** works_save() - a VM is saved, and comes back */
#define WORKS_SAVE_RESULTS 3
void works_save(void);

/**
 * works_postcopy() - post-copy migration, and an ordinary one after it
 * @large_pages: QEMU takes the RAM for memory of large pages
 */
#define WORKS_POSTCOPY_RESULTS 3
void works_postcopy(bool large_pages);

/** works_postcopy_control() - post-copy migration of a VM with anonymous memory */
#define WORKS_POSTCOPY_CONTROL_RESULTS 1
void works_postcopy_control(void);

#endif /* RIG_HOST_JOBS_WORKS_H */
