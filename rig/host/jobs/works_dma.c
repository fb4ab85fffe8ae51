// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-dma: a device behind the SMMU reads and writes the memory, mapped by VFIO's
 * type1 and by iommufd. After that: what else the host's kernel is asked to do with the
 * memory of a VM (works_host.c), and assigned devices (works_bar.c, works_assign.c).
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cohmem_testdev.h"
#include "edu_vfio.h"
#include "end.h"
#include "jobs.h"
#include "ktap.h"
#include "vm_ram.h"
#include "works.h"

#define IOVA	0x200000	/* edu has 28 address bits */
#define LEN	0x200000
#define HALF	(LEN / 2)

static void works_dma_prepare(void)
{
	edu_vfio_prepare();
}

/* Each word gets another value, in each call. */
static void fill(u8 *mem, size_t len)
{
	static u64 seed = 1;

	for (u64 *at = (u64 *)mem; at < (u64 *)(mem + len); at++) {
		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		*at = seed;
	}
}

/* The device copies the first page to the second half. */
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

/**
 * struct dma_test - one test of the job, and one result
 * @name: of the result
 * @open: opens the device
 * @kind: of memory, as for works_memory_map()
 * @run: does the test
 */
struct dma_test {
	const char *name;
	struct vfio (*open)(void);
	const char *kind;
	void (*run)(const struct dma_test *test);
};

static void try_copy(const struct dma_test *test)
{
	works_dma_try(test->name, test->open(), test->kind);
}

/* iommufd takes no memory that has no struct pages. */
static void try_refused(const struct dma_test *test)
{
	struct vfio vfio = test->open();
	struct works_memory memory = works_memory_map(test->kind, LEN);

	works_refused(test->name, vfio_map(&vfio, IOVA, memory.at, LEN) ? 0 : -1,
		      EFAULT);
	vfio_close(&vfio);
	works_memory_unmap(&memory);
}

/* The driver has taken the mapping away before type1 looks. */
static void try_gone(const struct dma_test *test)
{
	struct testdev_range all = { .offset = VM_OFFSET, .len = LEN };
	struct vfio vfio = test->open();
	struct works_memory memory = works_memory_map(test->kind, LEN);

	if (ioctl(memory.fd, TESTDEV_ZAP, &all))
		ktap_result(false, test->name, "cannot be tried");
	else
		works_refused(test->name, vfio_map(&vfio, IOVA, memory.at, LEN) ? 0 : -1,
			      EFAULT);
	vfio_close(&vfio);
	works_memory_unmap(&memory);
}

static void set_odd(int fd, const struct testdev_odd *odd)
{
	if (ioctl(fd, TESTDEV_ODD, odd))
		give_up("the test device refuses odd pages: %m");
}

/*
 * The driver knows that a page is poisoned. The errno says so, as it does of a page of RAM;
 * with another page in its place, the same mapping is made.
 */
static void try_poisoned(const struct dma_test *test)
{
	struct testdev_odd odd = {
		.offset = VM_OFFSET + HALF,
		.every = LEN,
		.how = TESTDEV_ODD_POISONED,
	};
	struct works_memory memory = works_memory_map(test->kind, LEN), other;
	struct vfio vfio = test->open();
	bool mapped, mended;
	int err;

	set_odd(memory.fd, &odd);
	/* It holds for mappings to come. */
	if (mmap(memory.at, LEN, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memory.fd,
		 VM_OFFSET) == MAP_FAILED)
		give_up("cannot map memory with a poisoned page: %m");
	mapped = vfio_map(&vfio, IOVA, memory.at, LEN);
	err = mapped ? 0 : errno;

	other = works_memory_map("declared", HALF);
	mremap(other.at, HALF, HALF, MREMAP_MAYMOVE | MREMAP_FIXED, memory.at + HALF);
	mended = vfio_map(&vfio, IOVA, memory.at, LEN);
	ktap_result(!mapped && err == EHWPOISON && mended, test->name, "%s, and %s",
		    mapped ? "it was not refused" : strerrorname_np(err),
		    mended ? "another page is taken" : "another page is refused, too");
	vfio_close(&vfio);
	odd.every = 0;
	set_odd(memory.fd, &odd);
	close(other.fd);
	works_memory_unmap(&memory);
}

/*
 * type1 keeps the addresses that it has found. Nobody tells it when the driver takes the
 * mapping away: the device goes on in memory that the process no longer has.
 */
static void try_after_zap(const struct dma_test *test)
{
	struct testdev_range all = { .offset = VM_OFFSET, .len = LEN };
	struct works_memory memory = works_memory_map(test->kind, LEN);
	struct vfio vfio = test->open();
	const char *why = "";
	bool ok = vfio_map(&vfio, IOVA, memory.at, LEN) &&
		  copies(&vfio, memory.at, &why);

	fill(memory.at, EDU_BUFFER_BYTES);
	if (!ok || ioctl(memory.fd, TESTDEV_ZAP, &all))
		ktap_result(false, test->name, "cannot be tried: %s", why);
	else if (!edu_vfio_copy(&vfio, IOVA, IOVA + HALF, EDU_BUFFER_BYTES))
		ktap_result(false, test->name, "the DMA did not end");
	else
		ktap_result(!memcmp(memory.at, memory.at + HALF, EDU_BUFFER_BYTES),
			    test->name, "the device still reads and writes it");
	vfio_close(&vfio);
	works_memory_unmap(&memory);
}

/* The SMMU must stop a device that has no mapping, or the other tests show nothing. */
static void try_unmapped(const struct dma_test *test)
{
	struct works_memory memory = works_memory_map(test->kind, LEN);
	struct vfio vfio = test->open();
	const char *why;

	ktap_result(!copies(&vfio, memory.at, &why), test->name,
		    "the SMMU lets nothing through");
	vfio_close(&vfio);
	works_memory_unmap(&memory);
}

static const struct dma_test tests[] = {
	{ "dma_without_mapping", edu_vfio_open_type1, "declared", try_unmapped },
	{ "anon_dma_type1", edu_vfio_open_type1, "anon", try_copy },
	{ "dma_type1", edu_vfio_open_type1, "declared", try_copy },
	{ "dma_type1_on_fault", edu_vfio_open_type1, "lazy", try_copy },
	{ "dma_type1_after_zap", edu_vfio_open_type1, "lazy", try_after_zap },
	{ "dma_type1_gone_refused", edu_vfio_open_type1, "declared", try_gone },
	{ "dma_type1_poisoned_refused", edu_vfio_open_type1, "odd", try_poisoned },
	{ "anon_dma_iommufd", edu_vfio_open_iommufd, "anon", try_copy },
	{ "dma_iommufd_refused", edu_vfio_open_iommufd, "declared", try_refused },
};

static void works_dma_run(void)
{
	ktap_plan(ARRAY_SIZE(tests) + WORKS_HOST_RESULTS + WORKS_BAR_RESULTS +
		  WORKS_ASSIGN_CONTROL_RESULTS + WORKS_ASSIGN_RESULTS);
	for (size_t i = 0; i < ARRAY_SIZE(tests); i++)
		tests[i].run(&tests[i]);
	works_host();
	works_bar();
	works_assign_control();
	works_assign();
}

const struct job works_dma_job = {
	.prepare = works_dma_prepare,
	.run = works_dma_run,
};
