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

#define REFUSED_BY_IOMMUFD "memory listener initialization failed"

/* QEMU's arguments for the device: by type1, and by iommufd. */
static char type1[64], iommufd[96];
static const char * const by_type1[] = { "-device", type1, NULL };
static const char * const by_iommufd[] = {
	"-object", "iommufd,id=iommufd0", "-device", iommufd, NULL
};

static void write_arguments(void)
{
	snprintf(type1, sizeof(type1), "vfio-pci,host=%s", option("edu"));
	snprintf(iommufd, sizeof(iommufd), "%s,iommufd=iommufd0", type1);
}

static void try_dma(const char *name, const char *memory,
		    const char * const *devices)
{
	struct vm vm;
	bool ok = vm_start(&vm, memory, NULL, devices) && vm_ask(&vm, "dma");

	ktap_result(ok, name, "%s", vm_said(&vm, "dma"));
	vm_end(&vm);
}

void works_assign_control(void)
{
	write_arguments();
	try_dma("anon_assigned_dma", "anon", by_type1);
	try_dma("anon_assigned_dma_iommufd", "anon", by_iommufd);
}

void works_assign(void)
{
	struct vm vm;
	bool refused;

	write_arguments();
	try_dma("assigned_dma", vm_ram(VM_ONE, ""), by_type1);
	refused = vm_is_refused(&vm, vm_ram(VM_ONE, ""), by_iommufd, REFUSED_BY_IOMMUFD);
	ktap_result(refused, "assigned_dma_iommufd_refused", "%s", vm.guest.last);
	vm_end(&vm);
}
