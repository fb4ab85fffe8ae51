// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: what a file system of guest RAM promises, and with which errno it refuses
 * the rest.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "end.h"
#include "guestram.h"
#include "ktap.h"

#define FILE_PATH	GUESTRAM_DIR "/file"
#define OTHER		GUESTRAM_DIR "/dir/other"
#define SMALL		(8 * GUESTRAM_UNIT)
#define TAG		0xf11e

/* @ret: what a call returned; with errno if it is negative. @want: 0, or the errno. */
static void answers(const char *name, long ret, int want)
{
	int err = ret < 0 ? errno : 0;

	ktap_result(err == want, name, "%s", err ? strerrorname_np(err) : "works");
}

static long map(const struct guestram_file *file, size_t size, int flags, off_t offset)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, file->fd, offset);

	if (at == MAP_FAILED)
		return -1;
	munmap(at, size);
	return 0;
}

/* All of a file: the first part has its word, the rest is empty. */
static bool has_parts(const struct guestram_file *file, size_t size)
{
	struct guestram_file first = { .fd = file->fd, .size = SMALL }, rest;
	bool ok;

	first.at = mmap(NULL, size, PROT_READ, MAP_SHARED, file->fd, 0);
	if (first.at == MAP_FAILED)
		return false;
	rest = (struct guestram_file) { .at = first.at + SMALL, .size = size - SMALL };
	ok = guestram_has(&first, TAG) && guestram_has(&rest, 0);
	munmap(first.at, size);
	return ok;
}

/* What is free is not enough, though the file is not larger than all of the memory. */
static void try_more(const struct guestram_file *file)
{
	int fd = open(GUESTRAM_DIR, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600), ret, err;
	u64 left;

	if (ftruncate(fd, GUESTRAM_UNIT))
		give_up("cannot make a second file: %m");
	left = guestram_sysfs("free");
	ret = ftruncate(file->fd, guestram_sysfs("size"));
	err = errno;
	ktap_result(ret && err == ENOSPC && guestram_sysfs("free") == left,
		    "more_than_there_is", "%s", ret ? strerrorname_np(err) : "works");
	close(fd);
}

static void try_size(struct guestram_file *file)
{
	u64 taken = guestram_sysfs("size") - guestram_sysfs("free");
	struct stat st;

	ktap_result(!fstat(file->fd, &st) && st.st_size == (off_t)SMALL &&
		    st.st_blocks * 512 == (blkcnt_t)SMALL && taken == SMALL, "memory_for_all",
		    "%lld bytes, %lld blocks", (long long)st.st_size, (long long)st.st_blocks);
	answers("map_without_memory", map(file, SMALL + GUESTRAM_UNIT, MAP_SHARED, 0), ENOMEM);
	answers("map_behind_the_end", map(file, GUESTRAM_UNIT, MAP_SHARED, SMALL), ENOMEM);
	guestram_fill(file, TAG);
	answers("shrink_mapped", ftruncate(file->fd, GUESTRAM_UNIT), EBUSY);
	answers("grow_mapped", ftruncate(file->fd, SMALL + GUESTRAM_UNIT), 0);
	answers("size_of_no_units", ftruncate(file->fd, SMALL + 4096), EINVAL);
	try_more(file);
	answers("far_too_much", ftruncate(file->fd, 1ULL << 50), ENOSPC);
	answers("fallocate", fallocate(file->fd, 0, 0, SMALL + 2 * GUESTRAM_UNIT), 0);
	ktap_result(has_parts(file, SMALL + 2 * GUESTRAM_UNIT), "grown_part_is_empty", "");
	answers("punch_hole", fallocate(file->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
					GUESTRAM_UNIT), EOPNOTSUPP);
	answers("keep_size", fallocate(file->fd, FALLOC_FL_KEEP_SIZE, 0, 2 * SMALL), EOPNOTSUPP);
	munmap(file->at, SMALL);
	file->at = NULL;
	answers("shrink_unmapped", ftruncate(file->fd, SMALL), 0);
	ktap_result(!ftruncate(file->fd, 2 * SMALL) && has_parts(file, 2 * SMALL) &&
		    !ftruncate(file->fd, SMALL), "grown_again", "");
}

static void try_io(const struct guestram_file *file)
{
	char byte = 0;
	int pipes[2];

	answers("private_mapping", map(file, SMALL, MAP_PRIVATE, 0), EINVAL);
	answers("read", pread(file->fd, &byte, 1, 0), EINVAL);
	answers("write", pwrite(file->fd, &byte, 1, 0), EINVAL);
	if (pipe(pipes))
		give_up("cannot make a pipe: %m");
	answers("splice", splice(file->fd, NULL, pipes[1], NULL, 1, 0), EINVAL);
	close(pipes[0]);
	close(pipes[1]);
}

static bool cannot_be_executed(void)
{
	char * const argv[] = { FILE_PATH, NULL };
	int status;
	pid_t pid = fork();

	if (!pid) {
		execv(FILE_PATH, argv);
		_exit(errno == EACCES ? 0 : 1);
	}
	return waitpid(pid, &status, 0) == pid && !status;
}

static void try_names(struct guestram_file *file)
{
	struct stat st;
	int fd;

	answers("directory", mkdir(GUESTRAM_DIR "/dir", 0755), 0);
	answers("rename", rename(FILE_PATH, OTHER), 0);
	answers("link", link(OTHER, FILE_PATH), 0);
	ktap_result(!chown(FILE_PATH, 107, 108) && !chmod(FILE_PATH, 0777) && !stat(OTHER, &st) &&
		    st.st_uid == 107 && st.st_gid == 108 && st.st_nlink == 2 &&
		    (st.st_mode & 07777) == 0777, "owner_and_mode", "");
	ktap_result(cannot_be_executed(), "not_executable", "");
	fd = open(GUESTRAM_DIR, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	answers("file_without_name", fd < 0 ? fd : ftruncate(fd, GUESTRAM_UNIT), 0);
	close(fd);
	unlink(FILE_PATH);
	unlink(OTHER);
	answers("remove_directory", rmdir(GUESTRAM_DIR "/dir"), 0);
	guestram_unmap(file);
}

/* The kernel's own error for who mounts it where there is none. */
static void try_mounts(void)
{
	struct guestram_file file;
	struct statfs fs;

	if (!guestram_make(&file, FILE_PATH, SMALL))
		give_up("cannot make " FILE_PATH ": %m");
	answers("mount_without_memory", mount("none", "/tmp", "guestramfs", 0, "node=7"), ENXIO);
	ktap_result(!statfs(GUESTRAM_DIR, &fs) && fs.f_type == HUGETLBFS_MAGIC &&
		    fs.f_bsize == (long)GUESTRAM_UNIT &&
		    fs.f_blocks * GUESTRAM_UNIT == guestram_sysfs("size") &&
		    fs.f_bfree * GUESTRAM_UNIT == guestram_sysfs("free") &&
		    fs.f_bfree == fs.f_blocks - SMALL / GUESTRAM_UNIT, "df",
		    "%llu of %llu blocks are free", (u64)fs.f_bfree, (u64)fs.f_blocks);
	guestram_unmap(&file);
	unlink(FILE_PATH);
}

void guestram_files(void)
{
	struct guestram_file file;

	if (!guestram_make(&file, FILE_PATH, SMALL))
		give_up("cannot make " FILE_PATH ": %m");
	try_size(&file);
	try_io(&file);
	try_names(&file);
	try_mounts();
	/* All of it is free again: closed, and with no name. */
	ktap_result(guestram_sysfs("free") == guestram_sysfs("size"), "given_back", "");
}
