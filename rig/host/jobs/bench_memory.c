// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"
#include "end.h"
#include "option.h"
#include "status.h"
#include "vfio.h"

static void tell_odd(int fd, const struct testdev_odd *odd)
{
	struct testdev_odd req = *odd;

	if (odd->every && ioctl(fd, TESTDEV_ODD, &req))
		give_up("TESTDEV_ODD: %m");
}

static void populate(volatile u64 *memory, const struct measure *m)
{
	if (!m->populate)
		return;
	for (u64 at = 0; at < m->size; at += m->populate)
		memory[at / sizeof(*memory)] = at;
}

static int open_memory(const struct measure *m, off_t *offset)
{
	const char *gpu = option("gpu");
	struct vfio_region region;
	char path[64];
	int fd;

	*offset = 0;
	if (!m->node)
		return -1;
	if (!*m->node) {
		if (!gpu)
			give_up("cohmem.gpu= is missing: which device is the GPU?");
		region = vfio_open_region(gpu, VFIO_PCI_BAR4_REGION_INDEX);
		if (region.size < m->size)
			give_up("region 4 of %s has %llu bytes", gpu, region.size);
		*offset = region.offset;
		return region.fd;
	}
	snprintf(path, sizeof(path), "/dev/cohmem-test/%s", m->node);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		give_up("cannot open %s: %m", path);
	tell_odd(fd, &m->odd);
	return fd;
}

u64 bench_memory_tables(void)
{
	u64 tables = status_tables(getpid());

	if (!tables)
		give_up("/proc/self/status has no VmPTE");
	return tables;
}

/*
 * The HVA is a multiple of 1 GiB. cohmem does not need that, but other kernels map a block
 * only if HVA and IPA are congruent. The benchmark gives each kernel its best conditions.
 */
void *bench_memory_map(const struct measure *m)
{
	int fd, flags = m->node ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
	char *reserved, *memory;
	off_t offset;

	reserved = mmap(NULL, m->size + GIB, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (reserved == MAP_FAILED)
		give_up("no address space for %s: %m", m->name);
	memory = (char *)(((uintptr_t)reserved + GIB - 1) & ~(GIB - 1));
	fd = open_memory(m, &offset);
	memory = mmap(memory, m->size, PROT_READ | PROT_WRITE,
		      flags | MAP_FIXED, fd, offset);
	if (memory == MAP_FAILED)
		give_up("cannot map the memory for %s: %m", m->name);
	if (!m->node && madvise(memory, m->size, m->advice))
		give_up("madvise() for %s: %m", m->name);
	populate((void *)memory, m);
	munmap(reserved, memory - reserved);
	munmap(memory + m->size, reserved + GIB - memory);
	return memory;
}
