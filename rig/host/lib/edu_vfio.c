// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "edu_vfio.h"
#include "end.h"
#include "option.h"

static const char *edu_address(void)
{
	const char *pci = option("edu");

	if (!pci)
		give_up("cohmem.edu= is missing: which device does DMA?");
	return pci;
}

void edu_vfio_prepare(void)
{
	vfio_bind(edu_address(), "vfio-pci");
}

/* VFIO leaves it to its user to enable DMA. */
static struct vfio enable_dma(struct vfio vfio)
{
	struct vfio_region config = vfio_region(&vfio, VFIO_PCI_CONFIG_REGION_INDEX);
	const u8 command[2] = { PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER };

	if (pwrite(vfio.fd, command, sizeof(command),
		   config.offset + PCI_COMMAND) != sizeof(command))
		give_up("cannot enable DMA of %s: %m", edu_address());
	return vfio;
}

struct vfio edu_vfio_open_type1(void)
{
	return enable_dma(vfio_open_type1(edu_address()));
}

struct vfio edu_vfio_open_iommufd(void)
{
	return enable_dma(vfio_open_iommufd(edu_address()));
}

bool edu_vfio_copy(const struct vfio *vfio, u64 from, u64 to, u64 len)
{
	struct vfio_region bar = vfio_region(vfio, VFIO_PCI_BAR0_REGION_INDEX);
	u8 *regs = mmap(NULL, EDU_REGISTERS, PROT_READ | PROT_WRITE,
			MAP_SHARED, bar.fd, bar.offset);
	bool ok;

	if (regs == MAP_FAILED)
		give_up("cannot map the registers of %s: %m", edu_address());
	if (!edu_is_one(regs))
		give_up("%s is another device than QEMU has for this", edu_address());
	ok = edu_copy(regs, from, to, len);
	munmap(regs, EDU_REGISTERS);
	return ok;
}
