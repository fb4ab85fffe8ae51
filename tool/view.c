// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"
#include "view.h"

#define MEMSLOTS_FILE		"memslots"
#define LARGEST_MEMSLOTS	(64 << 20)
#define LARGEST_DUMP		(256 << 20)

__printf(3, 4)
static void lack(struct view_lack *lack, const char *remedy, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(lack->what, sizeof(lack->what), fmt, ap);
	va_end(ap);
	text_printable(lack->what);
	lack->remedy = remedy;
}

/* @remedy is what to do if the kernel has no such file. */
static void lack_file(struct view_lack *l, const char *path, int why, const char *remedy)
{
	if (why == ENOENT)
		lack(l, remedy, "this kernel has no %s", path);
	else if ((why == EACCES || why == EPERM) && geteuid())
		lack(l, "run it as root", "%s is for root only", path);
	else if (why == EACCES || why == EPERM)
		lack(l, "see cohmem check, line lockdown", "%s cannot be read: %s", path,
		     strerror(why));
	else
		lack(l, "use the cohmem that came with the kernel", "%s cannot be read: %s", path,
		     strerror(why));
}

static void lack_line(struct view_lack *l, const char *path, const char *why)
{
	lack(l, "use the cohmem that came with the kernel", "%s, %s", path, why);
}

static const char no_series[] = "boot a kernel of line 6.12 with cohmem's series";

static void read_memslots(const struct root *root, struct view *view)
{
	char path[128], why[128], *text;

	vms_path(&view->vm, MEMSLOTS_FILE, path, sizeof(path));
	text = root_read(root, path, LARGEST_MEMSLOTS);
	if (!text)
		lack_file(&view->memslots_lack, path, errno, no_series);
	else if (!memslots_read(text, &view->memslots, why, sizeof(why)))
		lack_line(&view->memslots_lack, path, why);
	free(text);
}

bool view_read(const struct root *root, const struct vms_vm *vm, struct view *view)
{
	char path[128];

	*view = (struct view){ .vm = *vm };
	if (!statistics_read(root, vm, &view->statistics, path, sizeof(path)))
		lack_file(&view->statistics_lack, path, errno, no_series);
	read_memslots(root, view);
	vms_path(vm, "", path, sizeof(path));
	if (root_exists(root, path) || errno != ENOENT)
		return true;
	view_free(view);
	return false;
}

void view_free(struct view *view)
{
	memslots_free(&view->memslots);
}

bool view_walk(const struct root *root, const struct vms_vm *vm, struct dump *dump,
	       struct view_lack *l)
{
	char path[128], why[128], *text;
	bool good;

	*dump = (struct dump){ 0 };
	*l = (struct view_lack){ 0 };
	vms_path(vm, DUMP_FILE, path, sizeof(path));
	text = root_read(root, path, LARGEST_DUMP);
	if (!text) {
		lack_file(l, path, errno,
			  "boot a kernel with CONFIG_PTDUMP_STAGE2_DEBUGFS, if the VM still runs");
		return false;
	}
	good = dump_read(text, dump, why, sizeof(why));
	if (!good)
		lack_line(l, path, why);
	free(text);
	return good;
}
