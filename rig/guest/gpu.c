// SPDX-License-Identifier: GPL-2.0-only
/*
 * A GPU's memory. The driver (rig/devices/guest_gpu.c) comes as a disk. It adds region 4
 * to the kernel as movable memory: whatever user space allocates after that lies there.
 * It maps region 2 for user space.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "guest.h"

#define DRIVER_DISK "/dev/vda"
#define DRIVER_MAX (4 * 1024 * 1024)
#define REGION2 "/dev/cohmem-region2"
#define REMOVE "/sys/module/cohmem_guestgpu/parameters/remove"
#define INITIATORS "/sys/devices/system/node/has_generic_initiator"
#define ONLINE "/sys/devices/system/memory/auto_online_blocks"

static u64 region4_start, region4_end;

static bool online_as_movable(const char *name)
{
	static const char how[] = "online_movable";
	int fd = open(ONLINE, O_WRONLY);
	bool ok = fd >= 0 && write(fd, how, strlen(how)) == (ssize_t)strlen(how);

	if (!ok)
		report("%s FAIL cannot write %s to %s: %m", name, how, ONLINE);
	close(fd);
	return ok;
}

/* The kernel ignores what follows the module on its last sector. */
static bool load_driver(const char *name)
{
	char *image = malloc(DRIVER_MAX);
	int fd = open(DRIVER_DISK, O_RDONLY);
	ssize_t len = 0, n = 0;
	bool ok = false;

	while (image && fd >= 0 && len < DRIVER_MAX &&
	       (n = read(fd, image + len, DRIVER_MAX - len)) > 0)
		len += n;
	if (len <= 0 || n < 0)
		report("%s FAIL cannot read the driver from " DRIVER_DISK ": %m",
		       name);
	else if (syscall(SYS_init_module, image, len, ""))
		report("%s FAIL cannot load the driver: %m", name);
	else
		ok = true;
	close(fd);
	free(image);
	return ok;
}

/* /proc/iomem is the kernel's own statement where its memory is. */
static bool find_region4(void)
{
	FILE *f = fopen("/proc/iomem", "r");
	char line[256];

	while (f && !region4_end && fgets(line, sizeof(line), f)) {
		if (strstr(line, "System RAM (cohmem)") &&
		    sscanf(line, " %llx-%llx", &region4_start, &region4_end) == 2)
			region4_end++;
	}
	if (f)
		fclose(f);
	return region4_end;
}

static bool hot_add(const char *name)
{
	long before = meminfo_kib("MemTotal:"), after;
	u64 added;

	if (!online_as_movable(name) || !load_driver(name))
		return false;
	if (!find_region4()) {
		report("%s FAIL there is no such memory in /proc/iomem", name);
		return false;
	}
	after = meminfo_kib("MemTotal:");
	added = region4_end - region4_start;
	if ((u64)(after - before) * 1024 != added) {
		report("%s FAIL added %llu bytes, MemTotal went from %ld to %ld KiB",
		       name, added, before, after);
		return false;
	}
	report("%s ok %llu bytes at %#llx, to %ld KiB of RAM", name, added,
	       region4_start, before);
	return true;
}

/* ACPI may say which NUMA nodes are those of a device. */
void gpu_say_nodes(void)
{
	FILE *f = fopen(INITIATORS, "r");
	char nodes[64] = "";

	if (f && fgets(nodes, sizeof(nodes), f) && *nodes != '\n')
		report("has_generic_initiator ok node %.*s", (int)strcspn(nodes, "\n"), nodes);
	if (f)
		fclose(f);
}

bool gpu_hot_add(void)
{
	int sig;
	bool ok = guarded(hot_add, "hot_add", &sig);

	if (sig)
		report("hot_add FAIL signal %d (%s)", sig, strsignal(sig));
	return ok;
}

bool gpu_unplug(const char *name)
{
	long before = meminfo_kib("MemTotal:"), after;
	u64 len = region4_end - region4_start;
	int fd = open(REMOVE, O_WRONLY);

	if (fd < 0 || write(fd, "1", 1) != 1) {
		report("%s FAIL cannot write to " REMOVE ": %m", name);
		close(fd);
		return false;
	}
	close(fd);
	after = meminfo_kib("MemTotal:");
	if ((u64)(before - after) * 1024 != len) {
		report("%s FAIL removed %llu bytes, MemTotal went from %ld to %ld KiB",
		       name, len, before, after);
		return false;
	}
	region4_start = 0;
	region4_end = 0;
	report("%s ok %llu bytes, %ld KiB of RAM are left", name, len, after);
	return true;
}

bool gpu_holds(const char *name, const void *mem)
{
	u64 ipa;

	if (!region4_end)
		return true;
	ipa = page_ipa(mem);
	if (ipa < region4_start || ipa >= region4_end) {
		report("%s FAIL its page is at IPA %#llx, not in region 4", name,
		       ipa);
		return false;
	}
	report("%s at IPA %#llx", name, ipa);
	return true;
}

static bool region2(const char *name)
{
	size_t page = sysconf(_SC_PAGESIZE);
	int fd = open(REGION2, O_RDWR), got;
	u32 *code;

	code = mmap(NULL, page, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED,
		    fd, 0);
	if (code == MAP_FAILED) {
		report("%s FAIL cannot map " REGION2 ": %m", name);
		return false;
	}
	code[0] = 0x52800540;	/* mov w0, #42 */
	code[1] = 0xd65f03c0;	/* ret */
	asm volatile("" ::: "memory");
	if (code[0] != 0x52800540 || code[1] != 0xd65f03c0) {
		report("%s FAIL wrote, but does not read the same", name);
		return false;
	}
	__builtin___clear_cache((char *)code, (char *)(code + 2));
	got = ((int (*)(void))code)();
	report("%s FAIL executed, and returned %d", name, got);
	return false;
}

/* Stage 1 allows execution, so only stage 2 refuses it. SIGSEGV would be stage 1. */
void gpu_check_region2(void)
{
	static const char name[] = "region2_refuses_exec";
	int sig;

	if (access(REGION2, F_OK))
		return;
	guarded(region2, name, &sig);
	if (sig == SIGBUS)
		report("%s ok data is read and written, a fetch is signal %d (%s)",
		       name, sig, strsignal(sig));
	else if (sig)
		report("%s FAIL signal %d (%s), not by stage 2", name, sig,
		       strsignal(sig));
}
