// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmdline.h"
#include "config.h"
#include "host.h"
#include "mounts.h"
#include "pools.h"
#include "unpack.h"

#define CONFIG_GZ	"/proc/config.gz"
#define LARGEST_CONFIG	(4 << 20)
#define LARGEST_TEXT	(1024 * 1024)

static void read_config(struct host *host)
{
	snprintf(host->config_path, sizeof(host->config_path), CONFIG_GZ);
	host->config = unpack(root_file(&host->root, CONFIG_GZ), CONFIG_GZ, LARGEST_CONFIG);
	/* A name with / in it would be another file. */
	if (host->config || !host->osrelease || strchr(host->osrelease, '/')) {
		host->config_why = errno;
		return;
	}
	snprintf(host->config_path, sizeof(host->config_path), "/boot/config-%s",
		 host->osrelease);
	host->config = root_read(&host->root, host->config_path, LARGEST_CONFIG);
	host->config_why = errno;
}

static void read_request(struct host *host)
{
	const char *at = host->cmdline;
	char value[CMDLINE_WORD];

	while (at && cmdline_next(&at, "guestram", value, sizeof(value)))
		ram_request_add(&host->request, value);
}

bool host_open_files(struct host *host, const char *dir)
{
	*host = (struct host){ .is_copy = dir };
	if (!root_open(&host->root, dir ?: "/"))
		return false;
	host->osrelease = root_line(&host->root, HOST_RELEASE);
	host->has_release = host->osrelease && release_read(host->osrelease, &host->release);
	host->cmdline = root_read(&host->root, HOST_CMDLINE, LARGEST_TEXT);
	host->cmdline_why = errno;
	read_config(host);
	read_request(host);
	return true;
}

void host_look(struct host *host, const char *list)
{
	devices_find(&host->root, list, &host->devices);
	if (!host->is_copy)
		kvm_ask(&host->kvm);
}

void host_close(struct host *host)
{
	free(host->osrelease);
	free(host->cmdline);
	free(host->config);
	devices_free(&host->devices);
	root_close(&host->root);
}

bool host_parameter(const struct host *host, const char *name, char *value, size_t size)
{
	return host->cmdline && cmdline_last(host->cmdline, name, value, size);
}

bool host_is_protected(const struct host *host)
{
	char value[CMDLINE_WORD];

	return host_parameter(host, "kvm-arm.mode", value, sizeof(value)) &&
	       !strcmp(value, "protected");
}

bool host_may_be_off(const struct host *host)
{
	char value[CMDLINE_WORD];

	return !host->cmdline || host_is_protected(host) ||
	       (host_parameter(host, HOST_POLICY, value, sizeof(value)) && !strcmp(value, "off"));
}

static bool has_guestramfs(const struct host *host)
{
	char *text = root_read(&host->root, HOST_FILESYSTEMS, LARGEST_TEXT);
	bool found = text && mounts_knows(text, POOLS_TYPE);

	free(text);
	return found;
}

/* KVM says 0, and neither cohmem's series nor mainline's version has a reason to. */
static bool is_stock(const struct host *host, bool is_late)
{
	const struct kvm_facts *kvm = &host->kvm;

	return kvm->answer == KVM_ANSWERED && !kvm->capability && kvm_has_fwb(kvm) &&
	       !host_may_be_off(host) && (kvm_has_dic(kvm) || !is_late);
}

enum host_kernel host_kernel(const struct host *host, const char **source)
{
	bool answered = host->kvm.answer == KVM_ANSWERED;
	bool is_late = host->has_release && release_is_at_least(&host->release, 6, 17);

	*source = "KVM_CHECK_EXTENSION of 243";
	if (answered && host->kvm.capability & KVM_CAPABILITY_DECLARED)
		return HOST_KERNEL_COHMEM;
	/* The series adds this option, and no file in /sys. */
	if (host->config && config_state(host->config, "GUESTRAMFS") != CONFIG_ABSENT) {
		*source = host->config_path;
		return HOST_KERNEL_COHMEM;
	}
	if (has_guestramfs(host)) {
		*source = HOST_FILESYSTEMS;
		return HOST_KERNEL_COHMEM;
	}
	if (answered && host->kvm.capability == KVM_CAPABILITY_ANY)
		return HOST_KERNEL_MAINLINE;
	if (is_stock(host, is_late))
		return HOST_KERNEL_STOCK;
	*source = is_late ? HOST_RELEASE : host->config_path;
	return is_late ? HOST_KERNEL_MAINLINE : HOST_KERNEL_UNKNOWN;
}

unsigned long host_page_size(const struct host *host, const char **source)
{
	*source = "sysconf(_SC_PAGESIZE)";
	if (!host->is_copy)
		return sysconf(_SC_PAGESIZE);
	*source = host->config_path;
	if (!host->config)
		return 0;
	if (config_state(host->config, "ARM64_4K_PAGES") == CONFIG_ON)
		return 4096;
	if (config_state(host->config, "ARM64_16K_PAGES") == CONFIG_ON)
		return 16384;
	return config_state(host->config, "ARM64_64K_PAGES") == CONFIG_ON ? 65536 : 0;
}
