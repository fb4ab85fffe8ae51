// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram-hard: each allocation of each call of the file system fails, one after the
 * other, until the call has none left. The call says ENOMEM, or can do without; and nothing
 * is left behind. Calls that take a file and no path, such as fchown() and an ftruncate()
 * that makes it smaller, allocate nothing, and so are not here.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "edu_vfio.h"
#include "end.h"
#include "fail_nth.h"
#include "guestram.h"
#include "iomem.h"
#include "ktap.h"

#define PATH		GUESTRAM_DIR "/no-memory"
#define SECOND		GUESTRAM_DIR "/second"
#define OTHER		"/other"
/* Nothing else is near, so that a fault there needs tables. */
#define FAR_AWAY	((void *)0x10000000000)
/* size= of OTHER, in units */
#define MOUNT_UNITS	32	/* 64M */
#define REMOUNT_UNITS	16	/* 32M */
/* More allocations than any of these calls makes. */
#define MOST		100

/* 1 GiB after the other, so that the IOMMU needs tables each time */
#define IOVA(nth)	((u64)(nth) << 30)

static int fd = -1;
static u8 *at;
static struct vfio vfio;
static unsigned int maps;
static u64 retired;
static u64 last_unit;
static char to_retire[32];

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

/* What is there already, and whose memory goes back when another takes its place. */
static void make_second(void)
{
	struct guestram_file second;

	if (!guestram_make(&second, SECOND, 2 * GUESTRAM_UNIT))
		give_up("cannot make " SECOND ": %m");
	guestram_unmap(&second);
	open_file();
	if (ftruncate(fd, GUESTRAM_UNIT))
		give_up("cannot make " PATH " larger: %m");
}

static void open_retire(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/fs/guestramfs/node%d/retire", GUESTRAM_NODE);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		give_up("cannot open %s: %m", path);
	retired = guestram_sysfs("retired");
	snprintf(to_retire, sizeof(to_retire), "%#llx\n", last_unit - retired);
}

/* The container stays, so that it has to let the file go by itself. */
static void open_for_dma(void)
{
	if (!maps++)
		vfio = edu_vfio_open_type1();
	map_file();
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
	unlink(SECOND);
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

/* As mount(8) does it since util-linux 2.39. */
static int call_fsmount(void)
{
	int context = fsopen("guestramfs", FSOPEN_CLOEXEC), made = -1, ret = -1, err;

	if (context >= 0 && !fsconfig(context, FSCONFIG_SET_STRING, "node", "0", 0) &&
	    !fsconfig(context, FSCONFIG_SET_STRING, "size", "64M", 0) &&
	    !fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		made = fsmount(context, FSMOUNT_CLOEXEC, 0);
	if (made >= 0)
		ret = move_mount(made, "", AT_FDCWD, OTHER, MOVE_MOUNT_F_EMPTY_PATH);
	err = errno;
	close(made);
	close(context);
	errno = err;
	return ret;
}

static int call_fspick(void)
{
	int context = fspick(AT_FDCWD, OTHER, FSPICK_CLOEXEC), ret = -1, err;

	if (context >= 0 && !fsconfig(context, FSCONFIG_SET_STRING, "size", "32M", 0))
		ret = fsconfig(context, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0);
	err = errno;
	close(context);
	errno = err;
	return ret;
}

static int call_link(void)
{
	return link(PATH, SECOND);
}

static int call_rename(void)
{
	return rename(PATH, SECOND);
}

static int call_chown(void)
{
	return chown(PATH, 107, 108);
}

/* One page: type1 holds the file at each, and a failure at the first would be made good. */
static int call_map_dma(void)
{
	return vfio_map(&vfio, IOVA(maps), at, getpagesize()) ? 0 : -1;
}

static int call_retire(void)
{
	return write(fd, to_retire, strlen(to_retire)) < 0 ? -1 : 0;
}

/* All of a call is done, or nothing: whether it is so. */

static bool anything(bool failed __attribute((unused)))
{
	return true;
}

static bool has_limit(u64 units)
{
	struct statfs fs;

	return !statfs(OTHER, &fs) && fs.f_blocks == units;
}

static bool look_at_mount(bool failed)
{
	return has_limit(MOUNT_UNITS) == !failed;
}

static bool look_at_remount(bool failed)
{
	return has_limit(REMOUNT_UNITS) == !failed;
}

static bool look_at_link(bool failed)
{
	struct stat st;

	return !stat(PATH, &st) && st.st_nlink == (failed ? 1 : 2) &&
	       !access(SECOND, F_OK) == !failed;
}

static bool look_at_rename(bool failed)
{
	struct stat st;

	return !stat(SECOND, &st) && !access(PATH, F_OK) == failed &&
	       st.st_size == (off_t)(failed ? 2 * GUESTRAM_UNIT : GUESTRAM_UNIT);
}

static bool look_at_owner(bool failed)
{
	struct stat st;

	return !stat(PATH, &st) && st.st_uid == (failed ? 0 : 107) &&
	       st.st_gid == (failed ? 0 : 108);
}

/* The container has the file as long as it maps its memory, and then lets it go. */
static bool look_at_dma(bool failed)
{
	bool ok;

	munmap(at, 2 * GUESTRAM_UNIT);
	at = NULL;
	if (failed)
		return !ftruncate(fd, 0);
	ok = ftruncate(fd, 0) && errno == EBUSY;
	return vfio_unmap(&vfio, IOVA(maps), getpagesize()) && ok && !ftruncate(fd, 0);
}

static bool look_at_retired(bool failed)
{
	return guestram_sysfs("retired") == retired + (failed ? 0 : GUESTRAM_UNIT);
}

static const struct call {
	const char *name;
	void (*prepare)(void);
	int (*make)(void);
	bool (*is_right)(bool failed);
} calls[] = {
	{ "create", nothing, call_create, anything },
	{ "tmpfile", nothing, call_tmpfile, anything },
	{ "mkdir", nothing, call_mkdir, anything },
	{ "ftruncate", open_file, call_ftruncate, anything },
	{ "ftruncate_again", make_file, call_ftruncate, anything },
	{ "fallocate", make_file, call_fallocate, anything },
	{ "mmap", make_file, call_mmap, anything },
	{ "mmap_odd", make_in_pieces, call_mmap_odd, anything },
	{ "touch", map_file, call_touch, anything },
	{ "mount", nothing, call_mount, look_at_mount },
	{ "remount", make_mount, call_remount, look_at_remount },
	{ "fsmount", nothing, call_fsmount, look_at_mount },
	{ "fspick", make_mount, call_fspick, look_at_remount },
	{ "link", make_file, call_link, look_at_link },
	{ "rename", make_second, call_rename, look_at_rename },
	{ "chown", make_file, call_chown, look_at_owner },
	{ "map_dma", open_for_dma, call_map_dma, look_at_dma },
	/* The last: memory stays retired. */
	{ "retire", open_retire, call_retire, look_at_retired },
};

static_assert(ARRAY_SIZE(calls) == GUESTRAM_NO_MEMORY_RESULTS, "GUESTRAM_NO_MEMORY_RESULTS");

/* Whether the call says so, or can do without it; and leaves nothing behind. */
static bool survives(const struct call *call, unsigned int nth, bool *struck, bool *failed)
{
	bool is_right;
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
	is_right = call->is_right(ret);
	if (!is_right)
		ktap_note("%s, allocation %u: not what is there if it %s", call->name, nth,
			  ret ? "fails" : "succeeds");
	undo();
	return guestram_wait("free", guestram_sysfs("size")) && is_right;
}

/**
 * struct count - of a call's allocations
 * @tried: those that were to fail
 * @failed: for how many of them the call failed
 */
struct count {
	unsigned int tried;
	unsigned int failed;
};

static bool fails_in_turn(const struct call *call, struct count *count)
{
	unsigned int nth = 0;
	bool struck = true, failed, ok = true;

	while (ok && struck && nth < MOST) {
		ok = survives(call, ++nth, &struck, &failed);
		count->failed += failed;
	}
	count->tried += nth - 1;
	return ok && !struck;
}

static void try_call(const struct call *call)
{
	struct count count = { };
	char name[48];
	bool ok;

	/* A page that is one more now, and not the next time, hides an object. */
	fail_nth_with_pages(false);
	ok = fails_in_turn(call, &count);
	fail_nth_with_pages(true);
	ok = ok && fails_in_turn(call, &count);
	undo();
	snprintf(name, sizeof(name), "no_memory_%s", call->name);
	ktap_result(ok && count.tried, name, "%u allocations fail, %u are not needed",
		    count.failed, count.tried - count.failed);
}

static void find_last_unit(void)
{
	struct iomem ram;

	iomem_read(&ram, "Guest RAM");
	if (!ram.count)
		give_up("there is no guest RAM in /proc/iomem");
	last_unit = ram.all[ram.count - 1].end - GUESTRAM_UNIT;
}

void guestram_no_memory(void)
{
	mkdir(OTHER, 0755);
	find_last_unit();
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		try_call(&calls[i]);
	vfio_close(&vfio);
}
