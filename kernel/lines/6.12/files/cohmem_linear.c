// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linear memory: what the kernel reaches through a cacheable mapping of its own.
 * That is RAM, and ZONE_DEVICE memory that memremap_pages() mapped Write-Back: device
 * DAX, FS DAX, and MEMORY_DEVICE_COHERENT. KVM can clean it by address.
 */
#include <linux/kvm_host.h>
#include <linux/memremap.h>
#include <linux/mm.h>

#include <asm/memory.h>
#include <asm/virt.h>

#include "cohmem_linear.h"

/*
 * Is this device memory that memremap_pages() mapped Write-Back in the linear
 * mapping? P2PDMA memory is mapped uncached there, and private memory is not
 * mapped. No struct page is read: a reference to a page does not keep
 * memunmap_pages() from freeing it.
 */
static bool zone_device_is_write_back(unsigned long pfn)
{
	struct dev_pagemap *pgmap = get_dev_pagemap(pfn, NULL);
	bool ret = false;

	if (!pgmap)
		return false;

	switch (pgmap->type) {
	case MEMORY_DEVICE_COHERENT:
	case MEMORY_DEVICE_FS_DAX:
	case MEMORY_DEVICE_GENERIC:
		ret = true;
		break;
	default:
		break;
	}
	put_dev_pagemap(pgmap);
	return ret;
}

/**
 * cohmem_phys_is_linear() - Can the kernel use its linear mapping of @phys?
 * @phys: host physical address of memory that stage 2 maps Normal cacheable, or
 *	  is about to
 *
 * Context: any. The answer holds while the MMU notifiers wait for the caller: device
 * DAX unmaps its memory before it goes away. FS DAX does not.
 * Return: true if phys_to_virt(@phys) is mapped Write-Back.
 */
bool cohmem_phys_is_linear(phys_addr_t phys)
{
	unsigned long pfn = PHYS_PFN(phys);

	return pfn_is_map_memory(pfn) || zone_device_is_write_back(pfn);
}

/**
 * cohmem_pfn_is_linear() - The same, of the page of a stage-2 fault
 * @pfn: PFN that the host maps, or an error PFN
 * @referenced: the caller holds a reference to the page, if there is one
 *
 * Context: any.
 * Return: true if the memory is linear. ZONE_DEVICE memory is not if nobody holds the
 * page, since it may go away and be mapped otherwise.
 */
bool cohmem_pfn_is_linear(kvm_pfn_t pfn, bool referenced)
{
	if (pfn_is_map_memory(pfn))
		return true;

	/* In protected mode the host's own stage 2 has such memory as Device. */
	if (is_protected_kvm_enabled())
		return false;

	return referenced && zone_device_is_write_back(pfn);
}
