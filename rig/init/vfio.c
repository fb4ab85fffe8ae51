// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "rig.h"
#include "vfio.h"

static int must_open(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		give_up("cannot open %s: %m", path);
	return fd;
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

/* By group and container: Debian 12's headers do not know the newer way. */
struct vfio_region vfio_open_region(const char *pci, u32 index)
{
	struct vfio_region_info info = { .argsz = sizeof(info), .index = index };
	int container = must_open("/dev/vfio/vfio");
	int group = open_group(pci), fd;

	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU))
		give_up("cannot give %s to VFIO: %m", pci);
	fd = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, pci);
	if (fd < 0)
		give_up("VFIO_GROUP_GET_DEVICE_FD for %s: %m", pci);
	if (ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, &info))
		give_up("region %u of %s: %m", index, pci);
	return (struct vfio_region) {
		.fd = fd,
		.offset = info.offset,
		.size = info.size,
	};
}
