// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-mte: VMs with MTE. An assigned device's registers are Device, and need no
 * tags. Memory without struct pages has no room for tags, so a VM with MTE cannot have it
 * as cacheable memory: not as its RAM, and not as the memory of an assigned GPU.
 */
#include <stdio.h>

#include "edu_vfio.h"
#include "jobs.h"
#include "ktap.h"
#include "option.h"
#include "vm.h"
#include "vm_ram.h"
#include "works.h"

#define MTE		"-machine", "mte=on"

/* How QEMU words that a memslot was refused, and why it was. */
#define QEMU_SAYS	"KVM_SET_USER_MEMORY_REGION"
#define KERNEL_SAYS	"refused: no-tags"

static void try_device(void)
{
	char device[64];
	const char * const devices[] = { MTE, "-device", device, NULL };
	struct vm vm;
	bool ok;

	snprintf(device, sizeof(device), "vfio-pci,host=%s", option("edu"));
	ok = vm_start(&vm, "anon", NULL, devices) && vm_ask(&vm, "dma");
	ktap_result(ok, "mte_assigned_device", "%s", vm_said(&vm, "dma"));
	vm_end(&vm);
}

static void try_ram(void)
{
	static const char * const devices[] = { MTE, NULL };
	struct vm vm;
	bool refused = vm_is_refused(&vm, vm_ram(VM_ONE, ""), devices, QEMU_SAYS);

	ktap_result(refused, "mte_ram_refused", "%s", vm.guest.last);
	ktap_result(works_kernel_said(KERNEL_SAYS), "mte_kernel_says", "%s", KERNEL_SAYS);
	vm_end(&vm);
}

static void works_mte_prepare(void)
{
	edu_vfio_prepare();
}

static void works_mte_run(void)
{
	ktap_plan(3);
	try_device();
	try_ram();
}

const struct job works_mte_job = {
	.prepare = works_mte_prepare,
	.run = works_mte_run,
};
