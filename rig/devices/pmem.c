// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hands BAR 2 of an ivshmem-plain device to the kernel's own pmem driver, as firmware
 * does with persistent memory: /dev/pmem0, a disk for file systems with -o dax. Its pages
 * are ZONE_DEVICE pages that are not compound.
 *
 * Binds only to a device whose driver_override says cohmem_testpmem: see dax.c.
 */
#include <linux/libnvdimm.h>
#include <linux/module.h>
#include <linux/pci.h>

#define MEMORY_BAR	2

static struct nvdimm_bus_descriptor bus_desc = {
	.provider_name = "cohmem_testpmem",
	.module = THIS_MODULE,
};

static int pmem_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct nd_region_desc desc = {
		.res = pci_resource_n(pdev, MEMORY_BAR),
		.numa_node = dev_to_node(&pdev->dev),
		.target_node = dev_to_node(&pdev->dev),
	};
	struct nvdimm_bus *bus;
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	bus = nvdimm_bus_register(&pdev->dev, &bus_desc);
	if (!bus)
		return -ENOMEM;
	/* Its struct pages are in RAM, and nothing on it says that there are any. */
	set_bit(ND_REGION_PAGEMAP, &desc.flags);
	if (!nvdimm_pmem_region_create(bus, &desc)) {
		nvdimm_bus_unregister(bus);
		return -ENXIO;
	}
	pci_set_drvdata(pdev, bus);
	return 0;
}

static void pmem_remove(struct pci_dev *pdev)
{
	nvdimm_bus_unregister(pci_get_drvdata(pdev));
}

static struct pci_driver pmem_driver = {
	.name = "cohmem_testpmem",
	.probe = pmem_probe,
	.remove = pmem_remove,
};
module_pci_driver(pmem_driver);

MODULE_DESCRIPTION("An ivshmem device as persistent memory");
MODULE_LICENSE("GPL");
