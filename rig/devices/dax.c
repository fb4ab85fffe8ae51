// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hands BAR 2 of an ivshmem-plain device to the kernel's own device-DAX
 * driver, as hmem and CXL drivers do with theirs: /dev/dax0.0, memory with
 * struct pages of ZONE_DEVICE.
 *
 * Binds only to a device whose driver_override says cohmem_testdax: this memory
 * is to have struct pages, and all other memory of the rig is not.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/range.h>

/* Of the kernel's tree; what a driver of such memory needs is there. */
#include "bus.h"

#define MEMORY_BAR	2

static int dax_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct range range = {
		.start = pci_resource_start(pdev, MEMORY_BAR),
		.end = pci_resource_end(pdev, MEMORY_BAR),
	};
	struct dev_dax_data data = { .id = -1, .size = range_len(&range) };
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	/* No IORESOURCE_DAX_KMEM: for mmap(), not to become system RAM. */
	data.dax_region = alloc_dax_region(&pdev->dev, 0, &range,
					   dev_to_node(&pdev->dev), PMD_SIZE, 0);
	if (!data.dax_region)
		return -ENOMEM;
	return PTR_ERR_OR_ZERO(devm_create_dev_dax(&data));
}

static struct pci_driver dax_driver = {
	.name = "cohmem_testdax",
	.probe = dax_probe,
};
module_pci_driver(dax_driver);

MODULE_DESCRIPTION("An ivshmem device as device DAX");
MODULE_LICENSE("GPL");
