// SPDX-License-Identifier: GPL-2.0-only
/* The emulated host's file systems: the kernel's own, and QEMU's shares. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "end.h"
#include "kernel.h"
#include "mount.h"

static const struct {
	const char *type;
	const char *where;
} system_mounts[] = {
	{ "devtmpfs", "/dev" },
	{ "proc", "/proc" },
	{ "sysfs", "/sys" },
	{ "debugfs", "/sys/kernel/debug" },
	{ "tracefs", "/sys/kernel/tracing" },
	{ "tmpfs", "/tmp" },
};

void mount_system(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(system_mounts); i++) {
		const char *where = system_mounts[i].where;

		mkdir(where, 0755);
		/* The kernel may have mounted devtmpfs itself. */
		if (mount(system_mounts[i].type, where, system_mounts[i].type,
			  0, NULL) && errno != EBUSY)
			give_up("cannot mount %s: %m", where);
	}
}

/* Nobody writes to the shares, so the client may cache everything. */
void mount_share(const char *tag, const char *where)
{
	mkdir(where, 0755);
	if (mount(tag, where, "9p", MS_RDONLY,
		  "trans=virtio,version=9p2000.L,msize=512000,cache=loose"))
		give_up("cannot mount the share %s: %m", tag);
}

bool mount_dax(const char *disk, const char *where)
{
	mkdir(where, 0755);
	return !mount(disk, where, "ext4", 0, "dax=always");
}

bool mount_try_guestram(const char *where, int node)
{
	char options[32] = "";

	if (node != MOUNT_ANY_NODE)
		snprintf(options, sizeof(options), "node=%d", node);
	mkdir(where, 0755);
	if (!mount("none", where, "guestramfs", 0, options))
		return true;
	if (errno != ENODEV)
		give_up("cannot mount guestramfs on %s: %m", where);
	return false;
}

void mount_guestram(const char *where, int node)
{
	if (!mount_try_guestram(where, node))
		give_up("this kernel has no guestramfs");
}

void mount_tree(const char *where)
{
	static const char * const dirs[] = {
		"usr", "bin", "sbin", "lib", "lib64", "etc",
	};
	char to[64], from[16];

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		bool in_tree = !strcmp(dirs[i], "usr") ||
			       !strcmp(dirs[i], "etc");

		snprintf(from, sizeof(from), "/%s", dirs[i]);
		snprintf(to, sizeof(to), "%s/%s%s", where,
			 in_tree ? "" : "usr/", dirs[i]);
		if (symlink(to, from) && errno != EEXIST)
			give_up("cannot link %s to %s: %m", from, to);
	}
}
