// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linear memory: what the kernel reaches through a cacheable mapping of its own.
 * That is RAM, and ZONE_DEVICE memory that memremap_pages() mapped Write-Back: device
 * DAX, FS DAX, and MEMORY_DEVICE_COHERENT. KVM can clean it by address.
 */
#include <linux/kvm_host.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/mmzone.h>

#include <asm/memory.h>
#include <asm/virt.h>

#include "cohmem_linear.h"

/*
 * Is this a page of device memory that memremap_pages() mapped Write-Back in
 * the linear mapping? P2PDMA memory is mapped uncached there, and private
 * memory is not mapped.
 */
static bool zone_device_is_write_back(struct page *page)
{
	if (!is_zone_device_page(page))
		return false;

	/* Device DAX has compound pages, whose tail pages have no pgmap. */
	switch (compound_head(page)->pgmap->type) {
	case MEMORY_DEVICE_COHERENT:
	case MEMORY_DEVICE_FS_DAX:
	case MEMORY_DEVICE_GENERIC:
		return true;
	default:
		return false;
	}
}

/**
 * cohmem_phys_is_linear() - Can the kernel use its linear mapping of @phys?
 * @phys: host physical address of memory that stage 2 maps Normal cacheable, or
 *	  is about to
 *
 * Context: any. If the memory has a page, the caller holds a reference to it,
 * or keeps the MMU notifiers waiting, so that the page stays.
 * Return: true if phys_to_virt(@phys) is mapped Write-Back.
 */
bool cohmem_phys_is_linear(phys_addr_t phys)
{
	unsigned long pfn = PHYS_PFN(phys);

	if (pfn_is_map_memory(pfn))
		return true;

	return pfn_valid(pfn) && zone_device_is_write_back(pfn_to_page(pfn));
}

/**
 * cohmem_pfn_is_linear() - The same, of the page of a stage-2 fault
 * @pfn: PFN that the host maps, or an error PFN
 * @referenced: the caller holds a reference to the page, if there is one
 *
 * Context: any.
 * Return: true if the memory is linear. A ZONE_DEVICE page that nobody holds may go
 * away meanwhile, and is not looked at.
 */
bool cohmem_pfn_is_linear(kvm_pfn_t pfn, bool referenced)
{
	struct page *page;

	if (pfn_is_map_memory(pfn))
		return true;

	/* In protected mode the host's own stage 2 has such memory as Device. */
	if (is_protected_kvm_enabled())
		return false;

	/* NULL: KVM cannot hold a reference to the page, if there is one. */
	page = referenced ? kvm_pfn_to_refcounted_page(pfn) : NULL;
	return page && zone_device_is_write_back(page);
}
