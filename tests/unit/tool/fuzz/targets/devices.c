// SPDX-License-Identifier: GPL-2.0-only
/* A list of devices, in a file in memory. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "known.h"

static int put(const u8 *data, size_t size)
{
	int fd = memfd_create("list", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	return fd;
}

static void look_at(const struct known *known, const struct known_device *k)
{
	/* The driver gets into a command that a person is told to type. */
	fuzz_must(isalnum((unsigned char)*k->driver), "a driver is no option of modprobe");
	for (const char *c = k->driver; *c; c++)
		fuzz_must(isalnum((unsigned char)*c) || *c == '_' || *c == '-',
			  "a driver has nothing that a shell would take for its own");
	fuzz_must(k->vendor <= 0xffff && k->device <= 0xffff, "an ID has four digits");
	fuzz_must(known_find(known, k->vendor, k->device), "a device of the list is found");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct devices devices = { 0 };
	struct known known = { 0 };
	int fd = put(data, size);
	size_t count;

	known_add(&known, fd, "a.list", &devices);
	count = known.count;
	fuzz_must(!*devices.why || !count, "a list is taken as a whole, or not at all");
	known_add(&known, fd, "a.list", &devices);
	fuzz_must(known.count == 2 * count, "a list is the same when it is read again");
	for (size_t i = 0; i < known.count; i++)
		look_at(&known, &known.devices[i]);
	known_free(&known);
	close(fd);
	return 0;
}
