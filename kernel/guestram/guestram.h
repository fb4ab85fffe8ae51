/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest RAM: memory that was taken from the kernel at boot, and that virtual machines
 * get as files.
 *
 *	boot.c	takes it from memblock
 *	nodes.c	knows of which NUMA node memory is, before the kernel does
 *	pool.c	keeps that of one node
 *	units.c	decides who gets which
 *	zero.c	cleans it
 *	super.c	mounts, directories and files
 *	file.c	a file's memory
 */
#ifndef GUESTRAM_H
#define GUESTRAM_H

#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "units.h"

#undef pr_fmt
#define pr_fmt(fmt) "guestram: " fmt

/* A largest block of stage 2: 1 GiB, 32 MiB or 512 MiB, with 4, 16 or 64 KiB pages. */
#define GUESTRAM_BLOCK_SHIFT	(PAGE_SHIFT == 12 ? PUD_SHIFT : PMD_SHIFT)
#define GUESTRAM_BLOCK		BIT(GUESTRAM_BLOCK_SHIFT)

/**
 * struct guestram_extent - memory that was taken at boot
 * @base: physical address, a multiple of the size of a section
 * @size: bytes; a multiple of that, too
 * @node: its NUMA node, as far as that was known then, or NUMA_NO_NODE
 */
struct guestram_extent {
	phys_addr_t base;
	u64 size;
	int node;
};

#define GUESTRAM_EXTENTS 64

/* boot.c */
extern struct guestram_extent guestram_extents[];
extern unsigned int guestram_nr_extents;

/* nodes.c */
void guestram_nodes_read(void);
int guestram_nodes_of(phys_addr_t base, u64 size);
bool guestram_nodes_has(int node);

#define GUESTRAM_WORKERS	8

/**
 * struct guestram_worker - zeroes units until there is none to be zeroed
 * @pool: whose
 * @work: what the queue runs
 */
struct guestram_worker {
	struct guestram_pool *pool;
	struct work_struct work;
};

/**
 * struct guestram_pool - guest RAM of one NUMA node
 * @node: the node
 * @base: physical address of the first unit; a multiple of GUESTRAM_BLOCK
 * @lock: protects @units, @nr_retired and @next
 * @units: who has what
 * @nr_retired: units that no file gets again
 * @next: where the worker that zeroes free units goes on
 * @cleaned: waits for units to be clean
 * @queue: runs @workers
 * @workers: zero units
 * @nr_workers: how many of them there are
 * @kobj: its directory in /sys/fs/guestramfs
 */
struct guestram_pool {
	int node;
	phys_addr_t base;
	struct mutex lock;	/* who has what */
	struct guestram_units units;
	u32 nr_retired;
	u32 next;
	wait_queue_head_t cleaned;
	struct workqueue_struct *queue;
	struct guestram_worker workers[GUESTRAM_WORKERS];
	unsigned int nr_workers;
	struct kobject kobj;
};

static inline phys_addr_t guestram_unit_address(const struct guestram_pool *pool, u32 unit)
{
	return pool->base + ((phys_addr_t)unit << GUESTRAM_UNIT_SHIFT);
}

/* pool.c */
struct guestram_pool *guestram_pool_of(int node);
int guestram_pool_first_node(void);
int guestram_pool_take(struct guestram_pool *pool, u32 first, u32 *map, u32 nr);
void guestram_pool_give(struct guestram_pool *pool, const u32 *map, u32 nr);
int guestram_pools_init(void);

/* zero.c */
int guestram_zero_init(struct guestram_pool *pool);
void guestram_zero_begin(struct guestram_pool *pool);
int guestram_zero_wait(struct guestram_pool *pool, const u32 *map, u32 nr);

/**
 * struct guestram_inode - a file
 * @vfs_inode: the inode
 * @lock: protects @users, and @nr against them
 * @map: of each unit of the file, its unit of the pool; changes under inode_lock() only.
 *	 Has room for @nr or more
 * @nr: how many there are
 * @users: mappings
 */
struct guestram_inode {
	struct inode vfs_inode;
	spinlock_t lock;	/* users against the size */
	u32 __rcu *map;
	u32 nr;
	u32 users;
};

static inline struct guestram_inode *guestram_i(const struct inode *inode)
{
	return container_of(inode, struct guestram_inode, vfs_inode);
}

/**
 * struct guestram_mount - a mounted file system
 * @pool: where its memory comes from
 * @lock: protects what follows
 * @max_units: how many units its files may have; U32_MAX for no limit
 * @units: how many they have
 * @max_inodes: how many inodes there may be; 0 for no limit
 * @inodes: how many there are
 * @uid: who owns the root directory
 * @gid: and its group
 * @mode: and what they may do
 * @own_magic: statfs() does not answer as for hugetlbfs
 */
struct guestram_mount {
	struct guestram_pool *pool;
	spinlock_t lock;	/* limits, and what is used of them */
	u32 max_units;
	u32 units;
	u64 max_inodes;
	u64 inodes;
	kuid_t uid;
	kgid_t gid;
	umode_t mode;
	bool own_magic;
};

static inline struct guestram_mount *guestram_mount_of(const struct inode *inode)
{
	return inode->i_sb->s_fs_info;
}

/* super.c */
bool guestram_mount_charge(struct guestram_mount *mount, u32 nr);
void guestram_mount_uncharge(struct guestram_mount *mount, u32 nr);

/* file.c */
extern const struct file_operations guestram_file_operations;
int guestram_file_resize(struct inode *inode, loff_t size);
void guestram_file_free(struct inode *inode);

#endif /* GUESTRAM_H */
