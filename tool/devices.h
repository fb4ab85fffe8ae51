/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices of the host whose memory is coherent, and the drivers that have them. */
#ifndef TOOL_DEVICES_H
#define TOOL_DEVICES_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel.h"
#include "root.h"

#define DEVICES_PCI	"/sys/bus/pci/devices"
#define DEVICES_NAME	64	/* bytes for a name */

/* The driver that declares the memory of what it is bound to, listed or not. */
#define DEVICES_DECLARING "nvgrace_gpu_vfio_pci"

/**
 * struct device - one of them
 * @address: of PCI
 * @name: of the list, or its PCI IDs
 * @wanted: the driver that gives its memory to a VM
 * @driver: the driver that has it, or ""
 * @is_listed: a list names it; else nobody knows whether it has coherent memory
 */
struct device {
	char address[32];
	char name[DEVICES_NAME];
	char wanted[DEVICES_NAME];
	char driver[DEVICES_NAME];
	bool is_listed;
};

/**
 * struct devices - all of them
 * @why: what cannot be read, and why; or "". Then there may be others
 * @denied: it cannot be read without being root
 * @devices: sorted by address
 * @count: how many
 */
struct devices {
	char why[256];
	bool denied;
	struct device *devices;
	size_t count;
};

/**
 * devices_find() - look for them
 * @root: the host's files
 * @list: the list of the devices that are known, a file of this host
 * @devices: is filled
 */
void devices_find(const struct root *root, const char *list, struct devices *devices);

/**
 * devices_complain() - note what cannot be read
 * @devices: gets it, if it is the first
 * @why: an errno, or 0
 * @fmt: what, and why, as for printf()
 */
__printf(3, 4)
void devices_complain(struct devices *devices, int why, const char *fmt, ...);

/** devices_free() - free what devices_find() has allocated */
void devices_free(struct devices *devices);

/**
 * devices_id() - read a PCI ID
 * @text: four hexadecimal digits, perhaps with 0x
 * @id: is set
 *
 * Return: whether it is one, and nothing but that.
 */
bool devices_id(const char *text, unsigned int *id);

#endif /* TOOL_DEVICES_H */
