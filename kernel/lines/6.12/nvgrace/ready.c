// SPDX-License-Identifier: GPL-2.0-only
/*
 * After a reset or a state of low power it takes seconds until the GPU's memory is trained
 * and the link to it is up. Until then user space must not have it mapped: a prefetch would
 * be answered with an error, which is logged as a fault of the hardware.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/pci.h>
#include <linux/pm_runtime.h>
#include <linux/sched/signal.h>

#include "ready.h"

/* Registers of BAR 0, as the driver has them upstream, and what they read when ready. */
#define C2C_LINK_STATUS		0x1498
#define HBM_TRAINING_STATUS	0x200bc
#define STATUS_READY		0xff
#define BAR0_MIN_SIZE		(HBM_TRAINING_STATUS + sizeof(u32))

#define POLL_MS			50
#define TIMEOUT_MS		(30 * MSEC_PER_SEC)

int nvgrace_gpu_ready_probe(struct pci_dev *pdev)
{
	if (pci_resource_flags(pdev, 0) & IORESOURCE_MEM &&
	    pci_resource_len(pdev, 0) >= BAR0_MIN_SIZE)
		return 0;
	pci_err(pdev, "BAR 0 is too small to say whether the GPU is ready: %pR\n",
		&pdev->resource[0]);
	return -ENODEV;
}

int nvgrace_gpu_ready_open(struct vfio_pci_core_device *vdev,
			   struct nvgrace_gpu_ready *ready)
{
	nvgrace_gpu_reset_forget(&ready->reset);
	return vfio_pci_core_setup_barmap(vdev, 0);
}

static bool status_ready(const struct vfio_pci_core_device *vdev,
			 unsigned int status)
{
	return ioread32(vdev->barmap[0] + status) == STATUS_READY;
}

/* The caller has begun, so BAR 0 answers: memory is enabled, and no reset goes on. */
static bool gpu_is_ready(const struct vfio_pci_core_device *vdev)
{
	return status_ready(vdev, C2C_LINK_STATUS) &&
	       status_ready(vdev, HBM_TRAINING_STATUS);
}

/* Both only grow, so the sum changes whenever one of them does. */
static unsigned long epoch(const struct vfio_pci_core_device *vdev,
			   const struct nvgrace_gpu_ready *ready)
{
	return vdev->bar_zaps + ready->reset.count;
}

/* Once for each GPU that is bound: a VMM can have as many resets as it likes. */
static void tell_not_ready(struct vfio_pci_core_device *vdev,
			   struct nvgrace_gpu_ready *ready)
{
	if (ready->told)
		return;
	ready->told = true;
	pci_warn(vdev->pdev,
		 "not ready %ld s after the first access: link status %#x, memory training %#x\n",
		 TIMEOUT_MS / MSEC_PER_SEC,
		 ioread32(vdev->barmap[0] + C2C_LINK_STATUS),
		 ioread32(vdev->barmap[0] + HBM_TRAINING_STATUS));
}

static int ask(struct vfio_pci_core_device *vdev,
	       struct nvgrace_gpu_ready *ready)
{
	unsigned long now = epoch(vdev, ready);

	lockdep_assert_held(&ready->reset.lock);

	if (ready->ready_for == now)
		return 0;
	if (gpu_is_ready(vdev)) {
		ready->ready_for = now;
		return 0;
	}
	if (ready->waited_for != now) {
		ready->waited_for = now;
		ready->give_up = jiffies + msecs_to_jiffies(TIMEOUT_MS);
	}
	if (time_before(jiffies, ready->give_up))
		return -EAGAIN;
	tell_not_ready(vdev, ready);
	return -ETIMEDOUT;
}

int nvgrace_gpu_ready_begin(struct vfio_pci_core_device *vdev,
			    struct nvgrace_gpu_ready *ready, bool awake)
{
	int ret;

	ret = nvgrace_gpu_reset_begin(vdev, &ready->reset, awake);
	if (ret)
		return ret;
	ret = ask(vdev, ready);
	if (ret)
		nvgrace_gpu_reset_end(vdev, &ready->reset);
	return ret;
}

static int wait_until_ready(struct vfio_pci_core_device *vdev,
			    struct nvgrace_gpu_ready *ready, bool awake,
			    unsigned int state)
{
	int ret;

	while ((ret = nvgrace_gpu_ready_begin(vdev, ready, awake)) == -EAGAIN) {
		__set_current_state(state);
		schedule_timeout(msecs_to_jiffies(POLL_MS));
		if (signal_pending_state(state, current))
			return -EINTR;
	}
	if (!ret)
		nvgrace_gpu_reset_end(vdev, &ready->reset);
	return ret;
}

int nvgrace_gpu_ready_get(struct vfio_pci_core_device *vdev,
			  struct nvgrace_gpu_ready *ready)
{
	int ret;

	if (pm_runtime_resume_and_get(&vdev->pdev->dev))
		return -EIO;
	ret = wait_until_ready(vdev, ready, true, TASK_KILLABLE);
	if (ret)
		nvgrace_gpu_ready_put(vdev, ready);
	return ret;
}

void nvgrace_gpu_ready_put(struct vfio_pci_core_device *vdev,
			   struct nvgrace_gpu_ready *ready)
{
	/* It may go into low power again, and no zap tells: nothing is mapped. */
	if (READ_ONCE(vdev->pm_runtime_engaged))
		nvgrace_gpu_reset_forget(&ready->reset);
	pm_runtime_put(&vdev->pdev->dev);
}

vm_fault_t nvgrace_gpu_ready_wait_fault(struct vm_fault *vmf,
					struct vfio_pci_core_device *vdev,
					struct nvgrace_gpu_ready *ready)
{
	/* The kernel's own accesses are repeated at once if a signal ends the wait. */
	const unsigned int any_signal = FAULT_FLAG_USER | FAULT_FLAG_INTERRUPTIBLE;
	unsigned int state = TASK_KILLABLE;
	struct file *file;

	/* Others would wait for mmap_lock meanwhile. */
	if (!(vmf->flags & FAULT_FLAG_ALLOW_RETRY))
		return VM_FAULT_SIGBUS;
	if (vmf->flags & FAULT_FLAG_RETRY_NOWAIT)
		return VM_FAULT_RETRY;

	if ((vmf->flags & any_signal) == any_signal)
		state = TASK_INTERRUPTIBLE;
	/* The device stays open, and so @vdev stays, as long as its file does. */
	file = get_file(vmf->vma->vm_file);
	release_fault_lock(vmf);
	wait_until_ready(vdev, ready, false, state);
	fput(file);
	return VM_FAULT_RETRY;
}
