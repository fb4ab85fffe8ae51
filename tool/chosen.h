/* SPDX-License-Identifier: GPL-2.0-only */
/* The VM that a command is told to look at. */
#ifndef TOOL_CHOSEN_H
#define TOOL_CHOSEN_H

#include "arguments.h"
#include "view.h"

/**
 * struct chosen - a VM, and the host that it runs on
 * @host: the host
 * @vms: all of its VMs
 * @view: the VM, with its memslots
 * @page_size: of the host, or 0 if it is not known
 */
struct chosen {
	struct host host;
	struct vms vms;
	struct view view;
	u64 page_size;
};

/**
 * chosen_open() - look at a VM, without a walk of its stage 2
 * @arguments: the options
 * @name: PID or PID-FD
 * @chosen: is filled
 *
 * Return: 0; or, after a complaint, the exit status. Then there is nothing to close.
 */
int chosen_open(const struct arguments *arguments, const char *name, struct chosen *chosen);

/** chosen_close() - free what chosen_open() has allocated */
void chosen_close(struct chosen *chosen);

/**
 * chosen_walk() - have the kernel walk the VM's stage 2
 * @chosen: the VM
 * @dump: is filled
 *
 * Return: 0; or, after a complaint, the exit status. Then there is nothing to free.
 */
int chosen_walk(const struct chosen *chosen, struct dump *dump);

#endif /* TOOL_CHOSEN_H */
