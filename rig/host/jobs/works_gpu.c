// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-gpu: a guest's kernel has the memory of a GPU, by the kernel's own nvgrace
 * driver. A disk reads into it and writes from it. The VM is reset, an administrator
 * unbinds the driver, and the guest gives the memory back.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "jobs.h"
#include "ktap.h"
#include "option.h"
#include "pace.h"
#include "util.h"
#include "vm.h"

#define UNBIND "/sys/bus/pci/drivers/nvgrace_gpu_vfio_pci/unbind"
#define DISK "/guest/modules/cohmem_guestgpu.ko"
#define UNBIND_SECS 20
/* The workload is larger than the guest's own RAM, so it is in the GPU's. */
#define TASK "cohmem.task=gpu cohmem.workload=136"
#define VERIFY_MIB "136"
#define DISK_TASK "cohmem.task=gpu cohmem.workload=8"
/* All of /dev/ram1, in several requests. */
#define DISK_ORDER "disk vdb 4"
#define OLD_DISK "virtio-blk-pci,drive=disk"
#define NEW_DISK "virtio-blk-pci-non-transitional,drive=disk,iommu_platform=on"
#define ROOM(bytes) ",x-max-bounce-buffer-size=" bytes
/* How QEMU words that it has no room to copy what a device reads or writes there. */
#define QEMU_SAYS "virtio: bogus descriptor"

/*
 * The guest's buffers are in the GPU's memory, as all that its programs allocate. QEMU has
 * 4096 bytes to copy what virtio reads or writes in the memory of an assigned device.
 */
static void try_disk(const char *gpu, const char *name, const char *disk, const char *task,
		     bool works)
{
	const char * const devices[] = {
		"-device", gpu,
		"-drive", "if=none,id=driver,format=raw,readonly=on,file=" DISK,
		"-device", "virtio-blk-pci,drive=driver",
		"-drive", "if=none,id=disk,format=raw,cache=writeback,file=/dev/ram1",
		"-device", disk,
		NULL
	};
	struct vm vm;
	bool ok = vm_start(&vm, "anon", task, devices);

	vm.guest.look_for = QEMU_SAYS;
	if (works)
		ok = ok && vm_ask(&vm, DISK_ORDER);
	else
		ok = ok && !vm_ask(&vm, DISK_ORDER) && vm.guest.ended == GUEST_STOPPED;
	ktap_result(ok, name, "%s", vm_said(&vm, "disk"));
	vm_end(&vm);
}

/*
 * Only a disk that looks at memory as a PCI device does (iommu_platform) has the room that it
 * is given for itself; the other room is that of all such devices.
 */
static void try_disks(const char *gpu)
{
	try_disk(gpu, "gpu_disk_breaks", OLD_DISK, DISK_TASK, false);
	try_disk(gpu, "gpu_disk_swiotlb", NEW_DISK, DISK_TASK " swiotlb=4096,force", true);
	try_disk(gpu, "gpu_disk_platform_breaks", NEW_DISK, DISK_TASK, false);
	try_disk(gpu, "gpu_disk_room_breaks", OLD_DISK ROOM("1073741824"), DISK_TASK, false);
	try_disk(gpu, "gpu_disk_small_room_breaks", NEW_DISK ROOM("1048576"), DISK_TASK, false);
	try_disk(gpu, "gpu_disk_platform_room", NEW_DISK ROOM("1073741824"), DISK_TASK, true);
}

static void try_reset(struct vm *vm)
{
	bool ok = vm_verify(vm, VERIFY_MIB) &&
		  qmp_command(&vm->qmp, "{\"execute\":\"system_reset\"}") &&
		  vm_booted(vm);

	ktap_result(ok, "gpu_vm_reset", "workload: %s", vm_said(vm, "workload"));
}

/* Unbinds the driver as an administrator does, in a process that has to wait. */
static pid_t start_unbind(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(write_file(UNBIND, option("gpu")) ? 0 : 1);
	return pid;
}

static bool unbind_ends(pid_t pid, int *status)
{
	double deadline = pace_now() + UNBIND_SECS;

	while (waitpid(pid, status, WNOHANG) != pid) {
		if (pace_now() > deadline)
			return false;
		usleep(100000);
	}
	return true;
}

static void works_gpu_run(void)
{
	char device[64];
	const char * const devices[] = {
		"-device", device,
		"-drive", "if=none,id=driver,format=raw,readonly=on,file=" DISK,
		"-device", "virtio-blk-pci,drive=driver",
		NULL
	};
	int status = 0;
	struct vm vm;
	pid_t unbind;
	bool ok;

	ktap_plan(11);
	snprintf(device, sizeof(device), "vfio-pci,host=%s", option("gpu"));
	try_disks(device);
	ok = vm_start(&vm, "anon", TASK, devices);
	ktap_result(ok, "gpu_boot", "workload: %s", vm_said(&vm, "workload"));
	try_reset(&vm);

	ok = vm_verify(&vm, VERIFY_MIB);
	unbind = start_unbind();
	ok = ok && vm_goes_on(&vm) && vm_goes_on(&vm);
	ok = vm_verified(&vm) && ok && waitpid(unbind, &status, WNOHANG) == 0;
	ktap_result(ok, "gpu_unbind_waits", "%s", vm_said(&vm, "verify"));

	ok = vm_ask(&vm, "unplug");
	ktap_result(ok, "gpu_memory_unplug", "%s", vm_said(&vm, "unplug"));
	vm_end(&vm);
	ok = unbind_ends(unbind, &status) && !status;
	ktap_result(ok, "gpu_unbind_after_vm", "%s",
		    ok ? "" : "it still waits, or failed");
}

const struct job works_gpu_job = {
	.prepare = gpu_prepare,
	.run = works_gpu_run,
};
