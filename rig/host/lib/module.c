// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "end.h"
#include "module.h"

void module_load(const char *name, const char *params)
{
	char path[96];
	int fd;

	snprintf(path, sizeof(path), "/kernel/modules/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		give_up("cannot open %s: %m", path);
	if (syscall(SYS_finit_module, fd, params, 0))
		give_up("cannot load %s %s: %m", path, params);
	close(fd);
}

void module_unload(const char *name)
{
	if (syscall(SYS_delete_module, name, 0))
		give_up("cannot unload %s: %m", name);
}
