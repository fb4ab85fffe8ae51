/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel shows of a VM, and what it does not, with what to do about that. */
#ifndef TOOL_VIEW_H
#define TOOL_VIEW_H

#include "dump.h"
#include "memslots.h"
#include "statistics.h"

/**
 * struct view_lack - something that is not shown
 * @what: what, and why; "" if nothing lacks
 * @remedy: what to do
 */
struct view_lack {
	char what[320];
	const char *remedy;
};

/**
 * struct view - a VM
 * @vm: its names
 * @statistics: its statistics, if there is no @statistics_lack
 * @statistics_lack: why they are not shown
 * @memslots: its memslots, if there is no @memslots_lack
 * @memslots_lack: why they are not shown
 */
struct view {
	struct vms_vm vm;
	struct statistics statistics;
	struct view_lack statistics_lack;
	struct memslots memslots;
	struct view_lack memslots_lack;
};

/**
 * view_statistics() - read the statistics of a VM
 * @root: the host's files
 * @vm: the VM
 * @statistics: is filled
 * @lack: why they are not shown, or "" for a VM that has ended
 *
 * Return: whether they are shown.
 */
bool view_statistics(const struct root *root, const struct vms_vm *vm,
		     struct statistics *statistics, struct view_lack *lack);

/**
 * view_read() - look at a VM, without a walk of its stage 2
 * @root: the host's files
 * @vm: the VM
 * @view: is filled
 *
 * Return: whether it is there; a VM may end at any time. If not, there is nothing to free.
 */
bool view_read(const struct root *root, const struct vms_vm *vm, struct view *view);

/** view_free() - free what view_read() has allocated */
void view_free(struct view *view);

/**
 * view_walk() - have the kernel walk a VM's stage 2
 * @root: the host's files
 * @vm: the VM
 * @dump: is filled
 * @lack: why there is no dump; nothing lacks if the VM has ended, before or meanwhile
 *
 * Return: whether there is a whole one. If not, there is nothing to free.
 */
bool view_walk(const struct root *root, const struct vms_vm *vm, struct dump *dump,
	       struct view_lack *lack);

#endif /* TOOL_VIEW_H */
