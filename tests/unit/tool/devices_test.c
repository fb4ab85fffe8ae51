// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "fixture.h"
#include "kernel.h"
#include "tap.h"
#include "tool_test.h"

#define MORE	"/usr/share/cohmem/devices.d/rig.list"
#define DEVICE	"/sys/bus/pci/devices/0000:00:05.0/"
#define HEAD	"vendor | device | driver | name\n"

static struct root root;
static char why[256];
static const char *own = COHMEM_DATA "/devices.list";

/*
 * Return: whether exactly one device is found, with that name; and @why has what
 * cannot be read.
 */
static bool finds(const char *name)
{
	struct devices devices;
	bool good;

	devices_find(&root, own, &devices);
	good = devices.count == (name ? 1 : 0) &&
	       (!name || !strcmp(devices.devices[0].name, name));
	snprintf(why, sizeof(why), "%s", devices.why);
	devices_free(&devices);
	return good;
}

static void put_device(const char *vendor, const char *device, const char *driver)
{
	fixture_put(DEVICE "vendor", vendor);
	fixture_put(DEVICE "device", device);
	fixture_put(DEVICE "driver", driver);
}

/* Each is refused whole, and named. */
static const struct {
	const char *what;
	const char *text;
	const char *why;
} refused[] = {
	{ "a list without its columns", "vendor | device\n", MORE ": there is no column name" },
	{ "a torn row", HEAD "1af4 | 1110\n", MORE ":2: a row of 2 cells" },
	{ "an ID that is none", HEAD "1af4 | 111 | x | y\n", "row 1 has no vendor" },
	{ "a driver that a shell would run", HEAD "1af4 | 1110 | x;reboot | y\n", "row 1 has no" },
	{ "a driver that modprobe would take for an option", HEAD "1af4 | 1110 | -r | y\n",
	  "row 1 has no" },
	{ "an empty list", "", "an empty list" },
};

static void test_limits(void)
{
	size_t len = strlen(HEAD), size = 2 << 20;
	char *text = malloc(size + 1), path[64];

	if (!text)
		abort();
	memcpy(text, HEAD, len);
	memset(text + len, '\n', size - len);
	text[size] = '\0';
	fixture_put(MORE, text);
	tap(finds(NULL) && strstr(why, MORE ": larger than 1 MiB"),
	    "devices: a list that is too large is refused");
	for (size_t row = 0; row <= 4096; row++)
		len += sprintf(text + len, "1af4 | 1110 | x | y\n");
	text[len] = '\0';
	fixture_put(MORE, text);
	tap(finds(NULL) && strstr(why, "more than 4096 rows"),
	    "devices: more rows than anybody has are refused");
	free(text);
	fixture_put(MORE, NULL);
	for (size_t i = 0; i < 65; i++) {
		sprintf(path, "/etc/cohmem/devices.d/%02zu.list", i);
		fixture_put(path, HEAD);
	}
	tap(finds(NULL) && strstr(why, "more than 64 lists"),
	    "devices: more lists than anybody has are refused");
	fixture_put("/etc", NULL);
	own = "/none/devices.list";
	tap(finds(NULL) && !strcmp(why, "/none/devices.list: No such file or directory"),
	    "devices: a list that is not there is told");
}

void test_devices(void)
{
	if (!root_open(&root, fixture_begin(NULL)))
		abort();
	tap(finds(NULL) && !*why, "devices: a host without PCI has none");
	put_device("0x10de\n", "0x2941\n", NULL);
	tap(finds("NVIDIA GB200") && !*why, "devices: one of the list is found");
	put_device("0x10de\n", "0x2942\n", "-> ../drivers/nouveau");
	tap(finds(NULL), "devices: one that is not in the list is not found");
	put_device("0x1af4\n", "0x1110\n", "-> ../drivers/nvgrace_gpu_vfio_pci");
	tap(finds("1af4:1110"),
	    "devices: one that a driver has which declares memory is found");
	put_device("0x1af4\n", "0x1110\n", NULL);
	fixture_put(MORE, HEAD "1af4 | 1110 | nvgrace_gpu_vfio_pci | the rig's GPU\n");
	tap(finds("the rig's GPU") && !*why, "devices: one of a further list is found");
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		fixture_put(MORE, refused[i].text);
		tap(finds(NULL) && strstr(why, refused[i].why), "devices: refused is %s",
		    refused[i].what);
		tap_note("%s", why);
	}
	fixture_put(MORE, NULL);
	put_device("0x10de\n", "0x2941\n", NULL);
	fixture_put("/sys/bus/pci/devices/$(reboot)/vendor", "0x10de\n");
	fixture_put("/sys/bus/pci/devices/$(reboot)/device", "0x2941\n");
	tap(finds("NVIDIA GB200"), "devices: an address that is none is passed over");
	fixture_put("/sys", NULL);
	test_limits();
	root_close(&root);
}
