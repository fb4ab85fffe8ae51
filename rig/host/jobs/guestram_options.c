// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job guestram: the options of a mount, of the node that the other tests do not use. All
 * mounts of a node have its memory in common.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "end.h"
#include "guestram.h"
#include "ktap.h"

#define HERE		"/options"
#define FILE_PATH	HERE "/file"
/* What statfs() says with magic=own: "grmf". */
#define OWN_MAGIC	0x67726d66
#define CONTEXT		"context"
#define CONTEXT_OF	"system_u:object_r:hugetlbfs_t:s0"

static int mount_it(unsigned long flags, const char *options)
{
	return mount("none", HERE, "guestramfs", flags, options);
}

static void must_mount(const char *options)
{
	if (mount_it(0, options))
		give_up("cannot mount guestramfs with %s: %m", options);
}

static int make(const char *path, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), ret, err;

	if (fd < 0)
		return -1;
	ret = ftruncate(fd, size);
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

static bool fails(int ret, int want)
{
	return ret && errno == want;
}

/* The limit is the mount's: the node has more. It cannot be less than what files have. */
static void try_size(void)
{
	struct statfs fs;
	bool limited, remounted;

	must_mount("node=0,size=8M");
	limited = !make(FILE_PATH, 4 * GUESTRAM_UNIT) &&
		  fails(make(FILE_PATH, 5 * GUESTRAM_UNIT), ENOSPC) &&
		  !statfs(HERE, &fs) && fs.f_blocks == 4 && !fs.f_bfree;
	ktap_result(limited, "option_size", "");
	remounted = fails(mount_it(MS_REMOUNT, "size=6M"), EBUSY) &&
		    !mount_it(MS_REMOUNT, "size=10M") && !make(FILE_PATH, 5 * GUESTRAM_UNIT) &&
		    fails(make(FILE_PATH, 6 * GUESTRAM_UNIT), ENOSPC);
	ktap_result(remounted, "option_size_again", "");
	umount(HERE);
}

/* The directory that is mounted is one of them. */
static void try_inodes(void)
{
	bool ok;

	must_mount("node=0,nr_inodes=3");
	ok = !make(FILE_PATH, 0) && !make(HERE "/second", 0) &&
	     fails(make(HERE "/third", 0), ENOSPC) && !unlink(FILE_PATH) &&
	     !make(HERE "/third", 0) && fails(mount_it(MS_REMOUNT, "nr_inodes=2"), EBUSY);
	ktap_result(ok, "option_nr_inodes", "");
	umount(HERE);
}

static void try_owner(void)
{
	struct statfs fs;
	struct stat st;
	bool ok;

	must_mount("node=0,mode=0711,uid=107,gid=108,magic=own");
	ok = !stat(HERE, &st) && (st.st_mode & 07777) == 0711 && st.st_uid == 107 &&
	     st.st_gid == 108;
	ktap_result(ok, "option_owner", "");
	ktap_result(!statfs(HERE, &fs) && fs.f_type == OWN_MAGIC &&
		    fs.f_bsize == (long)GUESTRAM_UNIT, "option_magic", "%#lx",
		    (long)fs.f_type);
	umount(HERE);
}

/* Each is refused alone, and so is a remount with what cannot change. */
static void try_refused(void)
{
	static const char * const wrong[] = {
		"size=3M", "size=many", "size=", "node=99999", "node=-1", "magic=other",
		"mode=9", "nr_inodes=few", "huge=always",
	};
	static const char * const fixed[] = {
		"node=1", "magic=own", "mode=0700", "uid=5", "gid=5",
	};
	const char *taken = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (fails(mount_it(0, wrong[i]), EINVAL))
			continue;
		taken = wrong[i];
		umount(HERE);
	}
	ktap_result(!taken, "options_refused", "%s", taken ?: "EINVAL");
	taken = NULL;
	must_mount("node=0");
	for (size_t i = 0; i < ARRAY_SIZE(fixed); i++) {
		if (!fails(mount_it(MS_REMOUNT, fixed[i]), EINVAL))
			taken = fixed[i];
	}
	ktap_result(!taken, "options_stay", "%s", taken ?: "EINVAL");
	umount(HERE);
}

/* As mount(8) does it since util-linux 2.39. */
static int configure(const char *type)
{
	int fd = fsopen(type, FSOPEN_CLOEXEC), ret, err;

	ret = fsconfig(fd, FSCONFIG_SET_STRING, CONTEXT, CONTEXT_OF, 0);
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

/*
 * SELinux takes its options before a file system sees any. These kernels have none, so this
 * is one that nobody knows, as with the file systems whose place guestramfs takes.
 */
static void try_context(void)
{
	static const char * const types[] = { "guestramfs", "tmpfs", "hugetlbfs" };
	const char *taken = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (!fails(mount("none", HERE, types[i], 0, CONTEXT "=" CONTEXT_OF), EINVAL) ||
		    !fails(configure(types[i]), EINVAL))
			taken = types[i];
	}
	ktap_result(!taken, "option_context", "%s", taken ?: "EINVAL");
}

/* The first node has the lower half of the machine's memory (rig/machines/guestram.conf). */
static void try_node(void)
{
	struct guestram_file first = { .fd = -1 }, second = { .fd = -1 };
	u64 low = 0, high = 0;

	must_mount("node=0");
	if (guestram_make(&first, FILE_PATH, GUESTRAM_UNIT) &&
	    guestram_make(&second, GUESTRAM_DIR "/second", GUESTRAM_UNIT)) {
		low = guestram_physical(&first);
		high = guestram_physical(&second);
	}
	ktap_result(low >= GUESTRAM_RAM_START && low < GUESTRAM_NODE_START &&
		    high >= GUESTRAM_NODE_START, "option_node", "%#llx, %#llx", low, high);
	guestram_unmap(&first);
	guestram_unmap(&second);
	unlink(GUESTRAM_DIR "/second");
	umount(HERE);
}

void guestram_options(void)
{
	mkdir(HERE, 0755);
	try_size();
	try_inodes();
	try_owner();
	try_refused();
	try_context();
	try_node();
}
