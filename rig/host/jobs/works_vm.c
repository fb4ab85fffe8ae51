// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-vm: VMs whose whole RAM is memory without struct pages, and what happens to a
 * VM in its life. At each of its starts the guest does the checks of job ram. While
 * something happens to the VM, the guest verifies memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jobs.h"
#include "ktap.h"
#include "pace.h"
#include "util.h"
#include "vm.h"
#include "vm_ram.h"
#include "works.h"

#define TWO_RESULTS 2

/* A guest that is silent for longer than several rounds take is stopped. */
static void try_stop_cont(struct vm *vm)
{
	bool ran = vm_verify(vm, VM_VERIFY_MIB), stopped, goes_on;
	double start = pace_now(), silence;

	ran = ran && vm_goes_on(vm);
	silence = 2 * (pace_now() - start) + 1;
	ran = ran && qmp_command(&vm->qmp, "{\"execute\":\"stop\"}");
	/* A round may have ended before the stop. Its line does not count. */
	guest_expect(&vm->guest, "round", 1);
	stopped = !guest_expect(&vm->guest, "round", silence);
	goes_on = qmp_command(&vm->qmp, "{\"execute\":\"cont\"}") && vm_goes_on(vm);
	ktap_result(vm_verified(vm) && ran && stopped && goes_on, "vm_stop_cont",
		    "%ssilent for %.1f s; %s", stopped ? "" : "not ", silence,
		    vm_said(vm, "verify"));
}

static void try_reboot(struct vm *vm)
{
	bool ok = dprintf(vm->guest.vmm.in, "reboot\n") > 0 && vm_booted(vm);

	ktap_result(ok, "guest_reboot", "workload: %s", vm_said(vm, "workload"));
}

static void try_reset(struct vm *vm)
{
	bool ok = vm_verify(vm, VM_VERIFY_MIB) &&
		  qmp_command(&vm->qmp, "{\"execute\":\"system_reset\"}") &&
		  vm_booted(vm);

	ktap_result(ok, "vm_reset", "workload: %s", vm_said(vm, "workload"));
}

/* Each mapping holds the module: nobody can remove it while a VM has its memory. */
static void try_removal_of_driver(void)
{
	works_refused("driver_removal_refused",
		      syscall(SYS_delete_module, "cohmem_testdev", O_NONBLOCK),
		      EAGAIN);
}

void works_vm_life(void (*try_removal)(void))
{
	struct vm vm;
	bool ok = vm_start(&vm, vm_ram(VM_ONE, ""), NULL, works_io_devices);

	ktap_result(ok, "boot", "workload: %s", vm_said(&vm, "workload"));
	works_io(&vm);
	try_stop_cont(&vm);
	try_removal();
	try_reboot(&vm);
	try_reset(&vm);
	vm_end(&vm);
}

static void two(void)
{
	static const char * const lock[] = { "-overcommit", "mem-lock=on", NULL };
	struct vm one, other;
	bool ok = vm_start(&one, vm_ram(VM_ONE, ""), NULL, NULL);
	bool locked = vm_start(&other, vm_ram(VM_TWO, ",prealloc=on"), NULL, lock);

	ktap_result(locked, "vm_prealloc_mem_lock", "workload: %s",
		    vm_said(&other, "workload"));
	ok = ok && locked;

	ok = ok && vm_verify(&one, VM_VERIFY_MIB) && vm_verify(&other, VM_VERIFY_MIB) &&
	     vm_goes_on(&one) && vm_goes_on(&other);
	ok = vm_verified(&one) && ok;
	ok = vm_verified(&other) && ok;
	ktap_result(ok, "two_vms_one_device", "%s; %s", vm_said(&one, "verify"),
		    vm_said(&other, "verify"));
	vm_end(&one);
	vm_end(&other);
}

static void works_vm_run(void)
{
	ktap_plan(WORKS_IO_CONTROL_RESULTS + WORKS_VM_LIFE_RESULTS + TWO_RESULTS);
	works_io_control();
	works_vm_life(try_removal_of_driver);
	two();
}

const struct job works_vm_job = {
	.run = works_vm_run,
};
