/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's educational device by VFIO, behind the emulated SMMUv3. */
#ifndef RIG_HOST_LIB_EDU_VFIO_H
#define RIG_HOST_LIB_EDU_VFIO_H

#include "edu.h"
#include "vfio.h"

/** edu_vfio_prepare() - give the device of cohmem.edu= to vfio-pci */
void edu_vfio_prepare(void);

/** edu_vfio_open_type1() - open the device; type1 maps memory for it */
struct vfio edu_vfio_open_type1(void);

/** edu_vfio_open_iommufd() - open the device; iommufd maps memory for it */
struct vfio edu_vfio_open_iommufd(void);

/** edu_vfio_copy() - let the open device copy memory, see edu_copy() */
bool edu_vfio_copy(const struct vfio *vfio, u64 from, u64 to, u64 len);

#endif /* RIG_HOST_LIB_EDU_VFIO_H */
