// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <unistd.h>

#include "end.h"
#include "ktap.h"
#include "vm_ram.h"
#include "works.h"

#define SYSLOG_ACTION_READ_ALL 3
#define KERNEL_LOG_BYTES 262144

struct works_memory works_memory_map(const char *kind, size_t len)
{
	bool anon = !strcmp(kind, "anon"), dax = !strcmp(kind, "dax");
	struct works_memory memory = { .fd = -1, .len = len };
	char path[64] = "/dev/dax0.0";

	if (!anon && !dax)
		snprintf(path, sizeof(path), "/dev/cohmem-test/%s", kind);
	if (!anon) {
		memory.fd = open(path, O_RDWR | O_CLOEXEC);
		if (memory.fd < 0)
			give_up("cannot open %s: %m", path);
	}
	memory.at = mmap(NULL, len, PROT_READ | PROT_WRITE,
			 anon ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED,
			 memory.fd, anon || dax ? 0 : VM_OFFSET);
	if (memory.at == MAP_FAILED)
		give_up("cannot map memory of kind %s: %m", kind);
	return memory;
}

void works_memory_unmap(struct works_memory *memory)
{
	munmap(memory->at, memory->len);
	if (memory->fd >= 0)
		close(memory->fd);
}

void works_refused(const char *name, int ret, int want)
{
	int err = errno;

	if (ret >= 0)
		ktap_result(false, name, "it was not refused");
	else
		ktap_result(err == want, name, "%s", strerrorname_np(err));
}

bool works_kernel_said(const char *what)
{
	char *log = calloc(1, KERNEL_LOG_BYTES + 1);
	bool said = log && klogctl(SYSLOG_ACTION_READ_ALL, log,
				   KERNEL_LOG_BYTES) > 0 && strstr(log, what);

	free(log);
	return said;
}
