/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMs of a host: KVM has a directory for each in debugfs, kvm/PID-FD. */
#ifndef TOOL_VMS_H
#define TOOL_VMS_H

#include <stdbool.h>
#include <stddef.h>

#include "root.h"

#define VMS_DEBUGFS	"/sys/kernel/debug"
#define VMS_DIR		VMS_DEBUGFS "/kvm"
#define VMS_NAME	32	/* bytes of PID-FD */
#define VMS_PROCESS	20	/* bytes of a process's name */

/**
 * struct vms_vm - a VM
 * @name: PID-FD, its directory
 * @pid: the thread that made it
 * @fd: its descriptor there
 * @process: the process of that thread, or 0 if it has gone
 * @process_name: its name, printable, or ""
 */
struct vms_vm {
	char name[VMS_NAME];
	int pid;
	int fd;
	int process;
	char process_name[VMS_PROCESS];
};

/**
 * struct vms - all of them
 * @vms: by PID, then by descriptor
 * @count: how many
 */
struct vms {
	struct vms_vm *vms;
	size_t count;
};

/** vms_read_name() - read PID-FD; false if a name is none */
bool vms_read_name(const char *name, struct vms_vm *vm);

/**
 * vms_list() - look for them
 * @root: the host's files
 * @vms: is filled
 *
 * Return: whether it worked; false with errno. Then there is nothing to free.
 */
bool vms_list(const struct root *root, struct vms *vms);

/** vms_free() - free what vms_list() has allocated */
void vms_free(struct vms *vms);

/**
 * vms_why() - why there is no list of VMs
 * @root: the host's files
 * @why: the errno of vms_list()
 * @remedy: is set to what to do
 *
 * Return: what is wrong, for a person; a constant string.
 */
const char *vms_why(const struct root *root, int why, const char **remedy);

/** vms_open() - vms_list() that complains where it fails */
bool vms_open(const struct root *root, struct vms *vms);

/**
 * vms_find() - the VM that somebody names
 * @vms: all
 * @name: PID or PID-FD; a PID may be that of the process, too
 *
 * Return: it, or NULL after a complaint if there is none, or more than one.
 */
const struct vms_vm *vms_find(const struct vms *vms, const char *name);

/** vms_process() - the process of a thread, or 0 if it has gone */
int vms_process(const struct root *root, int thread);

/** vms_path() - the path of a file of a VM, in a buffer of @size bytes */
void vms_path(const struct vms_vm *vm, const char *file, char *path, size_t size);

#endif /* TOOL_VMS_H */
