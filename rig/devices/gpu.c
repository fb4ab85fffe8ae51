// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes one device look like a Grace GPU, so that the kernel's own
 * nvgrace-gpu-vfio-pci can be bound to it. BAR 2 of another one, ivshmem-plain, is
 * its memory: that is announced by the properties that the firmware of such a machine
 * has in its _DSD.
 *
 *   device=0000:01:00.0   the GPU
 *   memory=0000:00:12.0   whose BAR 2 is its memory
 *   mib=1536              how much memory it has, if that is not all of the BAR
 *   gb200=1               with the DVSEC of Grace Blackwell, which says that
 *                         no Normal-NC part has to be carved out (resmem)
 *   cxl=1                 with the DVSEC of CXL, where newer drivers look whether the
 *                         memory is active
 *   status=0xff           what the two registers of BAR 0 read that say whether the GPU
 *                         is ready. Can be written at any time
 *
 * BAR 0 of bochs-display is RAM: what is written there stays, over resets too. So status
 * is what a test says it is: a real GPU says by itself that it is not ready after a reset.
 *
 * BAR 2 of the GPU is taken away: the driver has its own region of that number, where it
 * needs one, and vfio-pci would offer the BAR's.
 *
 * DVSECs are in configuration space beyond 256 bytes: reads of that are answered here,
 * before the bus is asked.
 */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/property.h>
#include <linux/sizes.h>

#define STATUS_BAR	0
#define MEMORY_BAR	2

/* What the driver reads, see its ready.c. */
#define C2C_LINK_STATUS		0x1498
#define HBM_TRAINING_STATUS	0x200bc
#define STATUS_READY		0xff

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
MODULE_PARM_DESC(device, "PCI address of the GPU, as 0000:01:00.0");

static char *memory = "";
module_param(memory, charp, 0444);
MODULE_PARM_DESC(memory, "PCI address of the device whose BAR 2 is its memory");

static uint mib;
module_param(mib, uint, 0444);
MODULE_PARM_DESC(mib, "how much memory it has, if that is not all of the BAR");

static bool gb200;
module_param(gb200, bool, 0444);
MODULE_PARM_DESC(gb200, "no Normal-NC region is needed, as on GB200");

static bool cxl;
module_param(cxl, bool, 0444);
MODULE_PARM_DESC(cxl, "the memory is active, says CXL's DVSEC");

static struct pci_dev *gpu;
static struct pci_ops *bus_ops;
static int bus_cfg_size;
static struct resource hidden;
static struct resource *hidden_parent;
static void __iomem *registers;
static DEFINE_MUTEX(registers_lock);
static uint status = STATUS_READY;

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

	hidden = *bar;
	hidden_parent = bar->parent;
	if (!hidden_parent)
		return;
	release_resource(bar);
	memset(bar, 0, sizeof(*bar));
}

static void bar_show(void)
{
	struct resource *bar = &gpu->resource[MEMORY_BAR];

	if (!hidden_parent)
		return;
	bar->name = hidden.name;
	bar->flags = hidden.flags;
	bar->start = hidden.start;
	bar->end = hidden.end;
	if (request_resource(hidden_parent, bar))
		pci_warn(gpu, "cannot give %pR back\n", bar);
}

/*
 * The BAR answers only while memory is enabled. It is left as it is found: QEMU can lose
 * accesses of one CPU while another one moves or enables a BAR.
 */
static void status_write(void)
{
	u16 cmd;

	pci_read_config_word(gpu, PCI_COMMAND, &cmd);
	if (!(cmd & PCI_COMMAND_MEMORY))
		pci_write_config_word(gpu, PCI_COMMAND, cmd | PCI_COMMAND_MEMORY);
	writel(status, registers + C2C_LINK_STATUS);
	writel(status, registers + HBM_TRAINING_STATUS);
	if (!(cmd & PCI_COMMAND_MEMORY))
		pci_write_config_word(gpu, PCI_COMMAND, cmd);
}

static int status_set(const char *val, const struct kernel_param *kp)
{
	int ret;

	mutex_lock(&registers_lock);
	ret = param_set_uint(val, kp);
	if (!ret && registers)
		status_write();
	mutex_unlock(&registers_lock);
	return ret;
}

static const struct kernel_param_ops status_ops = {
	.set = status_set,
	.get = param_get_uint,
};
module_param_cb(status, &status_ops, &status, 0600);
MODULE_PARM_DESC(status, "what the registers read that say whether the GPU is ready");

/* A bridge lets nothing through before a device behind it has been enabled. */
static int bridge_enable(void)
{
	u16 cmd;
	int ret;

	pci_read_config_word(gpu, PCI_COMMAND, &cmd);
	ret = pci_enable_device_mem(gpu);
	if (!ret)
		pci_disable_device(gpu);
	pci_write_config_word(gpu, PCI_COMMAND, cmd);
	return ret;
}

/* A device without such registers gets none. */
static int registers_map(void)
{
	struct resource *bar = &gpu->resource[STATUS_BAR];
	int ret = bridge_enable();

	if (ret)
		return ret;
	if (!bar->parent || resource_size(bar) < HBM_TRAINING_STATUS + sizeof(u32))
		return 0;
	mutex_lock(&registers_lock);
	registers = ioremap(bar->start, resource_size(bar));
	if (registers)
		status_write();
	mutex_unlock(&registers_lock);
	return registers ? 0 : -ENOMEM;
}

static void registers_unmap(void)
{
	mutex_lock(&registers_lock);
	if (registers)
		iounmap(registers);
	registers = NULL;
	mutex_unlock(&registers_lock);
}

static struct pci_dev *find_device(const char *name, const char *address)
{
	unsigned int domain, bus, slot, fn;

	if (sscanf(address, "%x:%x:%x.%x", &domain, &bus, &slot, &fn) != 4) {
		pr_err("cohmem_testgpu: %s=%s is not a PCI address as 0000:00:10.0\n",
		       name, address);
		return NULL;
	}
	return pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, fn));
}

/* The memory stays after this: QEMU does not take the device away. */
static int announce_memory(void)
{
	struct pci_dev *pdev = find_device("memory", memory);
	int ret = -ENODEV;
	u64 size;

	if (!pdev)
		return ret;
	if (pdev->driver || !pdev->resource[MEMORY_BAR].parent) {
		pci_err(pdev, "has a driver, or no memory in BAR %d\n", MEMORY_BAR);
		ret = -EBUSY;
		goto out;
	}
	size = pci_resource_len(pdev, MEMORY_BAR);
	if (mib)
		size = min_t(u64, size, (u64)mib * SZ_1M);
	properties[0] = PROPERTY_ENTRY_U64("nvidia,gpu-mem-base-pa",
					   pci_resource_start(pdev, MEMORY_BAR));
	properties[1] = PROPERTY_ENTRY_U64("nvidia,gpu-mem-size", size);
	pci_info(gpu, "GPU memory %pR%s\n", &pdev->resource[MEMORY_BAR],
		 gb200 ? ", no region to carve out" : "");
	ret = device_add_software_node(&gpu->dev, &node);
out:
	pci_dev_put(pdev);
	return ret;
}

static int __init gpu_init(void)
{
	int ret;

	gpu = find_device("device", device);
	if (!gpu)
		return -ENODEV;
	ret = -EBUSY;
	if (gpu->driver) {
		pci_err(gpu, "has a driver\n");
		goto put;
	}
	ret = announce_memory();
	if (ret)
		goto put;
	ret = registers_map();
	if (ret)
		goto remove;
	bar_hide();
	dvsecs_make();
	if (caps_len)
		dvsec_show();
	return 0;

remove:
	device_remove_software_node(&gpu->dev);
put:
	pci_dev_put(gpu);
	return ret;
}
module_init(gpu_init);

static void __exit gpu_exit(void)
{
	if (caps_len)
		dvsec_hide();
	bar_show();
	registers_unmap();
	device_remove_software_node(&gpu->dev);
	pci_dev_put(gpu);
}
module_exit(gpu_exit);

MODULE_DESCRIPTION("A device as a GPU with coherent memory");
MODULE_LICENSE("GPL");
