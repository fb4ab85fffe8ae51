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

static const char no_series[] = "boot a kernel with cohmem's series";

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

static bool is_there(const struct root *root, const struct vms_vm *vm)
{
	char path[128];

	vms_path(vm, "", path, sizeof(path));
	return root_exists(root, path) || errno != ENOENT;
}

bool view_statistics(const struct root *root, const struct vms_vm *vm,
		     struct statistics *statistics, struct view_lack *l)
{
	char path[128];

	*l = (struct view_lack){ 0 };
	if (statistics_read(root, vm, statistics, path, sizeof(path)))
		return true;
	lack_file(l, path, errno, no_series);
	if (!is_there(root, vm))
		*l = (struct view_lack){ 0 };
	return false;
}

bool view_read(const struct root *root, const struct vms_vm *vm, struct view *view)
{
	*view = (struct view){ .vm = *vm };
	view_statistics(root, vm, &view->statistics, &view->statistics_lack);
	read_memslots(root, view);
	if (is_there(root, vm))
		return true;
	view_free(view);
	return false;
}

void view_free(struct view *view)
{
	memslots_free(&view->memslots);
}

/*
 * KVM frees stage 2 with the VMM's memory, and then nobody can open the dump any more. A
 * kernel without a dump has no file of that name.
 */
static bool has_ended(const struct root *root, const struct vms_vm *vm, const char *path)
{
	int fd = root_file(root, path);
	char dir[128];

	if (fd >= 0)
		close(fd);
	if (fd >= 0 || errno != ENOENT)
		return false;
	vms_path(vm, "", dir, sizeof(dir));
	return root_has_name(root, path) || !root_has_name(root, dir);
}

bool view_walk(const struct root *root, const struct vms_vm *vm, struct dump *dump,
	       struct view_lack *l)
{
	char path[128], why[128], *text;
	int error;

	*dump = (struct dump){ 0 };
	*l = (struct view_lack){ 0 };
	vms_path(vm, DUMP_FILE, path, sizeof(path));
	text = root_read(root, path, LARGEST_DUMP);
	error = errno;
	if (has_ended(root, vm, path)) {
		/* What was read may be a part. */
		free(text);
		return false;
	}
	if (!text && error == EFBIG)
		lack(l,
		     "try again when fewer pages are mapped one by one, as while writes are logged",
		     "%s is larger than %d MiB", path, LARGEST_DUMP >> 20);
	else if (!text)
		lack_file(l, path, error, "boot a kernel with CONFIG_PTDUMP_STAGE2_DEBUGFS");
	else if (!dump_read(text, dump, why, sizeof(why)))
		lack_line(l, path, why);
	else if (dump->count && !dump->has_types)
		lack(l, no_series, "%s tells no memory types", path);
	free(text);
	if (*l->what)
		dump_free(dump);
	return !*l->what;
}
