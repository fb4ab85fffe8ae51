/* SPDX-License-Identifier: GPL-2.0-only */
/* The lists of devices whose memory is coherent. */
#ifndef TOOL_KNOWN_H
#define TOOL_KNOWN_H

#include <stddef.h>

#include "devices.h"

/* Lists that come with packages, and those of the administrator. */
#define KNOWN_SHIPPED	"/usr/share/cohmem/devices.d"
#define KNOWN_LOCAL	"/etc/cohmem/devices.d"

/**
 * struct known_device - a row of a list
 * @vendor: of PCI
 * @device: likewise
 * @driver: that gives its memory to a VM
 * @name: for a person
 */
struct known_device {
	unsigned int vendor;
	unsigned int device;
	char driver[DEVICES_NAME];
	char name[DEVICES_NAME];
};

/**
 * struct known - all rows
 * @devices: in the order of the lists
 * @count: how many
 * @lists: how many lists they are of
 */
struct known {
	struct known_device *devices;
	size_t count;
	size_t lists;
};

/**
 * known_add() - read one list
 * @known: what was read before; its rows are added, all or none
 * @fd: the file, or -1 with errno
 * @path: its name, for what is said of it
 * @devices: is told what is wrong with it
 */
void known_add(struct known *known, int fd, const char *path, struct devices *devices);

/**
 * known_read() - read all lists
 * @known: is filled
 * @root: the host's files
 * @own: the list that comes with the tool, a file of this host
 * @devices: is told what cannot be read
 */
void known_read(struct known *known, const struct root *root, const char *own,
		struct devices *devices);

/** known_find() - the first row with these IDs, or NULL */
const struct known_device *known_find(const struct known *known, unsigned int vendor,
				      unsigned int device);

/** known_free() - free what known_read() has allocated */
void known_free(struct known *known);

#endif /* TOOL_KNOWN_H */
