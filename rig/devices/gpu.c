// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes one ivshmem-plain device look like a Grace GPU, so that the kernel's
 * own nvgrace-gpu-vfio-pci can be bound to it: the memory, BAR 2, is announced
 * by the properties that the firmware of such a machine has in its _DSD.
 *
 *   device=0000:00:10.0   which one
 *   gb200=1               with the DVSEC of Grace Blackwell, which says that
 *                         no Normal-NC part has to be carved out (resmem)
 *   cxl=1                 with the DVSEC of CXL, where newer drivers look whether the
 *                         memory is active; else they ask a BAR 0 that is not there
 *
 * The BAR itself is taken away: a real GPU's coherent memory is behind none, and
 * vfio-pci would offer it a second time, as uncached memory.
 *
 * DVSECs are in configuration space beyond 256 bytes, which this device
 * does not have: reads of it are answered here, before the bus is asked.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/property.h>

#define MEMORY_BAR	2

/* What the driver looks for, see nvgrace_gpu_has_mig_hw_bug(). */
#define GPU_DVSEC_ID	3
#define GPU_DVSEC_LEN	12
#define MIG_SUPPORTED_WITH_CACHED_RESMEM	BIT(0)

/* CXL 3.1, 8.1.3: length, and the first range's size with its two flags. */
#define CXL_DVSEC_ID	0
#define CXL_DVSEC_LEN	0x3c
#define CXL_RANGE1_SIZE_LOW	0x1c
#define CXL_MEM_VALID_ACTIVE	(BIT(0) | BIT(1))
#define CXL_VENDOR	0x1e98

static char *device = "";
module_param(device, charp, 0444);
MODULE_PARM_DESC(device, "PCI address of the device, as 0000:00:10.0");

static bool gb200;
module_param(gb200, bool, 0444);
MODULE_PARM_DESC(gb200, "no Normal-NC region is needed, as on GB200");

static bool cxl;
module_param(cxl, bool, 0444);
MODULE_PARM_DESC(cxl, "the memory is active, says CXL's DVSEC");

static struct pci_dev *gpu;
static struct pci_ops *bus_ops;
static int bus_cfg_size;
static struct resource memory;
static struct resource *memory_parent;

static struct property_entry properties[3];
static const struct software_node node = { .properties = properties };

/* Extended configuration space, from its beginning. */
static u32 caps[32];
static unsigned int caps_len;

/* PCIe 6.0, 7.9.6: capability header, then vendor and length, then the ID. */
static u32 *dvsec_add(u16 vendor, u16 id, unsigned int len)
{
	static u32 *last;
	u32 *cap = &caps[caps_len / sizeof(u32)];

	if (last)
		*last |= (PCI_CFG_SPACE_SIZE + caps_len) << 20;
	cap[0] = PCI_EXT_CAP_ID_DVSEC | 1 << 16;
	cap[1] = vendor | len << 20;
	cap[2] = id;
	caps_len += len;
	last = cap;
	return cap;
}

static void dvsecs_make(void)
{
	u32 *cap;

	if (cxl) {
		cap = dvsec_add(CXL_VENDOR, CXL_DVSEC_ID, CXL_DVSEC_LEN);
		cap[CXL_RANGE1_SIZE_LOW / sizeof(u32)] = CXL_MEM_VALID_ACTIVE;
	}
	if (gb200) {
		cap = dvsec_add(PCI_VENDOR_ID_NVIDIA, GPU_DVSEC_ID, GPU_DVSEC_LEN);
		cap[2] |= MIG_SUPPORTED_WITH_CACHED_RESMEM << 16;
	}
}

static int gpu_config_read(struct pci_bus *bus, unsigned int devfn, int where,
			   int size, u32 *val)
{
	unsigned int at = where - PCI_CFG_SPACE_SIZE;

	if (bus != gpu->bus || devfn != gpu->devfn || where < PCI_CFG_SPACE_SIZE)
		return bus_ops->read(bus, devfn, where, size, val);
	*val = at < caps_len ? caps[at / 4] >> at % 4 * 8 : 0;
	if (size < 4)
		*val &= BIT(size * 8) - 1;
	return PCIBIOS_SUCCESSFUL;
}

static int gpu_config_write(struct pci_bus *bus, unsigned int devfn, int where,
			    int size, u32 val)
{
	return bus_ops->write(bus, devfn, where, size, val);
}

static struct pci_ops gpu_ops = {
	.read = gpu_config_read,
	.write = gpu_config_write,
};

/* Only one device can be the GPU, so one wrapper for its bus is enough. */
static void dvsec_show(void)
{
	bus_cfg_size = gpu->cfg_size;
	bus_ops = gpu->bus->ops;
	gpu_ops.map_bus = bus_ops->map_bus;
	pci_bus_set_ops(gpu->bus, &gpu_ops);
	gpu->cfg_size = PCI_CFG_SPACE_EXP_SIZE;
}

static void dvsec_hide(void)
{
	gpu->cfg_size = bus_cfg_size;
	pci_bus_set_ops(gpu->bus, bus_ops);
}

static void bar_hide(void)
{
	struct resource *bar = &gpu->resource[MEMORY_BAR];

	memory = *bar;
	memory_parent = bar->parent;
	release_resource(bar);
	memset(bar, 0, sizeof(*bar));
}

static void bar_show(void)
{
	struct resource *bar = &gpu->resource[MEMORY_BAR];

	bar->name = memory.name;
	bar->flags = memory.flags;
	bar->start = memory.start;
	bar->end = memory.end;
	if (request_resource(memory_parent, bar))
		pci_warn(gpu, "cannot give %pR back\n", bar);
}

static struct pci_dev *find_device(void)
{
	unsigned int domain, bus, slot, fn;

	if (sscanf(device, "%x:%x:%x.%x", &domain, &bus, &slot, &fn) != 4) {
		pr_err("cohmem_testgpu: device=%s is not a PCI address as 0000:00:10.0\n",
		       device);
		return NULL;
	}
	return pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, fn));
}

static int __init gpu_init(void)
{
	int ret;

	gpu = find_device();
	if (!gpu)
		return -ENODEV;
	if (gpu->driver || !gpu->resource[MEMORY_BAR].parent) {
		pci_err(gpu, "has a driver, or no memory in BAR %d\n", MEMORY_BAR);
		pci_dev_put(gpu);
		return -EBUSY;
	}
	properties[0] = PROPERTY_ENTRY_U64("nvidia,gpu-mem-base-pa",
					   pci_resource_start(gpu, MEMORY_BAR));
	properties[1] = PROPERTY_ENTRY_U64("nvidia,gpu-mem-size",
					   pci_resource_len(gpu, MEMORY_BAR));
	ret = device_add_software_node(&gpu->dev, &node);
	if (ret) {
		pci_dev_put(gpu);
		return ret;
	}
	bar_hide();
	dvsecs_make();
	if (caps_len)
		dvsec_show();
	pci_info(gpu, "GPU memory %pR%s\n", &memory,
		 gb200 ? ", no region to carve out" : "");
	return 0;
}
module_init(gpu_init);

static void __exit gpu_exit(void)
{
	if (caps_len)
		dvsec_hide();
	bar_show();
	device_remove_software_node(&gpu->dev);
	pci_dev_put(gpu);
}
module_exit(gpu_exit);

MODULE_DESCRIPTION("An ivshmem device as a GPU with coherent memory");
MODULE_LICENSE("GPL");
