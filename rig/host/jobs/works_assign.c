// SPDX-License-Identifier: GPL-2.0-only
/*
 * An unmodified QEMU assigns a device to a VM whose whole RAM is memory without struct
 * pages. The guest lets the device read and write that RAM.
 */
#include <stdio.h>

#include "ktap.h"
#include "option.h"
#include "vm.h"
#include "vm_ram.h"
#include "works.h"

#define REFUSAL_SECS 30

static void try_dma(const char *name, const char *memory,
		    const char * const *devices)
{
	struct vm vm;
	bool ok = vm_start(&vm, memory, NULL, devices) && vm_ask(&vm, "dma");

	ktap_result(ok, name, "%s", vm_said(&vm, "dma"));
	vm_end(&vm);
}

/* QEMU must end before the guest runs, with that message. */
static void try_refused(const char *name, const char * const *devices,
			const char *message)
{
	struct vm vm;
	bool said;

	vm_spawn(&vm, vm_ram(VM_ONE, ""), NULL, devices);
	vm.guest.look_for = message;
	guest_wait_secs(&vm.guest, REFUSAL_SECS);
	said = vm.guest.stopped;
	vm.guest.stopped = 0;
	vm.guest.look_for = NULL;
	guest_wait_secs(&vm.guest, REFUSAL_SECS);
	ktap_result(said && vm.guest.ended == GUEST_VMM_ENDED, name, "%s",
		    vm.guest.last);
	vm_end(&vm);
}

void works_assign(void)
{
	char type1[64], iommufd[96];
	const char * const by_type1[] = { "-device", type1, NULL };
	const char * const by_iommufd[] = {
		"-object", "iommufd,id=iommufd0", "-device", iommufd, NULL
	};

	snprintf(type1, sizeof(type1), "vfio-pci,host=%s", option("edu"));
	snprintf(iommufd, sizeof(iommufd), "%s,iommufd=iommufd0", type1);
	try_dma("anon_assigned_dma", "anon", by_type1);
	try_dma("assigned_dma", vm_ram(VM_ONE, ""), by_type1);
	try_dma("anon_assigned_dma_iommufd", "anon", by_iommufd);
	try_refused("assigned_dma_iommufd_refused", by_iommufd,
		    "memory listener initialization failed");
}
