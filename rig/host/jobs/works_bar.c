// SPDX-License-Identifier: GPL-2.0-only
/*
 * What vfio-pci answers to a VMM that maps a BAR of an assigned device. The registers of
 * edu are BAR 0; the device has no other. A VMM that reads errno has to tell the three
 * refusals from a lack of memory.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "edu_vfio.h"
#include "ktap.h"
#include "works.h"

static const struct bar_test {
	const char *name;
	u32 index;
	int flags;
	bool behind;
} refused[] = {
	{ "bar_private_refused", VFIO_PCI_BAR0_REGION_INDEX, MAP_PRIVATE, false },
	{ "bar_behind_its_end_refused", VFIO_PCI_BAR0_REGION_INDEX, MAP_SHARED, true },
	{ "bar_that_is_none_refused", VFIO_PCI_BAR1_REGION_INDEX, MAP_SHARED, false },
	{ "bar_config_space_refused", VFIO_PCI_CONFIG_REGION_INDEX, MAP_SHARED, false },
};

/* The first page of a region, or its last one and one more. */
static u8 *map(const struct vfio_region *region, int flags, bool behind)
{
	size_t page = sysconf(_SC_PAGESIZE);

	return mmap(NULL, behind ? 2 * page : page, PROT_READ | PROT_WRITE, flags, region->fd,
		    region->offset + (behind ? region->size - page : 0));
}

/* A mapping that is left would keep the device from the VMs that come after this. */
static void unmap(u8 *mem, bool behind)
{
	size_t page = sysconf(_SC_PAGESIZE);

	if (mem != MAP_FAILED)
		munmap(mem, behind ? 2 * page : page);
}

static void try_map(const struct vfio *vfio)
{
	struct vfio_region bar = vfio_region(vfio, VFIO_PCI_BAR0_REGION_INDEX);
	u8 *regs = map(&bar, MAP_SHARED, false);

	if (regs == MAP_FAILED)
		ktap_result(false, "bar_map", "%s", strerrorname_np(errno));
	else
		ktap_result(edu_is_one(regs), "bar_map", "");
	unmap(regs, false);
}

static void try_refused(const struct vfio *vfio, const struct bar_test *test)
{
	struct vfio_region region = vfio_region(vfio, test->index);
	u8 *mem = map(&region, test->flags, test->behind);

	works_refused(test->name, mem == MAP_FAILED ? -1 : 0, EINVAL);
	unmap(mem, test->behind);
}

void works_bar(void)
{
	struct vfio vfio = edu_vfio_open_type1();

	try_map(&vfio);
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		try_refused(&vfio, &refused[i]);
	vfio_close(&vfio);
}
