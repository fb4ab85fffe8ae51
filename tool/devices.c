// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "known.h"
#include "text.h"

bool devices_id(const char *text, unsigned int *id)
{
	char *end;

	if (text_starts(text, "0x"))
		text += 2;
	if (strlen(text) != 4 || !isxdigit((unsigned char)*text))
		return false;
	*id = strtoul(text, &end, 16);
	return !*end;
}

void devices_complain(struct devices *devices, int why, const char *fmt, ...)
{
	va_list ap;

	devices->denied |= why == EACCES || why == EPERM;
	/* The first one is the cause of others. */
	if (*devices->why)
		return;
	va_start(ap, fmt);
	vsnprintf(devices->why, sizeof(devices->why), fmt, ap);
	va_end(ap);
}

/* It gets into commands that a person is told to type. */
static bool is_address(const char *name)
{
	return *name && !name[strspn(name, "0123456789abcdef:.")];
}

/* Without the name it is a device that was taken out meanwhile. */
static void complain_of(const struct root *root, const char *address, const char *file, int why,
			struct devices *devices)
{
	char path[512];

	snprintf(path, sizeof(path), DEVICES_PCI "/%s", address);
	if (why == ENOENT && !root_has_name(root, path) && errno == ENOENT)
		return;
	devices_complain(devices, why, "%s/%s: %s", path, file, strerror(why));
}

static bool read_id(const struct root *root, const char *address, const char *file,
		    unsigned int *id, struct devices *devices)
{
	char path[512], *text;
	bool good;
	int why;

	snprintf(path, sizeof(path), DEVICES_PCI "/%s/%s", address, file);
	text = root_line(root, path);
	why = text ? EINVAL : errno;
	good = text && devices_id(text, id);
	if (!good)
		complain_of(root, address, file, why, devices);
	free(text);
	return good;
}

static bool read_driver(const struct root *root, struct device *d, struct devices *devices)
{
	char path[512];

	snprintf(path, sizeof(path), DEVICES_PCI "/%s/driver", d->address);
	if (root_link(root, path, d->driver, sizeof(d->driver)))
		return true;
	*d->driver = '\0';
	if (errno == ENOENT)
		return true;
	complain_of(root, d->address, "driver", errno, devices);
	return false;
}

static void add(struct devices *devices, const struct device *d)
{
	size_t count = devices->count;

	/* Room is doubled. */
	if (!(count & (count - 1))) {
		devices->devices = realloc(devices->devices,
					   (count ? 2 * count : 1) * sizeof(*d));
		if (!devices->devices)
			abort();
	}
	devices->devices[devices->count++] = *d;
}

static void look_at(const struct root *root, const struct known *known, const char *address,
		    struct devices *devices)
{
	const struct known_device *k;
	struct device d = { 0 };
	unsigned int vendor, device;

	snprintf(d.address, sizeof(d.address), "%s", address);
	if (!read_id(root, address, "vendor", &vendor, devices) ||
	    !read_id(root, address, "device", &device, devices) ||
	    !read_driver(root, &d, devices))
		return;
	k = known_find(known, vendor, device);
	d.is_listed = k;
	if (k) {
		snprintf(d.wanted, sizeof(d.wanted), "%s", k->driver);
		snprintf(d.name, sizeof(d.name), "%s", k->name);
	} else if (!strcmp(d.driver, DEVICES_DECLARING)) {
		snprintf(d.wanted, sizeof(d.wanted), "%s", DEVICES_DECLARING);
		snprintf(d.name, sizeof(d.name), "%04x:%04x", vendor, device);
	} else {
		return;
	}
	add(devices, &d);
}

void devices_find(const struct root *root, const char *list, struct devices *devices)
{
	struct root_names names;
	struct known known;

	*devices = (struct devices){ 0 };
	known_read(&known, root, list, devices);
	if (!root_list(root, DEVICES_PCI, &names)) {
		/* A host without PCI has none. */
		if (errno != ENOENT)
			devices_complain(devices, errno, "%s: %s", DEVICES_PCI,
					 strerror(errno));
	} else {
		for (size_t i = 0; i < names.count; i++) {
			if (is_address(names.names[i]))
				look_at(root, &known, names.names[i], devices);
		}
		root_free_names(&names);
	}
	known_free(&known);
}

void devices_free(struct devices *devices)
{
	free(devices->devices);
	devices->devices = NULL;
	devices->count = 0;
}
