/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI devices by VFIO: their regions, and memory for their DMA. */
#ifndef RIG_HOST_LIB_VFIO_H
#define RIG_HOST_LIB_VFIO_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"

/**
 * struct vfio - an open device
 * @fd: the device
 * @iommu: container (type1) or iommufd
 * @group: of the device, or -1 with iommufd
 * @ioas: with iommufd: what the device is attached to
 */
struct vfio {
	int fd;
	int iommu;
	int group;
	u32 ioas;
};

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

/** vfio_bind() - give a device to a driver, now or when the driver comes */
void vfio_bind(const char *pci, const char *driver);

/** vfio_open_type1() - open a device by its group, with a type1 container */
struct vfio vfio_open_type1(const char *pci);

/** vfio_open_iommufd() - open a device by itself, attached to a new IOAS */
struct vfio vfio_open_iommufd(const char *pci);

/** vfio_map() - let the device read and write memory; false with errno */
bool vfio_map(const struct vfio *vfio, u64 iova, void *mem, size_t len);

/** vfio_unmap() - take a mapping of type1's from the device; false with errno */
bool vfio_unmap(const struct vfio *vfio, u64 iova, size_t len);

/** vfio_close() - close a device; its mappings go */
void vfio_close(struct vfio *vfio);

/** vfio_region() - a region of an open device */
struct vfio_region vfio_region(const struct vfio *vfio, u32 index);

/** vfio_open_region() - open a device for one of its regions; it stays open */
struct vfio_region vfio_open_region(const char *pci, u32 index);

#endif /* RIG_HOST_LIB_VFIO_H */
