// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "known.h"
#include "list.h"

#define COLUMNS		"vendor device driver name"
#define MOST_LISTS	64
#define MOST_ROWS	4096
#define LARGEST_LIST	(1024 * 1024)

/* It gets into commands that a person is told to type, behind modprobe. */
static bool is_driver(const char *name)
{
	size_t len = 0;

	if (!isalnum((unsigned char)*name))
		return false;
	while (isalnum((unsigned char)name[len]) || name[len] == '_' || name[len] == '-')
		len++;
	return !name[len] && len < DEVICES_NAME;
}

/* An ID that nothing can match would be a device that is never found. */
static bool read_row(const struct list *list, size_t row, struct known_device *k)
{
	const char *driver = list_cell(list, row, "driver");

	if (!devices_id(list_cell(list, row, "vendor"), &k->vendor) ||
	    !devices_id(list_cell(list, row, "device"), &k->device) || !is_driver(driver))
		return false;
	snprintf(k->driver, sizeof(k->driver), "%s", driver);
	snprintf(k->name, sizeof(k->name), "%s", list_cell(list, row, "name"));
	return true;
}

/* A list is taken as a whole, or not at all. */
static void add_rows(struct known *known, const struct list *list, const char *path,
		     struct devices *devices)
{
	size_t count = known->count + list->count;

	if (count > MOST_ROWS) {
		devices_complain(devices, 0, "%s: more than %d rows in all lists", path,
				 MOST_ROWS);
		return;
	}
	known->devices = realloc(known->devices, (count + 1) * sizeof(*known->devices));
	if (!known->devices)
		abort();
	for (size_t row = 0; row < list->count; row++) {
		if (read_row(list, row, &known->devices[known->count + row]))
			continue;
		devices_complain(devices, 0,
				 "%s: row %zu has no vendor, device (four digits) and driver",
				 path, row + 1);
		return;
	}
	known->count = count;
}

/* The reader of lists wants a name; what it says of that is said of @path. */
void known_add(struct known *known, int fd, const char *path, struct devices *devices)
{
	char name[32], why[256];
	struct list list;
	struct stat st;

	if (fd < 0 || fstat(fd, &st)) {
		devices_complain(devices, errno, "%s: %s", path, strerror(errno));
		return;
	}
	if (st.st_size > LARGEST_LIST) {
		devices_complain(devices, 0, "%s: larger than 1 MiB", path);
		return;
	}
	if (known->lists++ >= MOST_LISTS) {
		devices_complain(devices, 0, "%s: more than %d lists", path, MOST_LISTS);
		return;
	}
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	if (!list_read(&list, name, COLUMNS, why, sizeof(why))) {
		devices_complain(devices, 0, "%s%s", path, why + strlen(name));
		return;
	}
	add_rows(known, &list, path, devices);
	list_free(&list);
}

static void read_file(struct known *known, const struct root *root, const char *path,
		      struct devices *devices)
{
	int fd = root_file(root, path);

	known_add(known, fd, path, devices);
	if (fd >= 0)
		close(fd);
}

static void read_lists(struct known *known, const struct root *root, const char *dir,
		       struct devices *devices)
{
	struct root_names names;
	char path[512];

	if (!root_list(root, dir, &names)) {
		if (errno != ENOENT)
			devices_complain(devices, errno, "%s: %s", dir, strerror(errno));
		return;
	}
	for (size_t i = 0; i < names.count; i++) {
		size_t len = strlen(names.names[i]);

		if (len < 5 || strcmp(names.names[i] + len - 5, ".list"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, names.names[i]);
		read_file(known, root, path, devices);
	}
	root_free_names(&names);
}

void known_read(struct known *known, const struct root *root, const char *own,
		struct devices *devices)
{
	struct root here;

	*known = (struct known){ 0 };
	if (root_open(&here, "/")) {
		read_file(known, &here, own, devices);
		root_close(&here);
	} else {
		devices_complain(devices, errno, "/: %s", strerror(errno));
	}
	read_lists(known, root, KNOWN_SHIPPED, devices);
	read_lists(known, root, KNOWN_LOCAL, devices);
}

const struct known_device *known_find(const struct known *known, unsigned int vendor,
				      unsigned int device)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct known_device *k = &known->devices[i];

		if (k->vendor == vendor && k->device == device)
			return k;
	}
	return NULL;
}

void known_free(struct known *known)
{
	free(known->devices);
	known->devices = NULL;
	known->count = 0;
}
