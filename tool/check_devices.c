// SPDX-License-Identifier: GPL-2.0-only
/* Devices with coherent memory, and the IOMMU that a VM needs to have one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_lines.h"
#include "cmdline.h"
#include "config.h"
#include "kernel.h"
#include "known.h"

#define IOMMUS		"/sys/class/iommu"
#define UNIT		"/usr/lib/systemd/system/cohmem-gpu@.service"

/*
 * What a person types to give a device to the driver that it is for. A device is not taken
 * from its driver if that one cannot be loaded.
 */
#define TAKE	"modprobe %s && echo %s >" DEVICES_PCI "/%s/driver_override && "
#define UNBIND	"echo %s >" DEVICES_PCI "/%s/driver/unbind && "
#define PROBE	"echo %s >/sys/bus/pci/drivers_probe"

static const char * const yes_words[] = { "1", "y", "Y", "t", "T", "on", "On", "ON", "oN" };

static bool is_passthrough(const struct host *host)
{
	char value[CMDLINE_WORD];

	if (!host_parameter(host, "iommu.passthrough", value, sizeof(value)))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(yes_words); i++) {
		if (!strcmp(value, yes_words[i]))
			return true;
	}
	return false;
}

/* Return: whether that can be said of each device, and is so. */
static bool are_behind(const struct host *host, size_t count, struct report *report)
{
	const struct devices *devices = &host->devices;
	bool good = true;
	char path[512];

	for (size_t i = 0; i < devices->count; i++) {
		snprintf(path, sizeof(path), DEVICES_PCI "/%s/iommu_group",
			 devices->devices[i].address);
		if (root_has_name(&host->root, path))
			continue;
		good = false;
		if (errno != ENOENT) {
			report_unread(report, path, errno);
			continue;
		}
		/* Linux 6.12 looks for a device's IOMMU when a driver takes it. */
		if (!*devices->devices[i].driver) {
			report_add(report, REPORT_UNKNOWN, devices->devices[i].address, path,
				   "the kernel looks for its IOMMU when a driver takes it");
			report_remedy(report, "see line device");
			continue;
		}
		report_add(report, REPORT_NO, devices->devices[i].address, path,
			   "is behind none of the %zu IOMMU%s: no VM can have it", count,
			   count == 1 ? "" : "s");
		report_remedy(report,
			      "see what the kernel's log says of iommu; the firmware's IORT has to name an SMMU for it");
	}
	return good;
}

static void check_no_iommu(const struct devices *devices, struct report *report)
{
	if (devices->count) {
		report_add(report, REPORT_NO, "", IOMMUS,
			   "none: no device can be assigned to a VM");
		report_remedy(report,
			      "switch the SMMU on in the firmware, and boot a kernel with CONFIG_ARM_SMMU_V3");
	} else if (*devices->why) {
		report_add(report, REPORT_UNKNOWN, "", IOMMUS,
			   "none; whether there is a coherent device is not known");
		report_remedy(report, "see line device");
	} else {
		report_add(report, REPORT_NOT_NEEDED, "", IOMMUS,
			   "none, and there is no coherent device to assign");
	}
}

void check_devices_iommu(const struct host *host, struct report *report)
{
	struct root_names names = { 0 };
	size_t count;

	if (!root_list(&host->root, IOMMUS, &names) && errno != ENOENT) {
		report_unread(report, IOMMUS, errno);
		return;
	}
	count = names.count;
	root_free_names(&names);
	if (!count)
		check_no_iommu(&host->devices, report);
	else if (are_behind(host, count, report))
		report_add(report, REPORT_YES, "", IOMMUS ", " HOST_CMDLINE, "%zu IOMMU%s%s", count,
			   count == 1 ? "" : "s", is_passthrough(host) ?
			   "; iommu.passthrough=1: the host's own drivers bypass them" : "");
}

static void say_how_to_bind(const struct host *host, const struct device *d,
			    struct report *report)
{
	if (host->config && !strcmp(d->wanted, DEVICES_DECLARING) &&
	    config_state(host->config, "NVGRACE_GPU_VFIO_PCI") != CONFIG_ON)
		report_remedy(report, "boot a kernel with CONFIG_NVGRACE_GPU_VFIO_PCI");
	else if (!strcmp(d->wanted, DEVICES_DECLARING) && root_has_name(&host->root, UNIT))
		/* For a unit that has been started, start does nothing. */
		report_remedy(report,
			      "%ssystemctl enable cohmem-gpu@%s && systemctl restart cohmem-gpu@%s, also for later boots",
			      *d->driver ? "when nothing uses the device: " : "", d->address,
			      d->address);
	else if (!*d->driver)
		report_remedy(report, TAKE PROBE, d->wanted, d->wanted, d->address, d->address);
	else
		report_remedy(report, "when nothing uses the device: " TAKE UNBIND PROBE,
			      d->wanted, d->wanted, d->address, d->address, d->address,
			      d->address);
}

/* By driver_override that driver takes any device, also one without memory to give. */
static void say_how_to_list(const struct host *host, const struct device *d,
			    struct report *report)
{
	bool has_unit = root_has_name(&host->root, UNIT);

	report_remedy(report,
		      "if it has coherent memory, name it in a list in " KNOWN_LOCAL
		      "; else, when nothing uses it: %s%s%secho >" DEVICES_PCI
		      "/%s/driver_override && " UNBIND PROBE,
		      has_unit ? "systemctl disable cohmem-gpu@" : "",
		      has_unit ? d->address : "", has_unit ? " && " : "", d->address, d->address,
		      d->address, d->address);
}

static void check_device(const struct host *host, const struct device *d,
			 struct report *report)
{
	static const char source[] = DEVICES_PCI "/*/{vendor,device,driver}";

	if (!d->is_listed) {
		report_add(report, REPORT_UNKNOWN, d->address, source,
			   "%s: %s has it, and no list names it", d->name, d->driver);
		say_how_to_list(host, d, report);
		return;
	}
	if (!strcmp(d->driver, d->wanted)) {
		report_add(report, REPORT_YES, d->address, source, "%s: %s has it", d->name,
			   d->driver);
		return;
	}
	if (!*d->driver)
		report_add(report, REPORT_NO, d->address, source, "%s: no driver has it", d->name);
	else if (!strcmp(d->driver, "vfio-pci"))
		report_add(report, REPORT_NO, d->address, source,
			   "%s: vfio-pci has it, and would give a VM the device without its memory",
			   d->name);
	else
		report_add(report, REPORT_NO, d->address, source,
			   "%s: %s has it, for the host itself and not for a VM", d->name,
			   d->driver);
	say_how_to_bind(host, d, report);
}

void check_devices(const struct host *host, struct report *report)
{
	const struct devices *devices = &host->devices;

	for (size_t i = 0; i < devices->count; i++)
		check_device(host, &devices->devices[i], report);
	if (*devices->why) {
		report_add(report, REPORT_UNKNOWN, "", DEVICES_PCI, "%s", devices->why);
		if (devices->denied)
			report_denied(report, EACCES);
	} else if (!devices->count) {
		report_add(report, REPORT_NOT_NEEDED, "", DEVICES_PCI,
			   "there is none that is listed");
	}
}
