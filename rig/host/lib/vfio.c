// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "end.h"
#include "iommufd.h"
#include "util.h"
#include "vfio.h"

static int must_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		give_up("cannot open %s: %m", path);
	return fd;
}

void vfio_bind(const char *pci, const char *driver)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver_override",
		 pci);
	if (!write_file(path, driver))
		give_up("cannot write to %s: %m", path);
	if (!write_file("/sys/bus/pci/drivers_probe", pci))
		give_up("cannot have %s probed: %m", pci);
}

static int open_group(const char *pci)
{
	char path[128], link[PATH_MAX];
	ssize_t len;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/iommu_group", pci);
	len = readlink(path, link, sizeof(link) - 1);
	if (len < 0)
		give_up("%s has no IOMMU group: %m", pci);
	link[len] = '\0';
	snprintf(path, sizeof(path), "/dev/vfio/%.64s", basename(link));
	return must_open(path);
}

struct vfio vfio_open_type1(const char *pci)
{
	struct vfio vfio = {
		.iommu = must_open("/dev/vfio/vfio"),
		.group = open_group(pci),
	};

	if (ioctl(vfio.group, VFIO_GROUP_SET_CONTAINER, &vfio.iommu) ||
	    ioctl(vfio.iommu, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		give_up("cannot give %s to VFIO: %m", pci);
	vfio.fd = ioctl(vfio.group, VFIO_GROUP_GET_DEVICE_FD, pci);
	if (vfio.fd < 0)
		give_up("VFIO_GROUP_GET_DEVICE_FD for %s: %m", pci);
	return vfio;
}

/* The device's own node is named in sysfs: vfio-dev/vfioN. */
static int open_cdev(const char *pci)
{
	char path[128], node[300] = "";
	struct dirent *de;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/vfio-dev", pci);
	dir = opendir(path);
	while (dir && (de = readdir(dir))) {
		if (!strncmp(de->d_name, "vfio", 4))
			snprintf(node, sizeof(node), "/dev/vfio/devices/%s",
				 de->d_name);
	}
	if (dir)
		closedir(dir);
	if (!*node)
		give_up("%s has no node of its own: no vfio-dev in sysfs", pci);
	return must_open(node);
}

struct vfio vfio_open_iommufd(const char *pci)
{
	struct vfio vfio = {
		.fd = open_cdev(pci),
		.iommu = must_open("/dev/iommu"),
		.group = -1,
	};
	struct vfio_device_bind_iommufd bind = {
		.argsz = sizeof(bind),
		.iommufd = vfio.iommu,
	};
	struct iommu_ioas_alloc alloc = { .size = sizeof(alloc) };
	struct vfio_device_attach_iommufd_pt attach = { .argsz = sizeof(attach) };

	if (ioctl(vfio.fd, VFIO_DEVICE_BIND_IOMMUFD, &bind) ||
	    ioctl(vfio.iommu, IOMMU_IOAS_ALLOC, &alloc))
		give_up("cannot give %s to iommufd: %m", pci);
	attach.pt_id = alloc.out_ioas_id;
	if (ioctl(vfio.fd, VFIO_DEVICE_ATTACH_IOMMUFD_PT, &attach))
		give_up("cannot attach %s to an IOAS: %m", pci);
	vfio.ioas = alloc.out_ioas_id;
	return vfio;
}

bool vfio_map(const struct vfio *vfio, u64 iova, void *mem, size_t len)
{
	struct vfio_iommu_type1_dma_map type1 = {
		.argsz = sizeof(type1),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)mem,
		.iova = iova,
		.size = len,
	};
	struct iommu_ioas_map ioas = {
		.size = sizeof(ioas),
		.flags = IOMMU_IOAS_MAP_FIXED_IOVA | IOMMU_IOAS_MAP_WRITEABLE |
			 IOMMU_IOAS_MAP_READABLE,
		.ioas_id = vfio->ioas,
		.user_va = (uintptr_t)mem,
		.length = len,
		.iova = iova,
	};

	if (vfio->group < 0)
		return !ioctl(vfio->iommu, IOMMU_IOAS_MAP, &ioas);
	return !ioctl(vfio->iommu, VFIO_IOMMU_MAP_DMA, &type1);
}

bool vfio_unmap(const struct vfio *vfio, u64 iova, size_t len)
{
	struct vfio_iommu_type1_dma_unmap unmap = {
		.argsz = sizeof(unmap),
		.iova = iova,
		.size = len,
	};

	return !ioctl(vfio->iommu, VFIO_IOMMU_UNMAP_DMA, &unmap);
}

void vfio_close(struct vfio *vfio)
{
	close(vfio->fd);
	if (vfio->group >= 0)
		close(vfio->group);
	close(vfio->iommu);
}

struct vfio_region vfio_region(const struct vfio *vfio, u32 index)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };

	if (ioctl(vfio->fd, VFIO_DEVICE_GET_REGION_INFO, &info))
		give_up("VFIO_DEVICE_GET_REGION_INFO for region %u: %m", index);
	return (struct vfio_region) {
		.fd = vfio->fd,
		.offset = info.offset,
		.size = info.size,
	};
}

struct vfio_region vfio_open_region(const char *pci, u32 index)
{
	struct vfio vfio = vfio_open_type1(pci);

	return vfio_region(&vfio, index);
}
