/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's educational device (docs/specs/edu.rst): a PCI device with a buffer
 * of 4 KiB and a DMA engine, behind the emulated SMMUv3.
 */
#ifndef RIG_EDU_H
#define RIG_EDU_H

#include <stdbool.h>
#include <stddef.h>

#include "vfio.h"

#define EDU_BUFFER_BYTES 4096

/** edu_prepare() - give the device of cohmem.edu= to vfio-pci */
void edu_prepare(void);

/** edu_open_type1() - open it with memory by VFIO's type1 */
struct vfio edu_open_type1(void);

/** edu_open_iommufd() - open it with memory by iommufd */
struct vfio edu_open_iommufd(void);

/**
 * edu_copy() - copy memory by the device: from there to its buffer, and back
 * @vfio: the open device
 * @from: IOVA
 * @to: IOVA
 * @len: at most EDU_BUFFER_BYTES
 *
 * Return: whether it was done in time. A DMA that the SMMU refuses is too,
 * and changes nothing: it is for the caller to look at the memory.
 */
bool edu_copy(const struct vfio *vfio, u64 from, u64 to, size_t len);

#endif /* RIG_EDU_H */
