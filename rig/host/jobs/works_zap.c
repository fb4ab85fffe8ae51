// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-zap: the driver takes its memory from a running VM, as drivers do when a
 * device is reset.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cohmem_testdev.h"
#include "debug.h"
#include "jobs.h"
#include "ktap.h"
#include "pace.h"
#include "util.h"
#include "vm.h"
#include "vm_ram.h"
#include "works.h"

#define DECLARED "/dev/cohmem-test/declared"
#define LAZY "/dev/cohmem-test/lazy"
#define HUGE "/dev/cohmem-test/huge"
#define AT_OFFSET ",offset=512M"	/* VM_OFFSET, for QEMU */

/* on_fault() has one, and is called twice; for_good() has three. */
#define OWN_RESULTS 5
#define TIMES 3
#define STATUS_SECS 10

/* How QEMU words KVM_EXIT_MEMORY_FAULT. */
#define QEMU_SAYS "Convert non guest_memfd backed memory region"
#define KERNEL_SAYS "refused: driver-refused"

static bool zap(const char *node)
{
	struct testdev_range range = { .offset = VM_OFFSET, .len = VM_RAM_BYTES };
	int fd = open(node, O_RDWR | O_CLOEXEC);
	bool ok = fd >= 0 && !ioctl(fd, TESTDEV_ZAP, &range);

	close(fd);
	return ok;
}

/* A mapping that is populated on fault comes back: the guest notices nothing. */
static void on_fault(const char *name, const char *memory, const char *node)
{
	struct vm vm;
	bool ok = vm_start(&vm, memory, NULL, NULL) && vm_verify(&vm, VM_VERIFY_MIB);

	for (int i = 0; ok && i < TIMES; i++)
		ok = zap(node) && vm_goes_on(&vm);
	ktap_result(vm_verified(&vm) && ok, name, "zapped %d times; %s", TIMES,
		    vm_said(&vm, "verify"));
	vm_end(&vm);
}

/* QEMU prints the error before it stops the VM, so the state comes later. */
static bool fails_inside(struct vm *vm)
{
	double deadline = pace_now() + debug_secs(STATUS_SECS);

	while (pace_now() < deadline) {
		if (!qmp_command(&vm->qmp, "{\"execute\":\"query-status\"}"))
			return false;
		if (strstr(vm->qmp.answer, "internal-error"))
			return true;
		usleep(100000);
	}
	return false;
}

/* A mapping that mmap() populated does not come back. The VM stops, with a reason. */
static void for_good(void)
{
	struct vm vm;
	bool ran = vm_start(&vm, vm_ram(VM_ONE, ""), NULL, NULL) &&
		   vm_verify(&vm, VM_VERIFY_MIB), stopped;

	vm.guest.look_for = QEMU_SAYS;
	stopped = ran && zap(DECLARED) && !vm_goes_on(&vm) &&
		  vm.guest.ended == GUEST_STOPPED;
	ktap_result(stopped, "zap_stops_vm", "%s", guest_reason(&vm.guest));
	ktap_result(stopped && fails_inside(&vm), "zap_vm_status", "%s",
		    vm.qmp.answer);
	ktap_result(works_kernel_said(KERNEL_SAYS), "zap_kernel_says", "%s",
		    KERNEL_SAYS);
	vm_end(&vm);
}

static void works_zap_run(void)
{
	ktap_plan(OWN_RESULTS);
	on_fault("zap_on_fault", LAZY AT_OFFSET, LAZY);
	on_fault("zap_on_fault_huge", HUGE AT_OFFSET, HUGE);
	for_good();
}

const struct job works_zap_job = {
	.run = works_zap_run,
};
