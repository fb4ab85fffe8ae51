// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test device: BAR 2 of QEMU's ivshmem-plain, memory without struct pages,
 * offered once for each way in which a driver can map such memory. See
 * cohmem_testdev.h for the list.
 *
 *   carveout=START,SIZE   this memory in place of the BAR: RAM that the kernel was told
 *                         by mem= to leave alone
 *   p2pdma=1              the BAR has struct pages, as memory that devices exchange data
 *                         by; it is mapped as if it had none
 *
 * Builds on kernels without VM_COHERENT_PFNMAP too: there, "declared" kinds
 * are merely cacheable, which is what stock and mainline are compared by.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pci-p2pdma.h>
#include <linux/sizes.h>
#include <linux/uaccess.h>

#include "cohmem_testdev.h"
#include "error.h"
#include "mmap.h"
#include "stage2.h"

#define IVSHMEM_VENDOR	0x1af4
#define IVSHMEM_DEVICE	0x1110
#define IVSHMEM_BAR	2

/* One allocation of the page allocator, with every page size. */
#define RAM_SIZE	SZ_4M

#ifdef VM_COHERENT_PFNMAP
#define DECLARED	VM_COHERENT_PFNMAP
#define CAN_DECLARE	1
#else
#define DECLARED	0
#define CAN_DECLARE	0
#endif

static const struct kind kinds[] = {
	{ .name = "declared", .vm_flags = DECLARED },
	{ .name = "undeclared" },
	{
		.name = "tagged",
		.vma_type = NORMAL_TAGGED,
		.vm_flags = DECLARED,
	},
	{ .name = "nc", .vma_type = NORMAL_NC },
	{
		.name = "nc-any",
		.vma_type = NORMAL_NC,
		.vm_flags = VM_ALLOW_ANY_UNCACHED,
	},
	{ .name = "device", .vma_type = DEVICE_NGNRE },
	{
		.name = "nc-leaf",
		.leaf_type = NORMAL_NC,
		.vm_flags = VM_IO | VM_PFNMAP | DECLARED,
		.on_fault = true,
	},
	{
		.name = "mixed",
		.vm_flags = VM_IO | VM_MIXEDMAP | DECLARED,
		.on_fault = true,
	},
	{
		.name = "mixed-nc",
		.vma_type = NORMAL_NC,
		.vm_flags = VM_IO | VM_MIXEDMAP | VM_ALLOW_ANY_UNCACHED,
		.on_fault = true,
	},
	{
		.name = "mixed-device",
		.vma_type = DEVICE_NGNRE,
		.vm_flags = VM_IO | VM_MIXEDMAP,
		.on_fault = true,
	},
	{ .name = "cow", .cow = true },
	{
		.name = "lazy",
		.vm_flags = VM_IO | VM_PFNMAP | DECLARED,
		.on_fault = true,
	},
	{
		.name = "huge",
		.vm_flags = VM_IO | VM_PFNMAP | DECLARED,
		.on_fault = true,
		.huge = true,
	},
	{
		.name = "mixed-huge",
		.vm_flags = VM_IO | VM_MIXEDMAP | DECLARED,
		.on_fault = true,
		.huge = true,
	},
	{ .name = "odd", .vm_flags = DECLARED, .odd = true },
	{ .name = "ram", .ram = RAM_SPLIT },
	{ .name = "ram-whole", .ram = RAM_WHOLE },
	{ .name = "ram-compound", .ram = RAM_COMPOUND },
	{ .name = "beside-ram", .vm_flags = DECLARED, .lead = true },
	{ .name = "beside-ram-device", .vma_type = DEVICE_NGNRE, .lead = true },
};

/**
 * struct node - one device node
 * @misc: the node; misc_open() leaves it in file->private_data
 * @memory: what it maps, and how
 * @nodename: its path below /dev
 * @devname: its name in sysfs
 */
struct node {
	struct miscdevice misc;
	struct node_memory memory;
	char nodename[32];
	char devname[32];
};

static unsigned long carveout[2];
static unsigned int carveout_given;
module_param_array(carveout, ulong, &carveout_given, 0444);
MODULE_PARM_DESC(carveout, "physical address and size of RAM that the kernel does not use");

static bool p2pdma;
module_param(p2pdma, bool, 0444);
MODULE_PARM_DESC(p2pdma, "the memory has struct pages of PCI peer-to-peer DMA");

static struct node nodes[ARRAY_SIZE(kinds)];
/* What the nodes map: the BAR, or the carve-out. */
static struct resource *region;
static struct page *ram[NR_RAM];

static struct node *node_of(struct file *file)
{
	return container_of(file->private_data, struct node, misc);
}

static int node_mmap(struct file *file, struct vm_area_struct *vma)
{
	return mmap_node(vma, &node_of(file)->memory);
}

static int node_info(const struct node_memory *memory, void __user *arg)
{
	struct testdev_info info = {
		.phys = memory->phys,
		.size = memory->size,
		.page_size = PAGE_SIZE,
		.can_declare = CAN_DECLARE,
	};

	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static int node_zap(struct file *file, void __user *arg)
{
	const struct node_memory *memory = &node_of(file)->memory;
	struct testdev_range range;

	if (copy_from_user(&range, arg, sizeof(range)))
		return -EFAULT;
	if (!PAGE_ALIGNED(range.offset) || !PAGE_ALIGNED(range.len) ||
	    !range.len || range.offset > memory->size ||
	    range.len > memory->size - range.offset)
		return -EINVAL;
	/* remap_pfn_range() sets vm_pgoff of copy-on-write VMAs to the PFN. */
	if (memory->kind->cow)
		range.offset += memory->phys;
	unmap_mapping_range(file->f_mapping, range.offset, range.len, 1);
	return 0;
}

static int node_page_count(const struct node_memory *memory, void __user *arg)
{
	struct testdev_page_count req;

	if (!memory->kind->ram)
		return -EOPNOTSUPP;
	if (copy_from_user(&req, arg, sizeof(req)))
		return -EFAULT;
	if (req.offset >= memory->size)
		return -EINVAL;
	req.count = page_count(ram[memory->kind->ram] + PHYS_PFN(req.offset));
	return copy_to_user(arg, &req, sizeof(req)) ? -EFAULT : 0;
}

static long node_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct node_memory *memory = &node_of(file)->memory;
	void __user *user = (void __user *)arg;

	switch (cmd) {
	case TESTDEV_INFO:
		return node_info(memory, user);
	case TESTDEV_ZAP:
		return node_zap(file, user);
	case TESTDEV_ODD:
		return mmap_set_odd(memory, user);
	case TESTDEV_PAGE_COUNT:
		return node_page_count(memory, user);
	}
	return -ENOTTY;
}

static const struct file_operations node_fops = {
	.owner = THIS_MODULE,
	.mmap = node_mmap,
	.unlocked_ioctl = node_ioctl,
};

static void set_memory(struct node_memory *memory, const struct kind *kind)
{
	memory->kind = kind;
	memory->phys = kind->ram ? page_to_phys(ram[kind->ram]) : region->start;
	memory->size = kind->ram ? RAM_SIZE : resource_size(region);
	if (kind->lead && carveout_given) {
		memory->phys -= PMD_SIZE;
		memory->size += PMD_SIZE;
	}
}

static int node_register(struct node *node, const struct kind *kind)
{
	set_memory(&node->memory, kind);
	snprintf(node->devname, sizeof(node->devname), "cohmem-test-%s", kind->name);
	snprintf(node->nodename, sizeof(node->nodename), "cohmem-test/%s",
		 kind->name);
	node->misc.minor = MISC_DYNAMIC_MINOR;
	node->misc.name = node->devname;
	node->misc.nodename = node->nodename;
	node->misc.fops = &node_fops;
	node->misc.mode = 0600;
	return misc_register(&node->misc);
}

static void nodes_unregister(size_t count)
{
	while (count--)
		misc_deregister(&nodes[count].misc);
}

static int region_get(struct pci_dev *pdev)
{
	int ret;

	if (carveout_given) {
		region = request_mem_region(carveout[0], carveout[1], "cohmem_testdev");
		return region ? 0 : -EBUSY;
	}
	ret = pci_request_region(pdev, IVSHMEM_BAR, "cohmem_testdev");
	if (ret)
		return ret;
	/* The pages go with the driver. */
	ret = p2pdma ? pci_p2pdma_add_resource(pdev, IVSHMEM_BAR, 0, 0) : 0;
	if (ret)
		pci_release_region(pdev, IVSHMEM_BAR);
	else
		region = &pdev->resource[IVSHMEM_BAR];
	return ret;
}

static void region_put(struct pci_dev *pdev)
{
	if (carveout_given)
		release_mem_region(carveout[0], carveout[1]);
	else
		pci_release_region(pdev, IVSHMEM_BAR);
	region = NULL;
}

static int testdev_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	size_t i;
	int ret;

	if (region)
		return -EBUSY;
	ret = pci_enable_device_mem(pdev);
	if (ret)
		return ret;
	ret = region_get(pdev);
	if (ret)
		goto disable;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		ret = node_register(&nodes[i], &kinds[i]);
		if (ret)
			goto unregister;
	}
	pci_info(pdev, "memory %pR\n", region);
	return 0;

unregister:
	nodes_unregister(i);
	region_put(pdev);
disable:
	pci_disable_device(pdev);
	return ret;
}

static void testdev_remove(struct pci_dev *pdev)
{
	nodes_unregister(ARRAY_SIZE(kinds));
	region_put(pdev);
	pci_disable_device(pdev);
}

static const struct pci_device_id testdev_ids[] = {
	{ PCI_DEVICE(IVSHMEM_VENDOR, IVSHMEM_DEVICE) },
	{ }
};
MODULE_DEVICE_TABLE(pci, testdev_ids);

static struct pci_driver testdev_driver = {
	.name = "cohmem_testdev",
	.id_table = testdev_ids,
	.probe = testdev_probe,
	.remove = testdev_remove,
	/* Open files would outlive an unbind; only rmmod, which they hold off. */
	.driver.suppress_bind_attrs = true,
};

static void ram_free(void)
{
	unsigned long i;

	for (i = 0; ram[RAM_SPLIT] && i < PHYS_PFN(RAM_SIZE); i++)
		__free_page(ram[RAM_SPLIT] + i);
	if (ram[RAM_WHOLE])
		__free_pages(ram[RAM_WHOLE], get_order(RAM_SIZE));
	if (ram[RAM_COMPOUND])
		__free_pages(ram[RAM_COMPOUND], get_order(RAM_SIZE));
}

static int ram_alloc(void)
{
	unsigned int order = get_order(RAM_SIZE);
	gfp_t gfp = GFP_KERNEL | __GFP_ZERO;

	ram[RAM_SPLIT] = alloc_pages(gfp, order);
	ram[RAM_WHOLE] = alloc_pages(gfp, order);
	ram[RAM_COMPOUND] = alloc_pages(gfp | __GFP_COMP, order);
	if (ram[RAM_SPLIT])
		split_page(ram[RAM_SPLIT], order);
	return ram[RAM_SPLIT] && ram[RAM_WHOLE] && ram[RAM_COMPOUND] ? 0 : -ENOMEM;
}

static int __init testdev_init(void)
{
	int ret = ram_alloc();

	if (ret)
		goto free;
	ret = stage2_node_register();
	if (ret)
		goto free;
	ret = pci_register_driver(&testdev_driver);
	if (ret)
		goto unregister;
	return 0;

unregister:
	stage2_node_unregister();
free:
	ram_free();
	return ret;
}
module_init(testdev_init);

static void __exit testdev_exit(void)
{
	pci_unregister_driver(&testdev_driver);
	stage2_node_unregister();
	error_end();
	sites_end();
	ram_free();
}
module_exit(testdev_exit);

MODULE_DESCRIPTION("Memory without struct pages, mapped in every way");
MODULE_LICENSE("GPL");
