/* SPDX-License-Identifier: GPL-2.0-only */
/* The emulated host's file systems: the kernel's own, and QEMU's shares. */
#ifndef RIG_HOST_LIB_MOUNT_H
#define RIG_HOST_LIB_MOUNT_H

#include <stdbool.h>

/** mount_system() - mount the kernel's own file systems */
void mount_system(void);

/** mount_share() - mount the share that QEMU gives that tag, for reading */
void mount_share(const char *tag, const char *where);

/**
 * mount_dax() - mount an ext4 file system whose files are DAX files
 *
 * Return: whether that can be, which takes blocks of the page size; if not, errno says why.
 */
bool mount_dax(const char *disk, const char *where);

#define MOUNT_ANY_NODE	(-1)

/**
 * mount_guestram() - mount guestramfs
 * @where: the directory, which is made
 * @node: whose memory files have; MOUNT_ANY_NODE is the first node that has some
 *
 * Gives up if that cannot be.
 */
void mount_guestram(const char *where, int node);

/** mount_try_guestram() - the same, on a kernel that may lack guestramfs; false then */
bool mount_try_guestram(const char *where, int node);

/** mount_tree() - make a merged-/usr tree the userland of this root */
void mount_tree(const char *where);

#endif /* RIG_HOST_LIB_MOUNT_H */
