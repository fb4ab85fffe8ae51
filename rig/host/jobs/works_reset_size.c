// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-reset: a GPU whose memory is no power of two, as GH200's is not. Its region is
 * larger than its memory: what is behind the memory's end reads as ones, takes no writes,
 * and cannot be mapped. A guest's load from there is the VMM's to emulate. KVM can describe
 * a load of one register. Of a pair it says where it was, if the VMM has asked for that, and
 * nothing otherwise: then the VM cannot go on.
 */
#include <errno.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <string.h>
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

/* ESR_EL1 of a synchronous external abort, at EL1: exception class and fault status */
#define ESR_CLASS(esr)	((esr) >> 26 & 0x3f)
#define ESR_STATUS(esr)	((esr) & 0x3f)
#define DATA_ABORT	0x25
#define EXTERNAL	0x10

/* What the results are. */
static struct {
	u64 region;
	bool touched;
	bool behind;
	struct outside load;
	struct outside pair;
	struct outside unasked;
	bool goes_on;
} found;

/* Its last word too, from the VMM. */
static bool guest_touches(struct rawvm *vm, u8 *mem)
{
	u64 *last = (u64 *)(mem + SIZE) - 1;

	*last = RESET_VALUE;
	rawvm_touch(vm, RESET_SIZE, RESET_SIZE + SIZE, STRIDE, false);
	return *last == RESET_VALUE;
}

/* The VMM answers as QEMU does: by what read() finds in the region. */
static struct outside guest_loads(struct rawvm *vm, const struct vfio_region *region, bool pair)
{
	u64 value = RESET_VALUE;

	if (pread(region->fd, &value, sizeof(value), region->offset + SIZE) != sizeof(value))
		give_up("cannot read behind the end of the GPU's memory: %m");
	return rawvm_load(vm, RESET_SIZE + SIZE, pair, value);
}

static void guest_looks(const struct vfio_region *region, u8 *mem)
{
	struct rawvm vm;

	rawvm_open(&vm);
	rawvm_map(&vm, RESET_SIZE, mem, SIZE);
	found.touched = guest_touches(&vm, mem);
	found.load = guest_loads(&vm, region, false);
	rawvm_take_aborts(&vm);
	found.pair = guest_loads(&vm, region, true);
	found.goes_on = guest_touches(&vm, mem);
	rawvm_close(&vm);

	rawvm_open(&vm);
	rawvm_map(&vm, RESET_SIZE, mem, SIZE);
	found.unasked = guest_loads(&vm, region, true);
	rawvm_close(&vm);
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
	guest_looks(&region, mem);
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
	ktap_result(!found.load.error && !found.load.aborted && found.load.value == ONES,
		    "behind_the_end_load", "the guest loads %#llx", found.load.value);
	ktap_result(found.pair.aborted && found.goes_on &&
		    ESR_CLASS(found.pair.value) == DATA_ABORT &&
		    ESR_STATUS(found.pair.value) == EXTERNAL,
		    "behind_the_end_pair", "the guest has ESR_EL1 %#llx, and %s",
		    found.pair.value, found.goes_on ? "goes on" : "does not go on");
	ktap_result(found.unasked.error == ENOSYS, "behind_the_end_pair_unasked", "KVM_RUN: %s",
		    strerrorname_np(found.unasked.error));
}
