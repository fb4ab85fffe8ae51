// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "edu.h"
#include "rig.h"

#define ID		0x00
#define ID_MAGIC	0xed	/* 0xRRrr00ed */
#define DMA_FROM	0x80
#define DMA_TO		0x88
#define DMA_COUNT	0x90
#define DMA_COMMAND	0x98
#define COMMAND_RUN	0x1
#define COMMAND_TO_RAM	0x2

#define BUFFER		0x40000
#define REGISTERS	4096	/* bytes to map */
#define DMA_SECS	5

static const char *edu(void)
{
	const char *pci = option("edu");

	if (!pci)
		give_up("cohmem.edu= is missing: which device does DMA?");
	return pci;
}

void edu_prepare(void)
{
	vfio_bind(edu(), "vfio-pci");
}

/* VFIO leaves that to its user, which is we. */
static struct vfio enable_dma(struct vfio vfio)
{
	struct vfio_region config = vfio_region(&vfio, VFIO_PCI_CONFIG_REGION_INDEX);
	const u8 command[2] = { PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER };

	if (pwrite(vfio.fd, command, sizeof(command),
		   config.offset + PCI_COMMAND) != sizeof(command))
		give_up("cannot enable DMA of %s: %m", edu());
	return vfio;
}

struct vfio edu_open_type1(void)
{
	return enable_dma(vfio_open_type1(edu()));
}

struct vfio edu_open_iommufd(void)
{
	return enable_dma(vfio_open_iommufd(edu()));
}

static volatile u8 *map_registers(const struct vfio *vfio)
{
	struct vfio_region bar = vfio_region(vfio, VFIO_PCI_BAR0_REGION_INDEX);
	volatile u8 *regs = mmap(NULL, REGISTERS, PROT_READ | PROT_WRITE,
				 MAP_SHARED, bar.fd, bar.offset);

	if (regs == MAP_FAILED)
		give_up("cannot map the registers of %s: %m", edu());
	if ((*(volatile u32 *)(regs + ID) & 0xff) != ID_MAGIC)
		give_up("%s is not QEMU's edu device", edu());
	return regs;
}

static bool run(volatile u8 *regs, u64 from, u64 to, u64 len, u64 command)
{
	volatile u64 *status = (volatile u64 *)(regs + DMA_COMMAND);
	double deadline = now() + DMA_SECS;

	*(volatile u64 *)(regs + DMA_FROM) = from;
	*(volatile u64 *)(regs + DMA_TO) = to;
	*(volatile u64 *)(regs + DMA_COUNT) = len;
	*status = command | COMMAND_RUN;
	while (*status & COMMAND_RUN) {
		if (now() > deadline)
			return false;
		usleep(1000);
	}
	return true;
}

bool edu_copy(const struct vfio *vfio, u64 from, u64 to, size_t len)
{
	volatile u8 *regs = map_registers(vfio);
	bool ok;

	ok = run(regs, from, BUFFER, len, 0) &&
	     run(regs, BUFFER, to, len, COMMAND_TO_RAM);
	munmap((void *)regs, REGISTERS);
	return ok;
}
