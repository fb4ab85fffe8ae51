// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-dax: /dev/dax0.0 is memory with struct pages of ZONE_DEVICE, by the kernel's
 * device-DAX driver. A VM runs from it as from ordinary memory, and what needs struct
 * pages works too.
 */
#include <string.h>

#include "edu_vfio.h"
#include "end.h"
#include "jobs.h"
#include "ktap.h"
#include "module.h"
#include "option.h"
#include "stage2_report.h"
#include "vm.h"
#include "works.h"

static const struct stage2_area ram = {
	.name = "guest RAM",
	.start = VMM_RAM_START,
	.end = VM_RAM_END,
	.want = S2_NORMAL_WB,
	.memtype = "memtype",
	.block = "largest_block",
	.result = "dax_stage2_memtype",
};

static const char * const devices[] = {
	"-drive", "if=none,id=direct,format=raw,cache=none,file=/dev/ram0",
	"-device", "virtio-blk-pci,drive=direct",
	NULL
};

static void works_dax_prepare(void)
{
	const char *pci = option("dax");

	if (!pci)
		give_up("cohmem.dax= is missing: which device is device DAX?");
	edu_vfio_prepare();
	/* From here on no other driver takes it. Its own comes with the module. */
	vfio_bind(pci, "cohmem_testdax");
	module_load("cohmem_testdax", "");
}

static void works_dax_run(void)
{
	struct vm vm;
	bool ok;

	ktap_plan(6);
	works_dma_try("dax_dma_type1", edu_vfio_open_type1(), "dax");
	works_dma_try("dax_dma_iommufd", edu_vfio_open_iommufd(), "dax");
	ok = vm_start(&vm, "/dev/dax0.0,align=2M", NULL, devices);
	ktap_result(ok, "dax_boot", "workload: %s", vm_said(&vm, "workload"));
	stage2_report(&vm.guest, &ram);
	ok = vm_ask(&vm, "disk vda");
	ktap_result(ok, "dax_disk_cache_none", "%s", vm_said(&vm, "disk"));
	ok = vm_verify(&vm, VM_VERIFY_MIB) && vm_goes_on(&vm);
	ktap_result(vm_verified(&vm) && ok, "dax_verify", "%s",
		    vm_said(&vm, "verify"));
	vm_end(&vm);
}

const struct job works_dax_job = {
	.prepare = works_dax_prepare,
	.run = works_dax_run,
};
