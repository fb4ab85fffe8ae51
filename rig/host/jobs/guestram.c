// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: memory that the kernel was told to leave alone (guestram=), as files. Needs
 * a machine with two nodes that both have some.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "debug.h"
#include "edu_vfio.h"
#include "end.h"
#include "guestram.h"
#include "jobs.h"
#include "ktap.h"
#include "mount.h"
#include "pace.h"
#include "util.h"

#define PAGE		4096
#define WAIT_SECS	30

u64 guestram_sysfs(const char *name)
{
	char path[80];
	u64 value;

	snprintf(path, sizeof(path), "/sys/fs/guestramfs/node%d/%s", GUESTRAM_NODE, name);
	if (!read_number(path, &value))
		give_up("cannot read %s: %m", path);
	return value;
}

bool guestram_wait(const char *name, u64 value)
{
	double deadline = pace_now() + debug_secs(WAIT_SECS);

	while (guestram_sysfs(name) != value && pace_now() < deadline)
		usleep(20000);
	return guestram_sysfs(name) == value;
}

bool guestram_make(struct guestram_file *file, const char *path, size_t size)
{
	*file = (struct guestram_file) { .size = size };
	file->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file->fd < 0 || ftruncate(file->fd, size))
		return false;
	file->at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file->fd, 0);
	if (file->at != MAP_FAILED)
		return true;
	file->at = NULL;
	return false;
}

void guestram_unmap(struct guestram_file *file)
{
	if (file->at)
		munmap(file->at, file->size);
	if (file->fd >= 0)
		close(file->fd);
	file->at = NULL;
	file->fd = -1;
}

/* Not in the first word of a page alone, so that none is passed over by its place. */
static u64 *word_of(const struct guestram_file *file, size_t page)
{
	return (u64 *)(file->at + page * PAGE) + page * 37 % (PAGE / sizeof(u64));
}

void guestram_fill(const struct guestram_file *file, u64 tag)
{
	for (size_t page = 0; page < file->size / PAGE; page++)
		*word_of(file, page) = tag;
}

bool guestram_has(const struct guestram_file *file, u64 tag)
{
	for (size_t page = 0; page < file->size / PAGE; page++) {
		if (*word_of(file, page) != tag)
			return false;
	}
	return true;
}

bool guestram_has_at_most(const struct guestram_file *file, u64 tag)
{
	for (size_t page = 0; page < file->size / PAGE; page++) {
		u64 word = *word_of(file, page);

		if (word && word != tag)
			return false;
	}
	return true;
}

u64 guestram_block(void)
{
	switch (sysconf(_SC_PAGESIZE)) {
	case 16384:
		return 32ULL << 20;
	case 65536:
		return 512ULL << 20;
	default:
		return 1ULL << 30;
	}
}

static void guestram_prepare(void)
{
	edu_vfio_prepare();
}

static void guestram_run(void)
{
	ktap_plan(GUESTRAM_MEMORY_RESULTS + GUESTRAM_FILES_RESULTS + GUESTRAM_OPTIONS_RESULTS +
		  GUESTRAM_RANDOM_RESULTS + GUESTRAM_CLEAN_RESULTS + GUESTRAM_DMA_RESULTS +
		  GUESTRAM_BLOCKS_RESULTS + GUESTRAM_VM_RESULTS + GUESTRAM_RETIRE_RESULTS);
	mount_guestram(GUESTRAM_DIR, GUESTRAM_NODE);
	guestram_memory();
	guestram_files();
	guestram_options();
	guestram_random();
	guestram_clean();
	guestram_dma();
	guestram_blocks();
	guestram_vm();
	guestram_retire();
}

const struct job guestram_job = {
	.prepare = guestram_prepare,
	.run = guestram_run,
};
