// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "complain.h"
#include "mounts.h"
#include "text.h"
#include "vms.h"

#define DIGITS	"0123456789"

/* A number that is at least @least, up to @end. */
static bool read_number(const char *text, size_t len, int least, int *number)
{
	long long value;

	if (!len || len > 10 || strspn(text, DIGITS) < len)
		return false;
	value = strtoll(text, NULL, 10);
	*number = value;
	return value >= least && value <= INT_MAX;
}

bool vms_read_name(const char *name, struct vms_vm *vm)
{
	size_t len = strcspn(name, "-");

	*vm = (struct vms_vm){ 0 };
	if (!name[len] || !read_number(name, len, 1, &vm->pid) ||
	    !read_number(name + len + 1, strlen(name + len + 1), 0, &vm->fd))
		return false;
	snprintf(vm->name, sizeof(vm->name), "%s", name);
	return true;
}

int vms_process(const struct root *root, int thread)
{
	char path[64], *text, *at;
	int process = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", thread);
	text = root_read(root, path, 1 << 16);
	at = text ? strstr(text, "\nTgid:\t") : NULL;
	if (at) {
		at += strlen("\nTgid:\t");
		if (!read_number(at, strcspn(at, "\n"), 1, &process))
			process = 0;
	}
	free(text);
	return process;
}

/*
 * The number of a thread that has ended is given to another one. Its descriptors are for root,
 * and a copy of files need not have them.
 */
static bool is_taken(const struct root *root, const struct vms_vm *vm)
{
	char path[64], target[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", vm->pid, vm->fd);
	if (root_link(root, path, target, sizeof(target)))
		return strcmp(target, "anon_inode:kvm-vm");
	if (errno != ENOENT)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/fd", vm->pid);
	return root_exists(root, path);
}

/* The directory is named after a thread, which may be any of the process's. */
static void find_process(const struct root *root, struct vms_vm *vm)
{
	char path[64], *text;

	if (is_taken(root, vm))
		return;
	vm->process = vms_process(root, vm->pid);
	if (!vm->process)
		return;
	snprintf(path, sizeof(path), "/proc/%d/comm", vm->process);
	text = root_line(root, path);
	if (text)
		snprintf(vm->process_name, sizeof(vm->process_name), "%s", text);
	text_printable(vm->process_name);
	free(text);
}

static int compare(const void *a, const void *b)
{
	const struct vms_vm *va = a, *vb = b;

	return va->pid != vb->pid ? (va->pid > vb->pid) - (va->pid < vb->pid) :
	       (va->fd > vb->fd) - (va->fd < vb->fd);
}

bool vms_list(const struct root *root, struct vms *vms)
{
	struct root_names names;

	*vms = (struct vms){ 0 };
	if (!root_list(root, VMS_DIR, &names))
		return false;
	vms->vms = calloc(names.count + 1, sizeof(*vms->vms));
	if (!vms->vms)
		abort();
	/* Beside the VMs there are statistics of all of them. */
	for (size_t i = 0; i < names.count; i++) {
		struct vms_vm *vm = &vms->vms[vms->count];

		if (!vms_read_name(names.names[i], vm))
			continue;
		find_process(root, vm);
		vms->count++;
	}
	root_free_names(&names);
	qsort(vms->vms, vms->count, sizeof(*vms->vms), compare);
	return true;
}

void vms_free(struct vms *vms)
{
	free(vms->vms);
	*vms = (struct vms){ 0 };
}

static bool has_debugfs(const struct root *root)
{
	char *mounts = root_read(root, MOUNTS_FILE, MOUNTS_LARGEST);
	const char *at = mounts;
	struct mounts_entry entry;
	bool found = false;

	while (at && !found && mounts_next(&at, "debugfs", &entry))
		found = !strcmp(entry.where, VMS_DEBUGFS);
	free(mounts);
	return found;
}

const char *vms_why(const struct root *root, int why, const char **remedy)
{
	if ((why == EACCES || why == EPERM) && geteuid()) {
		*remedy = "run it as root";
		return VMS_DIR " is for root only";
	}
	if (why == ENOENT && !has_debugfs(root)) {
		*remedy = "mount -t debugfs none " VMS_DEBUGFS;
		return VMS_DIR " is not there: debugfs is not mounted";
	}
	if (why == ENOENT) {
		*remedy = "load KVM, or see cohmem check, line kvm";
		return VMS_DIR " is not there: this kernel has no KVM, or its KVM no debugfs";
	}
	*remedy = "see cohmem check, line lockdown";
	return VMS_DIR " cannot be read";
}

bool vms_open(const struct root *root, struct vms *vms)
{
	const char *what, *remedy;
	int why;

	if (vms_list(root, vms))
		return true;
	why = errno;
	what = vms_why(root, why, &remedy);
	complain(remedy, "%s: %s", what, strerror(why));
	return false;
}

/* Those of that name, or all; with commas between them, as far as there is room. */
static void list_names(const struct vms *vms, int pid, char *text, size_t size)
{
	size_t len = 0;

	*text = '\0';
	for (size_t i = 0; i < vms->count && len + VMS_NAME + 8 < size; i++) {
		const struct vms_vm *vm = &vms->vms[i];

		if (pid && vm->pid != pid && vm->process != pid)
			continue;
		len += snprintf(text + len, size - len, "%s%s", len ? ", " : "", vm->name);
		if (len + VMS_NAME + 8 >= size)
			snprintf(text + len, size - len, ", ...");
	}
}

const struct vms_vm *vms_find(const struct vms *vms, const char *name)
{
	const struct vms_vm *found = NULL;
	char names[512], remedy[640];
	size_t count = 0;
	int pid = 0;

	if (!read_number(name, strlen(name), 1, &pid))
		pid = 0;
	for (size_t i = 0; i < vms->count; i++) {
		const struct vms_vm *vm = &vms->vms[i];

		if (!strcmp(vm->name, name))
			return vm;
		if (!pid || (vm->pid != pid && vm->process != pid))
			continue;
		found = vm;
		count++;
	}
	if (count == 1)
		return found;
	list_names(vms, count ? pid : 0, names, sizeof(names));
	snprintf(remedy, sizeof(remedy), count ? "name one of them: %s" :
		 *names ? "name one of these, by PID or PID-FD: %s" :
		 "no VM runs on this host; start one%s", names);
	if (count)
		complain(remedy, "process %s has %zu VMs", name, count);
	else
		complain(remedy, "there is no VM '%.40s'", name);
	return NULL;
}

void vms_path(const struct vms_vm *vm, const char *file, char *path, size_t size)
{
	snprintf(path, size, VMS_DIR "/%s/%s", vm->name, file);
}
