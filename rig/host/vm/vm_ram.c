// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "end.h"
#include "mount.h"
#include "option.h"
#include "vm_ram.h"

#define NODE	"/dev/cohmem-test/declared"
#define MOUNTED	"/guestram"

/* Where files are; NULL is the test device's memory. */
static const char *files;

/* On the device. */
static u64 offset_of(enum vm_ram whose)
{
	return VM_OFFSET * (whose + 1);
}

const char *vm_ram(enum vm_ram whose, const char *more)
{
	static char texts[4][96];
	static unsigned int next;
	char *text = texts[next++ % ARRAY_SIZE(texts)];

	if (files)
		snprintf(text, sizeof(texts[0]), "%s/vm%u%s", files, whose + 1, more);
	else
		snprintf(text, sizeof(texts[0]), NODE ",offset=%llu%s", offset_of(whose), more);
	return text;
}

u8 *vm_ram_map(enum vm_ram whose)
{
	char path[80] = NODE;
	u8 *memory;
	int fd;

	if (files)
		snprintf(path, sizeof(path), "%s/vm%u", files, whose + 1);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	memory = mmap(NULL, VM_RAM_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		      files ? 0 : offset_of(whose));
	close(fd);
	return memory == MAP_FAILED ? NULL : memory;
}

void vm_ram_use_files(const char *directory)
{
	files = directory;
}

void vm_ram_choose(void)
{
	const char *memory = option("memory");

	if (!memory || strcmp(memory, "guestram"))
		return;
	mount_guestram(MOUNTED, MOUNT_ANY_NODE);
	vm_ram_use_files(MOUNTED);
}
