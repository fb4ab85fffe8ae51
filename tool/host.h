/* SPDX-License-Identifier: GPL-2.0-only */
/* The host that is looked at: what several lines of a check are about. */
#ifndef TOOL_HOST_H
#define TOOL_HOST_H

#include <stdbool.h>

#include "devices.h"
#include "kvm.h"
#include "ram_request.h"
#include "release.h"
#include "root.h"

#define HOST_RELEASE	"/proc/sys/kernel/osrelease"
#define HOST_CMDLINE	"/proc/cmdline"
#define HOST_FILESYSTEMS "/proc/filesystems"
#define HOST_POLICY	"kvm-arm.cacheable_pfnmap"

/* The list of known devices that comes with the tool, a file of this host. */
#define HOST_DEVICES	COHMEM_DATA "/devices.list"

/**
 * enum host_kernel - whose kernel runs
 * @HOST_KERNEL_UNKNOWN: nothing says so
 * @HOST_KERNEL_STOCK: one that gives guests such memory as Device memory, by KVM's answers
 * @HOST_KERNEL_MAINLINE: one that has mainline's own version of a part, as since 6.17
 * @HOST_KERNEL_COHMEM: one with cohmem's series
 */
enum host_kernel {
	HOST_KERNEL_UNKNOWN,
	HOST_KERNEL_STOCK,
	HOST_KERNEL_MAINLINE,
	HOST_KERNEL_COHMEM,
};

/**
 * struct host - the host
 * @root: its files
 * @is_copy: they are another host's, or a test's; KVM is not asked
 * @kvm: what KVM says
 * @devices: coherent devices
 * @osrelease: its release, or NULL
 * @has_release: @release is of it
 * @release: the numbers of @osrelease
 * @cmdline: the kernel's command line, or NULL
 * @cmdline_why: the errno then
 * @config: the kernel's configuration, or NULL
 * @config_path: where it is, or would be
 * @config_why: the errno then
 * @request: what guestram= asks for
 */
struct host {
	struct root root;
	bool is_copy;
	struct kvm_facts kvm;
	struct devices devices;
	char *osrelease;
	bool has_release;
	struct release release;
	char *cmdline;
	int cmdline_why;
	char *config;
	char config_path[512];
	int config_why;
	struct ram_request request;
};

/**
 * host_open_files() - open a host's files, and read those about its kernel
 * @host: is filled; no device is looked for, and KVM is not asked
 * @dir: directory with a copy of its files, or NULL for this host
 *
 * Return: whether the directory is there; false with errno.
 */
bool host_open_files(struct host *host, const char *dir);

/**
 * host_look() - look for devices, and ask KVM if this is not a copy
 * @host: the host
 * @list: the list of known devices, a file of this host
 */
void host_look(struct host *host, const char *list);

/** host_close() - free all of it */
void host_close(struct host *host);

/**
 * host_kernel() - whose kernel runs
 * @host: the host
 * @source: is set to what says so
 */
enum host_kernel host_kernel(const struct host *host, const char **source);

/** host_is_protected() - whether KVM is asked to protect guests from the host */
bool host_is_protected(const struct host *host);

/** host_may_be_off() - whether the command line has cohmem off, or cannot be read */
bool host_may_be_off(const struct host *host);

/** host_page_size() - bytes, or 0 if that is not known; *@source is set to what says so */
unsigned long host_page_size(const struct host *host, const char **source);

/** host_parameter() - the last value of a parameter on the kernel's command line, or false */
bool host_parameter(const struct host *host, const char *name, char *value, size_t size);

#endif /* TOOL_HOST_H */
