// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmdline.h"
#include "complain.h"
#include "labels.h"
#include "pools.h"

#define PREFIX	"feature.node.kubernetes.io/cohmem-"
#define DEVICE	"device."

/* What of a name there is room for, behind "cohmem-device." */
#define LONGEST_DEVICE (LABELS_LONGEST - (sizeof("cohmem-" DEVICE) - 1))

void labels_name(const char *text, char *name, size_t size)
{
	size_t len = 0;
	bool gap = false;

	for (; *text; text++) {
		if (!isascii(*text) || !isalnum((unsigned char)*text)) {
			gap = len;
			continue;
		}
		if (len + gap + 1 >= size)
			break;
		if (gap)
			name[len++] = '-';
		name[len++] = *text;
		gap = false;
	}
	name[len] = '\0';
}

static const char *policy_of(const struct host *host)
{
	static const char * const policies[] = { "declared", "strict", "any", "off" };
	char value[CMDLINE_WORD];

	if (host_is_protected(host))
		return "off";
	if (!host_parameter(host, HOST_POLICY, value, sizeof(value)))
		return "declared";
	for (size_t i = 0; i < ARRAY_SIZE(policies); i++) {
		if (!strcmp(value, policies[i]))
			return policies[i];
	}
	/* As the kernel does. */
	return "declared";
}

static bool print_kernel(const struct host *host, FILE *out)
{
	static const char * const names[] = {
		[HOST_KERNEL_STOCK] = "stock",
		[HOST_KERNEL_MAINLINE] = "mainline",
		[HOST_KERNEL_COHMEM] = "cohmem",
	};
	const char *source;
	enum host_kernel kernel = host_kernel(host, &source);

	if (kernel == HOST_KERNEL_UNKNOWN) {
		complain("see cohmem check, line kernel",
			 "it is not known whether the kernel has cohmem's series");
		return false;
	}
	fprintf(out, PREFIX "kernel=%s\n", names[kernel]);
	if (kernel != HOST_KERNEL_COHMEM)
		return true;
	if (!host->cmdline) {
		complain("see cohmem check, line policy", HOST_CMDLINE " cannot be read: %s",
			 strerror(host->cmdline_why));
		return false;
	}
	fprintf(out, PREFIX "policy=%s\n", policy_of(host));
	return true;
}

static bool print_pages(const struct host *host, FILE *out)
{
	const char *source;
	unsigned long size = host_page_size(host, &source);

	if (size) {
		fprintf(out, PREFIX "page-size=%lu\n", size);
		return true;
	}
	complain("see cohmem check, line pages", "the page size is not known");
	return false;
}

/* What another driver has gives its memory to nobody, and what is unlisted may have none. */
static void name_device(const struct device *d, char *name, size_t size)
{
	*name = '\0';
	if (d->is_listed && !strcmp(d->driver, d->wanted))
		labels_name(d->name, name, size);
}

static bool print_devices(const struct host *host, FILE *out)
{
	const struct devices *devices = &host->devices;
	char name[LONGEST_DEVICE + 1], other[LONGEST_DEVICE + 1];
	bool good = true;

	for (size_t i = 0; i < devices->count; i++) {
		size_t before = 0, count = 0;

		name_device(&devices->devices[i], name, sizeof(name));
		for (size_t k = 0; *name && k < devices->count; k++) {
			name_device(&devices->devices[k], other, sizeof(other));
			if (strcmp(name, other))
				continue;
			count++;
			before += k < i;
		}
		if (count && !before)
			fprintf(out, PREFIX DEVICE "%s=%zu\n", name, count);
		if (devices->devices[i].is_listed)
			continue;
		complain("see cohmem check, line device",
			 "whether %s has coherent memory is not known",
			 devices->devices[i].address);
		good = false;
	}
	if (!*devices->why)
		return good;
	complain("see cohmem check, line device", "devices cannot be read: %s", devices->why);
	return false;
}

static bool print_pools(const struct host *host, FILE *out)
{
	struct root_names names;
	struct pool pool;
	bool good = true;

	if (!pools_list(&host->root, &names)) {
		complain("see cohmem check, line guestram", POOLS_DIR " cannot be read: %s",
			 strerror(errno));
		return false;
	}
	for (size_t i = 0; i < names.count; i++) {
		if (pools_read(&host->root, names.names[i], &pool)) {
			fprintf(out, PREFIX "guestram.node%d=%llu\n", pool.node, pool.size);
			continue;
		}
		complain("see cohmem check, line guestram", POOLS_DIR "/%s cannot be read: %s",
			 names.names[i], strerror(errno));
		good = false;
	}
	root_free_names(&names);
	return good;
}

bool labels_print(const struct host *host, FILE *out)
{
	bool good = print_kernel(host, out);

	good &= print_pages(host, out);
	good &= print_devices(host, out);
	good &= print_pools(host, out);
	return good;
}
