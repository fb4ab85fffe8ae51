/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NVGRACE_GPU_RESET_H
#define NVGRACE_GPU_RESET_H

#include <linux/mutex.h>
#include <linux/vfio_pci_core.h>

/**
 * struct nvgrace_gpu_reset - keeps mappings of the memory away from a GPU in reset
 * @lock: of what follows, and of making entries that map the memory
 * @count: grows whenever a reset begins or ends, and by nvgrace_gpu_reset_forget()
 * @ongoing: between reset_prepare() and reset_done()
 *
 * Locks are taken in this order: mmap_lock, memory_lock of vfio-pci, @lock, page tables.
 * A reset that VFIO makes holds memory_lock for writing, and one by sysfs does not; so
 * reset_prepare() can neither take it nor rely on it.
 */
struct nvgrace_gpu_reset {
	struct mutex lock;	/* also held while entries are made */
	unsigned long count;
	bool ongoing;
};

/** nvgrace_gpu_reset_init() - once, before the device is registered */
void nvgrace_gpu_reset_init(struct nvgrace_gpu_reset *reset);

/**
 * nvgrace_gpu_reset_begin() - keep resets, power changes and zaps off
 * @vdev: the device
 * @reset: of the device
 * @awake: the caller keeps it out of low power, so it may be touched although the user has
 *	   sent it there
 *
 * Return: 0: until nvgrace_gpu_reset_end(), the memory may be touched; mapped only without
 * @awake, and what is mapped is found by the next zap. Else an error, and nothing is kept
 * off: -EAGAIN in a reset, -EIO if memory is disabled or the device in a state of low
 * power, -EINTR if the task was killed.
 */
int nvgrace_gpu_reset_begin(struct vfio_pci_core_device *vdev,
			    struct nvgrace_gpu_reset *reset, bool awake);

/** nvgrace_gpu_reset_end() - ends what nvgrace_gpu_reset_begin() began */
void nvgrace_gpu_reset_end(struct vfio_pci_core_device *vdev,
			   struct nvgrace_gpu_reset *reset);

/** nvgrace_gpu_reset_forget() - what was known of the GPU is no longer */
void nvgrace_gpu_reset_forget(struct nvgrace_gpu_reset *reset);

/**
 * nvgrace_gpu_reset_prepare() - a reset begins: take the memory away
 * @vdev: the device
 * @reset: of the device
 *
 * Context: the device lock is held, and memory_lock may be, for writing.
 */
void nvgrace_gpu_reset_prepare(struct vfio_pci_core_device *vdev,
			       struct nvgrace_gpu_reset *reset);

/** nvgrace_gpu_reset_done() - the reset is over, the GPU may not be ready */
void nvgrace_gpu_reset_done(struct nvgrace_gpu_reset *reset);

#endif /* NVGRACE_GPU_RESET_H */
