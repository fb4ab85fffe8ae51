// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>

#include "bundle.h"
#include "check.h"
#include "config.h"
#include "metrics.h"
#include "redact.h"
#include "text.h"
#include "vmlist.h"

#define MEMSLOTS	"memslots"
#define LOG_OF_COPY	"/var/log/dmesg"
#define IOMEM		"/proc/iomem"
#define MODULES		"/sys/module"
#define LARGEST_FILE	(64 << 20)

/* Of syslog(2). */
#define LOG_READ_ALL	3
#define LOG_SIZE	10

static const char * const modules[] = {
	"kvm", "nvgrace_gpu_vfio_pci", "vfio_pci", "vfio_pci_core", "vfio_iommu_type1", "iommufd",
	"arm_smmu_v3",
};

static const char * const options[] = {
	"KVM", "GUESTRAMFS", "NVGRACE_GPU_VFIO_PCI", "PTDUMP_STAGE2_DEBUGFS", "VFIO",
	"VFIO_IOMMU_TYPE1", "VFIO_PCI", "IOMMUFD", "VFIO_DEVICE_CDEV", "ARM_SMMU_V3",
	"ARM64_4K_PAGES", "ARM64_16K_PAGES", "ARM64_64K_PAGES", "ARM64_MTE",
	"ARM64_ERRATUM_4118414", "MODULE_SIG", "MODULE_SIG_FORCE", "SECURITY_LOCKDOWN_LSM",
	"STRICT_DEVMEM", "IO_STRICT_DEVMEM", "FTRACE", "DEBUG_FS", "HIBERNATION", "KEXEC",
};

/**
 * struct bundle - what the parts are made of
 * @host: the host
 * @report: of cohmem check
 * @vms: its VMs, without the names of processes that are no VMM's
 * @vms_why: why there are none, or ""
 * @list: of cohmem list
 * @is_whole: all could be read so far
 */
struct bundle {
	const struct host *host;
	struct report report;
	struct vms vms;
	char vms_why[200];
	struct vmlist list;
	bool is_whole;
};

static void not_read(struct bundle *b, const char *what, const char *why, FILE *out)
{
	fprintf(out, "not read: %s%s%s\n", what, *what ? ": " : "", why);
	b->is_whole = false;
}

static void put_tool(struct bundle *b, FILE *out)
{
	fputs("cohmem " COHMEM_VERSION "\n", out);
}

static void put_check(struct bundle *b, FILE *out)
{
	report_print(&b->report, out, false);
}

static void put_check_json(struct bundle *b, FILE *out)
{
	json_print(out, report_json(&b->report));
}

static void put_list(struct bundle *b, FILE *out)
{
	if (*b->vms_why)
		not_read(b, "", b->vms_why, out);
	else
		vmlist_print(&b->list, out);
}

static void put_list_json(struct bundle *b, FILE *out)
{
	if (!*b->vms_why)
		json_print(out, vmlist_json(&b->list));
	if (vmlist_lack(&b->list))
		b->is_whole = false;
}

static void put_metrics(struct bundle *b, FILE *out)
{
	struct metrics metrics;

	metrics_gather(&metrics, &b->host->root, &b->vms);
	metrics.is_whole &= !*b->vms_why;
	metrics_print(&metrics, out);
	b->is_whole &= metrics.is_whole;
	metrics_free(&metrics);
}

static void put_memslots(struct bundle *b, FILE *out)
{
	char path[128], *text;

	for (size_t i = 0; i < b->vms.count; i++) {
		const struct vms_vm *vm = &b->vms.vms[i];

		fprintf(out, "VM %s\n", vm->name);
		vms_path(vm, MEMSLOTS, path, sizeof(path));
		text = root_read(&b->host->root, path, LARGEST_FILE);
		if (text)
			redact_memslots(text, out);
		else
			not_read(b, path, strerror(errno), out);
		free(text);
	}
}

/* Return: the kernel's log, or NULL with errno. */
static char *read_log(const struct host *host)
{
	int size, len;
	char *text;

	if (host->is_copy)
		return root_read(&host->root, LOG_OF_COPY, LARGEST_FILE);
	size = klogctl(LOG_SIZE, NULL, 0);
	if (size < 0)
		return NULL;
	text = calloc(1, size + 1);
	if (!text)
		abort();
	len = klogctl(LOG_READ_ALL, text, size);
	if (len >= 0)
		return text;
	free(text);
	return NULL;
}

static void put_log(struct bundle *b, FILE *out)
{
	char *text = read_log(b->host);

	if (text)
		redact_log(text, out);
	else
		not_read(b, b->host->is_copy ? LOG_OF_COPY : "the kernel's log", strerror(errno),
			 out);
	free(text);
}

static void put_cmdline(struct bundle *b, FILE *out)
{
	if (b->host->cmdline)
		redact_cmdline(b->host->cmdline, out);
	else
		not_read(b, HOST_CMDLINE, strerror(b->host->cmdline_why), out);
}

static void put_iomem(struct bundle *b, FILE *out)
{
	char *text = root_read(&b->host->root, IOMEM, LARGEST_FILE);

	if (text)
		redact_iomem(text, out);
	else
		not_read(b, IOMEM, strerror(errno), out);
	free(text);
}

static void put_modules(struct bundle *b, FILE *out)
{
	static const char * const files[] = { "version", "srcversion" };
	char path[128], *text;

	for (size_t i = 0; i < ARRAY_SIZE(modules); i++) {
		snprintf(path, sizeof(path), MODULES "/%s", modules[i]);
		if (!root_exists(&b->host->root, path))
			continue;
		fputs(modules[i], out);
		for (size_t f = 0; f < ARRAY_SIZE(files); f++) {
			snprintf(path, sizeof(path), MODULES "/%s/%s", modules[i], files[f]);
			text = root_line(&b->host->root, path);
			if (text)
				text_printable(text);
			if (text)
				fprintf(out, " %s=%s", files[f], text);
			free(text);
		}
		fputc('\n', out);
	}
}

static void put_config(struct bundle *b, FILE *out)
{
	static const char * const states[] = {
		[CONFIG_ABSENT] = "absent",
		[CONFIG_OFF] = "off",
		[CONFIG_ON] = "on",
		[CONFIG_VALUE] = "another value",
	};

	if (!b->host->config) {
		not_read(b, b->host->config_path, strerror(b->host->config_why), out);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		fprintf(out, "CONFIG_%s: %s\n", options[i],
			states[config_state(b->host->config, options[i])]);
}

/**
 * struct part - a part of the report; nothing that is not here gets into it
 * @name: what it is
 * @most: bytes; what is more is cut off
 * @put: writes it
 */
static const struct part {
	const char *name;
	size_t most;
	void (*put)(struct bundle *b, FILE *out);
} parts[] = {
	{ "tool", 1 << 10, put_tool },
	{ "check", 64 << 10, put_check },
	{ "check.json", 128 << 10, put_check_json },
	{ "list", 64 << 10, put_list },
	{ "list.json", 1 << 20, put_list_json },
	{ "metrics", 1 << 20, put_metrics },
	{ "memslots", 4 << 20, put_memslots },
	{ "log", 256 << 10, put_log },
	{ "cmdline", 8 << 10, put_cmdline },
	{ "iomem", 64 << 10, put_iomem },
	{ "modules", 4 << 10, put_modules },
	{ "config", 4 << 10, put_config },
};

static void print_part(struct bundle *b, const struct part *part, FILE *out)
{
	size_t size, len;
	char *text;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	part->put(b, f);
	fclose(f);
	len = size;
	if (len > part->most) {
		for (len = part->most; len && text[len - 1] != '\n'; len--)
			;
	}
	fprintf(out, "==== %s, %zu bytes of at most %zu%s\n", part->name, len, part->most,
		len < size ? ", cut off" : "");
	fwrite(text, 1, len, out);
	free(text);
}

bool bundle_print(const struct host *host, FILE *out)
{
	struct bundle b = { .host = host, .is_whole = true };
	const char *source, *remedy;

	check_run(host, &b.report);
	if (!vms_list(&host->root, &b.vms))
		snprintf(b.vms_why, sizeof(b.vms_why), "%s", vms_why(&host->root, errno, &remedy));
	for (size_t i = 0; i < b.vms.count; i++)
		redact_process(b.vms.vms[i].process_name);
	b.list.page_size = host_page_size(host, &source);
	vmlist_gather(&b.list, &host->root, &b.vms);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		print_part(&b, &parts[i], out);
	fputs("==== end\n", out);
	vmlist_free(&b.list);
	vms_free(&b.vms);
	report_free(&b.report);
	return b.is_whole;
}
