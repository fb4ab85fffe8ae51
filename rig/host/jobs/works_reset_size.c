// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-reset: a GPU whose memory is no power of two, as GH200's is not. Its region is
 * larger than its memory: what is behind the memory's end reads as ones, takes no writes,
 * and cannot be mapped.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "end.h"
#include "jobs.h"
#include "ktap.h"
#include "module.h"
#include "option.h"
#include "rawvm.h"
#include "util.h"
#include "works_reset.h"

#define ANNOUNCED	"1536"		/* MiB; the driver takes multiples of 512 */
#define SIZE		(1536ULL << 20)
#define REGION_SIZE	BIT_ULL(31)
#define STRIDE		(2ULL << 20)
#define ONES		~0ULL

/* What the two results are. */
static struct {
	u64 region;
	bool touched;
	bool behind;
} found;

/* Its last word too, from the VMM. */
static bool guest_touches(u8 *mem)
{
	u64 *last = (u64 *)(mem + SIZE) - 1;
	struct rawvm vm;

	*last = RESET_VALUE;
	rawvm_open(&vm);
	rawvm_map(&vm, RESET_SIZE, mem, SIZE);
	rawvm_touch(&vm, RESET_SIZE, RESET_SIZE + SIZE, STRIDE, false);
	rawvm_close(&vm);
	return *last == RESET_VALUE;
}

static bool ends(const struct vfio_region *region)
{
	size_t page = sysconf(_SC_PAGESIZE);
	u64 value = RESET_VALUE, at = region->offset + SIZE;
	void *behind;

	behind = mmap(NULL, page, PROT_READ, MAP_SHARED, region->fd, at);
	if (behind != MAP_FAILED) {
		/* It would keep the GPU from being unbound. */
		munmap(behind, page);
		return false;
	}
	if (errno != EINVAL)
		return false;
	return pwrite(region->fd, &value, sizeof(value), at) == sizeof(value) &&
	       pread(region->fd, &value, sizeof(value), at) == sizeof(value) &&
	       value == ONES;
}

static void look(void)
{
	struct vfio vfio = vfio_open_type1(option("gpu"));
	struct vfio_region region = vfio_region(&vfio, VFIO_PCI_BAR4_REGION_INDEX);
	u8 *mem = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, region.fd, region.offset);

	if (mem == MAP_FAILED)
		give_up("cannot map %llu bytes of region 4: %m", SIZE);
	found.region = region.size;
	found.touched = guest_touches(mem);
	found.behind = ends(&region);
	munmap(mem, SIZE);
	vfio_close(&vfio);
}

void works_reset_size_prepare(void)
{
	const char *gpu = option("gpu");
	char params[128], path[128];

	vfio_bind(option("gpumem"), "none");
	snprintf(params, sizeof(params), "device=%s memory=%s gb200=1 mib=" ANNOUNCED, gpu,
		 option("gpumem"));
	module_load("cohmem_testgpu", params);
	vfio_bind(gpu, RESET_DRIVER);
	look();
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver/unbind", gpu);
	if (!write_file(path, gpu))
		give_up("cannot unbind the GPU: %m");
	module_unload("cohmem_testgpu");
}

void works_reset_size(void)
{
	ktap_result(found.touched && found.region == REGION_SIZE, "size_no_power_of_two",
		    "%llu bytes in a region of %llu", SIZE, found.region);
	ktap_result(found.behind, "behind_the_end", "");
}
