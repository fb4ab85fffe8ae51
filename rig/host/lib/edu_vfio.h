/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's educational device, by VFIO, behind the emulated SMMUv3. */
#ifndef RIG_EDU_VFIO_H
#define RIG_EDU_VFIO_H

#include "edu.h"
#include "vfio.h"

/** edu_prepare() - give the device of cohmem.edu= to vfio-pci */
void edu_prepare(void);

/** edu_open_type1() - open it with memory by VFIO's type1 */
struct vfio edu_open_type1(void);

/** edu_open_iommufd() - open it with memory by iommufd */
struct vfio edu_open_iommufd(void);

/** edu_vfio_copy() - edu_copy() by the open device */
bool edu_vfio_copy(const struct vfio *vfio, u64 from, u64 to, u64 len);

#endif /* RIG_EDU_VFIO_H */
