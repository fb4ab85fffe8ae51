// SPDX-License-Identifier: GPL-2.0-only
/*
 * The inner guest's driver. It does with the memory of a Grace GPU what the
 * vendor's driver does: region 4, coherent memory, becomes memory of the
 * kernel; region 2, Normal-NC, is mapped by /dev/cohmem-region2. GB200 has
 * no region 2.
 *
 * Writing to the parameter "remove" takes that memory away from the kernel
 * again, which fails while a part of it cannot be moved. There is no way to
 * unload the driver: it would have to do that, and may not fail.
 */
#include <linux/fs.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>

#define UNCACHED_BAR	2
#define COHERENT_BAR	4

static struct resource *uncached;

/*
 * Normal-NC and executable for the guest: pgprot_writecombine() would set
 * UXN, and the fetch would be refused here instead of by stage 2.
 */
static int region2_mmap(struct file *file, struct vm_area_struct *vma)
{
	unsigned long pages = PHYS_PFN(resource_size(uncached));

	if (vma->vm_pgoff > pages || vma_pages(vma) > pages - vma->vm_pgoff)
		return -EINVAL;
	vma->vm_page_prot = __pgprot_modify(vma->vm_page_prot,
					    PTE_ATTRINDX_MASK,
					    PTE_ATTRINDX(MT_NORMAL_NC));
	return remap_pfn_range(vma, vma->vm_start,
			       PHYS_PFN(uncached->start) + vma->vm_pgoff,
			       vma->vm_end - vma->vm_start, vma->vm_page_prot);
}

static const struct file_operations region2_fops = {
	.owner = THIS_MODULE,
	.mmap = region2_mmap,
};

static struct miscdevice region2 = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "cohmem-region2",
	.fops = &region2_fops,
	.mode = 0600,
};

static int region4_add(struct pci_dev *pdev)
{
	u64 start = pci_resource_start(pdev, COHERENT_BAR);
	u64 len = pci_resource_len(pdev, COHERENT_BAR);

	if (!len || !IS_ALIGNED(start | len, memory_block_size_bytes())) {
		pci_err(pdev, "region 4 %pR is not a multiple of %#lx\n",
			&pdev->resource[COHERENT_BAR],
			memory_block_size_bytes());
		return -EINVAL;
	}
	return add_memory_driver_managed(first_online_node, start, len,
					 "System RAM (cohmem)", MHP_NONE);
}

static struct pci_dev *memory_of;

static int region4_remove(const char *val, const struct kernel_param *kp)
{
	if (!memory_of)
		return -ENODEV;
	return offline_and_remove_memory(pci_resource_start(memory_of, COHERENT_BAR),
					 pci_resource_len(memory_of, COHERENT_BAR));
}

static const struct kernel_param_ops remove_ops = {
	.set = region4_remove,
};
module_param_cb(remove, &remove_ops, NULL, 0200);
MODULE_PARM_DESC(remove, "take region 4 away from the kernel");

static int guest_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret;

	ret = pci_enable_device_mem(pdev);
	if (ret)
		return ret;
	if (pci_resource_len(pdev, UNCACHED_BAR)) {
		ret = pci_request_region(pdev, UNCACHED_BAR, "cohmem_guestgpu");
		if (ret)
			goto disable;
		uncached = &pdev->resource[UNCACHED_BAR];
		ret = misc_register(&region2);
		if (ret)
			goto release;
	}
	ret = region4_add(pdev);
	if (!ret) {
		memory_of = pdev;
		return 0;
	}

	if (!uncached)
		goto disable;
	misc_deregister(&region2);
release:
	pci_release_region(pdev, UNCACHED_BAR);
	uncached = NULL;
disable:
	pci_disable_device(pdev);
	return ret;
}

/* The identity is the emulated device's: nvgrace passes it on unchanged. */
static const struct pci_device_id guest_ids[] = {
	{ PCI_DEVICE(0x1234, 0x1111) },
	{ }
};
MODULE_DEVICE_TABLE(pci, guest_ids);

static struct pci_driver guest_driver = {
	.name = "cohmem_guestgpu",
	.id_table = guest_ids,
	.probe = guest_probe,
	.driver.suppress_bind_attrs = true,
};

static int __init guest_init(void)
{
	return pci_register_driver(&guest_driver);
}
module_init(guest_init);

MODULE_DESCRIPTION("A GPU's memory as memory of the guest's kernel");
MODULE_LICENSE("GPL");
