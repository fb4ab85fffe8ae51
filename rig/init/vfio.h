/* SPDX-License-Identifier: GPL-2.0-only */
/* A PCI device's regions, by VFIO. */
#ifndef RIG_VFIO_H
#define RIG_VFIO_H

#include "kernel.h"

/**
 * struct vfio_region - a region that can be mapped
 * @fd: the device; stays open
 * @offset: for mmap()
 * @size: of the region
 */
struct vfio_region {
	int fd;
	u64 offset;
	u64 size;
};

/** vfio_open_region() - open the device that a VFIO driver has, once */
struct vfio_region vfio_open_region(const char *pci, u32 index);

#endif /* RIG_VFIO_H */
