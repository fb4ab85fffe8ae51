// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram-hard: each allocation of each call of the file system fails, one after the
 * other, until the call has none left. The call says ENOMEM, or can do without; and nothing
 * is left behind.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "end.h"
#include "fail_nth.h"
#include "guestram.h"
#include "ktap.h"

#define PATH		GUESTRAM_DIR "/no-memory"
#define OTHER		"/other"
/* Nothing else is near, so that a fault there needs tables. */
#define FAR_AWAY	((void *)0x10000000000)
/* More allocations than any of these calls makes. */
#define MOST		100

static int fd = -1;
static u8 *at;

/* What each call finds, and what is there after it, whether it has failed or not. */

static void nothing(void)
{
}

static void open_file(void)
{
	fd = open(PATH, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		give_up("cannot make " PATH ": %m");
}

static void make_file(void)
{
	open_file();
	if (ftruncate(fd, 2 * GUESTRAM_UNIT))
		give_up("cannot make " PATH " larger: %m");
}

static void map_file(void)
{
	make_file();
	at = mmap(FAR_AWAY, 2 * GUESTRAM_UNIT, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
	if (at == MAP_FAILED)
		give_up("cannot map " PATH ": %m");
}

/* What comes between makes it two pieces of memory. */
static void make_in_pieces(void)
{
	int between = open(GUESTRAM_DIR, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

	open_file();
	if (ftruncate(fd, GUESTRAM_UNIT) || ftruncate(between, GUESTRAM_UNIT) ||
	    ftruncate(fd, 2 * GUESTRAM_UNIT))
		give_up("cannot make " PATH " in pieces: %m");
	close(between);
}

static void make_mount(void)
{
	if (mount("none", OTHER, "guestramfs", 0, "node=0"))
		give_up("cannot mount guestramfs: %m");
}

static void undo(void)
{
	if (at)
		munmap(at, 2 * GUESTRAM_UNIT);
	if (fd >= 0)
		close(fd);
	fd = -1;
	at = NULL;
	unlink(PATH);
	rmdir(PATH);
	umount(OTHER);
}

/* The calls. */

static int call_create(void)
{
	fd = open(PATH, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? -1 : 0;
}

static int call_tmpfile(void)
{
	fd = open(GUESTRAM_DIR, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);
	return fd < 0 ? -1 : 0;
}

static int call_mkdir(void)
{
	return mkdir(PATH, 0755);
}

static int call_ftruncate(void)
{
	return ftruncate(fd, 4 * GUESTRAM_UNIT);
}

static int call_fallocate(void)
{
	return fallocate(fd, 0, 0, 3 * GUESTRAM_UNIT);
}

static int call_mmap(void)
{
	u8 *mapped = mmap(NULL, 2 * GUESTRAM_UNIT, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (mapped == MAP_FAILED)
		return -1;
	at = mapped;
	return 0;
}

/* No PMD entry fits there, so mmap() makes all tables. */
static int call_mmap_odd(void)
{
	u8 *want = (u8 *)FAR_AWAY + sysconf(_SC_PAGESIZE);
	u8 *mapped = mmap(want, 2 * GUESTRAM_UNIT, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);

	if (mapped == MAP_FAILED)
		return -1;
	at = mapped;
	return 0;
}

/* A fault that finds no memory for a table is made again. */
static int call_touch(void)
{
	at[GUESTRAM_UNIT] = 1;
	return 0;
}

static int call_mount(void)
{
	return mount("none", OTHER, "guestramfs", 0, "node=0,size=64M");
}

static int call_remount(void)
{
	return mount("none", OTHER, "guestramfs", MS_REMOUNT, "size=32M");
}

static const struct call {
	const char *name;
	void (*prepare)(void);
	int (*make)(void);
} calls[] = {
	{ "create", nothing, call_create },
	{ "tmpfile", nothing, call_tmpfile },
	{ "mkdir", nothing, call_mkdir },
	{ "ftruncate", open_file, call_ftruncate },
	{ "ftruncate_again", make_file, call_ftruncate },
	{ "fallocate", make_file, call_fallocate },
	{ "mmap", make_file, call_mmap },
	{ "mmap_odd", make_in_pieces, call_mmap_odd },
	{ "touch", map_file, call_touch },
	{ "mount", nothing, call_mount },
	{ "remount", make_mount, call_remount },
};

static_assert(ARRAY_SIZE(calls) == GUESTRAM_NO_MEMORY_RESULTS, "GUESTRAM_NO_MEMORY_RESULTS");

/* Whether the call says so, or can do without it; and leaves nothing behind. */
static bool survives(const struct call *call, unsigned int nth, bool *struck, bool *failed)
{
	u64 size = guestram_sysfs("size");
	int ret;

	call->prepare();
	fail_nth_arm(nth);
	ret = call->make();
	*struck = fail_nth_disarm();
	*failed = ret;
	if (ret && (!*struck || errno != ENOMEM)) {
		ktap_note("%s, allocation %u: %s", call->name, nth, strerrorname_np(errno));
		return false;
	}
	undo();
	return guestram_wait("free", size);
}

static void try_call(const struct call *call)
{
	unsigned int nth = 0, failures = 0;
	bool struck = true, failed, ok = true;
	char name[48];

	while (ok && struck && nth < MOST) {
		ok = survives(call, ++nth, &struck, &failed);
		failures += failed;
	}
	undo();
	snprintf(name, sizeof(name), "no_memory_%s", call->name);
	ktap_result(ok && !struck && nth > 1, name, "%u allocations fail, %u are not needed",
		    failures, nth - 1 - failures);
}

void guestram_no_memory(void)
{
	mkdir(OTHER, 0755);
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		try_call(&calls[i]);
}
