// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VMM, or a debugger of it, asks the host's kernel to do with the memory of a VM,
 * besides KVM and device assignment. No VM is needed: the kernel answers the VMM, which
 * has to understand the errno.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "end.h"
#include "ktap.h"
#include "vm_ram.h"
#include "works.h"

#define LEN	(2UL << 20)
#define DISK	"/dev/ram0"	/* brd: a block device, for O_DIRECT */
#define BLOCK	4096

static void works(const char *name, bool ok)
{
	ktap_result(ok, name, "%s", ok ? "" : strerrorname_np(errno));
}

/* Reads a block of the disk into the memory, and compares it. */
static ssize_t read_disk(u8 *mem, int flags)
{
	u8 text[BLOCK] __attribute((aligned(BLOCK)));
	int fd = open(DISK, O_RDWR | O_CLOEXEC | flags);
	ssize_t n;
	int err;

	memset(text, 0x5a, sizeof(text));
	if (fd < 0 || pwrite(fd, text, BLOCK, 0) != BLOCK)
		give_up("cannot write to " DISK ": %m");
	memset(mem, 0, BLOCK);
	n = pread(fd, mem, BLOCK, 0);
	err = errno;
	if (n == BLOCK && memcmp(mem, text, BLOCK))
		give_up(DISK " was read into the memory, but other bytes are there");
	close(fd);
	errno = err;
	return n;
}

static int uffd_register(struct works_memory *memory)
{
	struct uffdio_register reg = {
		.range = { .start = (uintptr_t)memory->at, .len = memory->len },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK), ret, err;

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		give_up("there is no userfaultfd: %m");
	ret = ioctl(fd, UFFDIO_REGISTER, &reg);
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

/* As gdb and others do: the kernel reads the memory of another process. */
static ssize_t read_as_debugger(struct works_memory *memory)
{
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC), err;
	u8 buf[BLOCK];
	ssize_t n;

	if (fd < 0)
		give_up("cannot open /proc/self/mem: %m");
	n = pread(fd, buf, sizeof(buf), (uintptr_t)memory->at);
	err = errno;
	close(fd);
	errno = err;
	return n;
}

static int punch_hole(int fd, u64 offset)
{
	return fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
			 BLOCK);
}

/* A call that is refused must not change the memory. */
static void untouched(const char *name, struct works_memory *memory)
{
	ktap_result(memory->at[0] == 0xc3 && memory->at[LEN - 1] == 0xc3, name,
		    "its bytes are still there");
}

static void controls(void)
{
	struct works_memory memory = works_memory_map("anon", LEN);
	int fd = memfd_create("control", MFD_CLOEXEC);

	works("anon_direct_read", read_disk(memory.at, O_DIRECT) == BLOCK);
	works("anon_debugger_read", read_as_debugger(&memory) == BLOCK);
	works("anon_userfaultfd", !uffd_register(&memory));
	works("anon_discard", !madvise(memory.at, LEN, MADV_DONTNEED));
	if (fd < 0 || ftruncate(fd, LEN))
		give_up("cannot make a memfd: %m");
	works("memfd_punch_hole", !punch_hole(fd, 0));
	close(fd);
	works_memory_unmap(&memory);
}

void works_host(void)
{
	struct works_memory memory;

	controls();
	memory = works_memory_map("declared", LEN);
	works_refused("direct_read_refused", read_disk(memory.at, O_DIRECT),
		      EFAULT);
	works("buffered_read", read_disk(memory.at, 0) == BLOCK);
	works_refused("debugger_read_refused", read_as_debugger(&memory), EIO);
	works_refused("userfaultfd_refused", uffd_register(&memory), EINVAL);

	memset(memory.at, 0xc3, LEN);
	works_refused("discard_refused", madvise(memory.at, LEN, MADV_DONTNEED),
		      EINVAL);
	works_refused("punch_hole_refused", punch_hole(memory.fd, VM_OFFSET),
		      ENODEV);
	works_refused("populate_refused",
		      madvise(memory.at, LEN, MADV_POPULATE_WRITE), EINVAL);
	works("mlock", !mlock(memory.at, LEN));
	untouched("refusals_harmless", &memory);
	works_memory_unmap(&memory);
}
