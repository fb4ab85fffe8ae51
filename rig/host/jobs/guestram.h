/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of job guestram share. */
#ifndef RIG_HOST_JOBS_GUESTRAM_H
#define RIG_HOST_JOBS_GUESTRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

#define GUESTRAM_UNIT	(2ULL << 20)
/* The node whose memory most tests use, and where that is mounted. */
#define GUESTRAM_NODE	1
#define GUESTRAM_DIR	"/guestram"

/* Where RAM of the machine begins, and that of GUESTRAM_NODE (rig/machines/guestram.conf) */
#define GUESTRAM_RAM_START	0x40000000ULL
#define GUESTRAM_NODE_START	0x100000000ULL

/**
 * struct guestram_file - a file, and its mapping
 * @fd: the file, or -1
 * @at: where all of it is mapped, or NULL
 * @size: bytes
 */
struct guestram_file {
	int fd;
	u8 *at;
	size_t size;
};

/** guestram_sysfs() - a number that the kernel shows of GUESTRAM_NODE */
u64 guestram_sysfs(const char *name);

/** guestram_wait() - wait until a number in sysfs is so; whether it was, in time */
bool guestram_wait(const char *name, u64 value);

/** guestram_make() - make a file of so many bytes, and map it; false with errno */
bool guestram_make(struct guestram_file *file, const char *path, size_t size);

/** guestram_unmap() - unmap a file and close it */
void guestram_unmap(struct guestram_file *file);

/** guestram_fill() - write a word that depends on @tag into each page */
void guestram_fill(const struct guestram_file *file, u64 tag);

/** guestram_has() - whether each page has the word of guestram_fill(); 0 is zeroes */
bool guestram_has(const struct guestram_file *file, u64 tag);

/** guestram_has_at_most() - whether each page has the word of guestram_fill(), or nothing */
bool guestram_has_at_most(const struct guestram_file *file, u64 tag);

/** guestram_block() - bytes of a largest block of stage 2 */
u64 guestram_block(void);

/*
 * Where the memory of a mapped file is, by a small VM that has it. Its guest writes to the
 * first word of each unit, as touch.S counts.
 */

/** guestram_physical() - the physical address of the file's first unit */
u64 guestram_physical(const struct guestram_file *file);

/**
 * guestram_each_unit() - look at each unit of a file
 * @file: the file
 * @test: is called with the unit's place in the file, its physical address, and @arg
 * @arg: for @test
 *
 * Return: whether @test said yes to all; it is not called again after a no.
 */
bool guestram_each_unit(const struct guestram_file *file,
			bool (*test)(u64 at, u64 address, void *arg), void *arg);

/** guestram_largest_block() - bytes of the largest block that stage 2 has of it */
u64 guestram_largest_block(const struct guestram_file *file);

/* Parts, each with the number of its results. */

/** guestram_memory() - what the kernel knows of the memory: nothing */
#define GUESTRAM_MEMORY_RESULTS 5
void guestram_memory(void);

/** guestram_files() - what files and mounts promise and refuse */
#define GUESTRAM_FILES_RESULTS 28
void guestram_files(void);

/** guestram_options() - what the options of a mount do */
#define GUESTRAM_OPTIONS_RESULTS 9
void guestram_options(void);

/** guestram_random() - files come and go, and none has what another had */
#define GUESTRAM_RANDOM_RESULTS 1
void guestram_random(void);

/** guestram_clean() - nobody sees what others have left */
#define GUESTRAM_CLEAN_RESULTS 7
void guestram_clean(void);

/** guestram_dma() - files that a device may access */
#define GUESTRAM_DMA_RESULTS 4
void guestram_dma(void);

/** guestram_blocks() - VMMs that map a file at different addresses */
#define GUESTRAM_BLOCKS_RESULTS 5
void guestram_blocks(void);

/** guestram_vm() - VMs of an unmodified QEMU */
#define GUESTRAM_VM_RESULTS 5
void guestram_vm(void);

/** guestram_retire() - memory that is bad; it is gone for good */
#define GUESTRAM_RETIRE_RESULTS 4
void guestram_retire(void);

/**
 * guestram_no_memory() - each allocation of each call fails; needs fail_nth_begin(), and the
 * device of edu_vfio_prepare()
 */
#define GUESTRAM_NO_MEMORY_RESULTS 18
void guestram_no_memory(void);

/** guestram_starved() - the workers that zero find no memory; only the debug kernel can let them */
#define GUESTRAM_STARVED_RESULTS 3
void guestram_starved(void);

/** guestram_late() - mmap() fails late, and the file gets smaller; needs fail_nth_begin() */
#define GUESTRAM_LATE_RESULTS 1
void guestram_late(void);

#endif /* RIG_HOST_JOBS_GUESTRAM_H */
