// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "end.h"
#include "iomem.h"

#define KPF_NOPAGE	20	/* include/uapi/linux/kernel-page-flags.h */

void iomem_read(struct iomem *r, const char *name)
{
	FILE *file = fopen("/proc/iomem", "r");
	char line[160];
	u64 start, last;

	memset(r, 0, sizeof(*r));
	if (!file)
		give_up("cannot read /proc/iomem: %m");
	while (fgets(line, sizeof(line), file)) {
		if (!strstr(line, name) || sscanf(line, "%llx-%llx", &start, &last) != 2)
			continue;
		if (r->count == IOMEM_RANGES)
			give_up("/proc/iomem has more than %d of %s", IOMEM_RANGES, name);
		r->all[r->count++] = (struct iomem_range) { start, last + 1 };
		r->bytes += last + 1 - start;
	}
	fclose(file);
}

u64 iomem_pages_known(const struct iomem_range *r)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	u64 page_size = sysconf(_SC_PAGESIZE), flags[512], known = 0, pfn = r->start / page_size;
	ssize_t n;

	if (fd < 0)
		give_up("cannot read /proc/kpageflags: %m");
	while (pfn < r->end / page_size) {
		u64 left = r->end / page_size - pfn;

		n = pread(fd, flags, (left < 512 ? left : 512) * sizeof(u64),
			  pfn * sizeof(u64));
		/* Behind the last page that the kernel knows. */
		if (n <= 0)
			break;
		for (size_t i = 0; i < n / sizeof(u64); i++)
			known += !(flags[i] >> KPF_NOPAGE & 1);
		pfn += n / sizeof(u64);
	}
	close(fd);
	return known;
}
