/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef NVGRACE_GPU_READY_H
#define NVGRACE_GPU_READY_H

#include "reset.h"

/**
 * struct nvgrace_gpu_ready - whether the GPU has said that its memory can be used
 * @reset: resets of the GPU; its lock is also of what follows
 * @ready_for: epoch in which the GPU was seen ready
 * @waited_for: epoch that @give_up is for
 * @give_up: when the GPU is no longer waited for, in jiffies
 * @told: the log has a line about a GPU that did not become ready
 *
 * An epoch ends when mappings of the memory are taken away, the device is opened, or may
 * sleep: what the GPU has said before does not count.
 */
struct nvgrace_gpu_ready {
	struct nvgrace_gpu_reset reset;
	unsigned long ready_for;
	unsigned long waited_for;
	unsigned long give_up;
	bool told;
};

/**
 * nvgrace_gpu_ready_probe() - can the GPU be asked?
 * @pdev: the device
 *
 * Return: 0, or -ENODEV if BAR 0 does not reach to the registers; the log says so.
 */
int nvgrace_gpu_ready_probe(struct pci_dev *pdev);

/**
 * nvgrace_gpu_ready_open() - map BAR 0, and forget what the GPU has said
 * @vdev: the device, enabled
 * @ready: of the device
 *
 * vfio_pci_core_disable() unmaps BAR 0.
 *
 * Return: 0 or an error.
 */
int nvgrace_gpu_ready_open(struct vfio_pci_core_device *vdev,
			   struct nvgrace_gpu_ready *ready);

/**
 * nvgrace_gpu_ready_begin() - nvgrace_gpu_reset_begin() for a GPU that is ready
 * @vdev: the device
 * @ready: of the device
 * @awake: as for nvgrace_gpu_reset_begin()
 *
 * Return: as nvgrace_gpu_reset_begin(). -EAGAIN also if the GPU is not ready yet, and
 * -ETIMEDOUT if it was waited for long enough. nvgrace_gpu_reset_end() follows.
 */
int nvgrace_gpu_ready_begin(struct vfio_pci_core_device *vdev,
			    struct nvgrace_gpu_ready *ready, bool awake);

/**
 * nvgrace_gpu_ready_get() - wake the GPU, and wait until it is ready
 * @vdev: the device
 * @ready: of the device
 *
 * For read() and write(), which are to work while the device is in low power. Nothing
 * keeps resets off afterwards.
 *
 * Context: sleeps for up to 30 s, without a lock of its own, so that resets go on. A
 *	    signal that kills the task ends it.
 *
 * Return: 0, and nvgrace_gpu_ready_put() follows; -EIO if it does not wake; else what
 * nvgrace_gpu_ready_begin() returned last.
 */
int nvgrace_gpu_ready_get(struct vfio_pci_core_device *vdev,
			  struct nvgrace_gpu_ready *ready);

/** nvgrace_gpu_ready_put() - ends what nvgrace_gpu_ready_get() began */
void nvgrace_gpu_ready_put(struct vfio_pci_core_device *vdev,
			   struct nvgrace_gpu_ready *ready);

/**
 * nvgrace_gpu_ready_wait_fault() - wait for a page fault, without mmap_lock
 * @vmf: the fault
 * @vdev: the device
 * @ready: of the device
 *
 * Context: sleeps for up to 30 s, with what the fault's caller holds: KVM has an SRCU
 *	    section. Any signal ends it if user space faults and the flags say so, else
 *	    one that kills the task.
 *
 * Return: VM_FAULT_RETRY: the lock was given back, as the flags allow, and the fault has to
 * be tried from the beginning. VM_FAULT_SIGBUS if they do not allow it.
 */
vm_fault_t nvgrace_gpu_ready_wait_fault(struct vm_fault *vmf,
					struct vfio_pci_core_device *vdev,
					struct nvgrace_gpu_ready *ready);

#endif /* NVGRACE_GPU_READY_H */
