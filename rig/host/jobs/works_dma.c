// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-dma: a device behind the SMMU reads and writes the memory, by
 * VFIO's type1, by iommufd; then what else the host's kernel is asked to do
 * with the memory of a VM.
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

#include "cohmem_test.h"
#include "edu_vfio.h"
#include "jobs.h"
#include "ktap.h"
#include "works.h"

#define IOVA	0x200000	/* edu has 28 address bits */
#define LEN	0x200000
#define HALF	(LEN / 2)

void works_dma_prepare(void)
{
	edu_vfio_prepare();
}

/* Different for every word, and for every call. */
static void fill(u8 *mem, size_t len)
{
	static u64 seed = 1;

	for (u64 *at = (u64 *)mem; at < (u64 *)(mem + len); at++) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		*at = seed;
	}
}

/* The first page's data goes through the device to the second half. */
static bool copies(const struct vfio *vfio, u8 *mem, const char **why)
{
	fill(mem, EDU_BUFFER_BYTES);
	memset(mem + HALF, 0, EDU_BUFFER_BYTES);
	*why = "the DMA did not end";
	if (!edu_vfio_copy(vfio, IOVA, IOVA + HALF, EDU_BUFFER_BYTES))
		return false;
	*why = "read and written, 4096 bytes verified";
	if (!memcmp(mem, mem + HALF, EDU_BUFFER_BYTES))
		return true;
	*why = "the bytes are wrong";
	return false;
}

void works_dma_try(const char *name, struct vfio vfio, const char *kind)
{
	struct works_memory memory = works_memory_map(kind, LEN);
	const char *why;

	if (!vfio_map(&vfio, IOVA, memory.at, LEN)) {
		ktap_result(false, name, "cannot map it for DMA: %s",
			    strerrorname_np(errno));
	} else {
		bool ok = copies(&vfio, memory.at, &why);

		ktap_result(ok, name, "%s", why);
	}
	vfio_close(&vfio);
	works_memory_unmap(&memory);
}

static void dma_refused(const char *name, struct vfio vfio, const char *kind,
			int want)
{
	struct works_memory memory = works_memory_map(kind, LEN);

	works_refused(name, vfio_map(&vfio, IOVA, memory.at, LEN) ? 0 : -1, want);
	vfio_close(&vfio);
	works_memory_unmap(&memory);
}

/*
 * type1 keeps what it has found, and is not told when the driver takes the
 * mapping away: the device goes on in memory that the process has no more.
 */
static void dma_after_zap(void)
{
	static const char name[] = "dma_type1_after_zap";
	struct cohmem_range all = { .offset = WORKS_OFFSET, .len = LEN };
	struct works_memory memory = works_memory_map("lazy", LEN);
	struct vfio vfio = edu_vfio_open_type1();
	const char *why = "";
	bool ok = vfio_map(&vfio, IOVA, memory.at, LEN) &&
		  copies(&vfio, memory.at, &why);

	fill(memory.at, EDU_BUFFER_BYTES);
	if (!ok || ioctl(memory.fd, COHMEM_ZAP, &all))
		ktap_result(false, name, "cannot be tried: %s", why);
	else if (!edu_vfio_copy(&vfio, IOVA, IOVA + HALF, EDU_BUFFER_BYTES))
		ktap_result(false, name, "the DMA did not end");
	else
		ktap_result(!memcmp(memory.at, memory.at + HALF, EDU_BUFFER_BYTES),
			    name, "the device still reads and writes it");
	vfio_close(&vfio);
	works_memory_unmap(&memory);
}

/* Without a mapping nothing may arrive, or the others would show nothing. */
static void dma_unmapped(void)
{
	static const char name[] = "dma_without_mapping";
	struct works_memory memory = works_memory_map("declared", LEN);
	struct vfio vfio = edu_vfio_open_type1();
	const char *why;

	ktap_result(!copies(&vfio, memory.at, &why), name,
		    "the SMMU lets nothing through");
	vfio_close(&vfio);
	works_memory_unmap(&memory);
}

void works_dma_run(void)
{
	ktap_plan(7 + WORKS_HOST_RESULTS + WORKS_ASSIGN_RESULTS);
	dma_unmapped();
	works_dma_try("anon_dma_type1", edu_vfio_open_type1(), "anon");
	works_dma_try("dma_type1", edu_vfio_open_type1(), "declared");
	works_dma_try("dma_type1_on_fault", edu_vfio_open_type1(), "lazy");
	dma_after_zap();
	works_dma_try("anon_dma_iommufd", edu_vfio_open_iommufd(), "anon");
	dma_refused("dma_iommufd_refused", edu_vfio_open_iommufd(), "declared", EFAULT);
	works_host();
	works_assign();
}
