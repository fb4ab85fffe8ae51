// SPDX-License-Identifier: GPL-2.0-only
/*
 * A GPU in reset must not be accessed through its memory, and CPUs that have it mapped
 * Normal may prefetch from it at any time. So a reset first takes the mappings of user
 * space away, KVM's too, and none is made before it is over. Two things stay: dirty lines
 * that are in caches by then, and the driver's own mapping for read() and write().
 */
#include <linux/mm.h>

#include "reset.h"

void nvgrace_gpu_reset_init(struct nvgrace_gpu_reset *reset)
{
	mutex_init(&reset->lock);
}

int nvgrace_gpu_reset_begin(struct vfio_pci_core_device *vdev,
			    struct nvgrace_gpu_reset *reset, bool awake)
{
	int ret;

	ret = down_read_killable(&vdev->memory_lock);
	if (ret)
		return ret;
	ret = mutex_lock_killable(&reset->lock);
	if (ret)
		goto out_memory;

	if ((vdev->pm_runtime_engaged && !awake) ||
	    !__vfio_pci_memory_enabled(vdev))
		ret = -EIO;
	else if (reset->ongoing)
		ret = -EAGAIN;
	if (!ret)
		return 0;

	mutex_unlock(&reset->lock);
out_memory:
	up_read(&vdev->memory_lock);
	return ret;
}

void nvgrace_gpu_reset_end(struct vfio_pci_core_device *vdev,
			   struct nvgrace_gpu_reset *reset)
{
	mutex_unlock(&reset->lock);
	up_read(&vdev->memory_lock);
}

static void set_ongoing(struct nvgrace_gpu_reset *reset, bool ongoing)
{
	mutex_lock(&reset->lock);
	reset->count++;
	reset->ongoing = ongoing;
	mutex_unlock(&reset->lock);
}

/* A reset by sysfs may go on: that is not for the caller to end. */
void nvgrace_gpu_reset_forget(struct nvgrace_gpu_reset *reset)
{
	mutex_lock(&reset->lock);
	reset->count++;
	mutex_unlock(&reset->lock);
}

void nvgrace_gpu_reset_prepare(struct vfio_pci_core_device *vdev,
			       struct nvgrace_gpu_reset *reset)
{
	loff_t start = VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_BAR0_REGION_INDEX);
	loff_t end = VFIO_PCI_INDEX_TO_OFFSET(VFIO_PCI_ROM_REGION_INDEX);

	/* From here on nothing is mapped, so the zap misses nothing. */
	set_ongoing(reset, true);
	unmap_mapping_range(vdev->vdev.inode->i_mapping, start, end - start,
			    true);
}

void nvgrace_gpu_reset_done(struct nvgrace_gpu_reset *reset)
{
	set_ongoing(reset, false);
}
