// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job gpu: an unmodified QEMU passes the memory of a GPU, by the kernel's own
 * nvgrace-gpu-vfio-pci, to a Linux guest with little RAM. The guest's driver hot-adds it.
 * It passes if the guest does in that memory what Device memory forbids, and verifies
 * more of it than it has RAM, and if stage 2 maps region 4 as Normal-WB and region 2 as
 * Normal-NC without execution.
 *
 * Options: cohmem.gpu= is the PCI address of the device that plays the GPU, and
 * cohmem.gpumem= of the one that has its memory. With cohmem.gb200=1 it is a Grace
 * Blackwell, all of whose memory is region 4. With cohmem.cxl=1 it says that its memory is
 * active, where newer drivers look for that.
 */
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "end.h"
#include "guest.h"
#include "guest_report.h"
#include "jobs.h"
#include "ktap.h"
#include "module.h"
#include "option.h"
#include "stage2_report.h"
#include "trace.h"
#include "util.h"
#include "vfio.h"
#include "vmm_args.h"

#define DRIVER "nvgrace_gpu_vfio_pci"
#define MEMORY_BAR 2
#define RESMEM BIT_ULL(30)	/* what the driver carves out for region 2 */

#define GUEST_RAM "96M"
#define WORKLOAD_MIB "104"	/* more than GUEST_RAM */
#define DISK "/guest/modules/cohmem_guestgpu.ko"

/* QEMU's virt board has its window for 64-bit BARs from here on. */
#define BARS_START 0x8000000000ULL
#define FAULTS "faults"		/* trace instance */
#define FAULTS_KIB 8192

static struct guest_check checks[] = {
	{ .name = "user_space" },
	{ .name = "hot_add" },
	{ .name = "exec_written_code" },
	{ .name = "atomics" },
	{ .name = "zva" },
	{ .name = "unaligned" },
	{ .name = "workload" },
	{ .name = "region2_refuses_exec" },	/* the last: not on GB200 */
};

static struct stage2_area region4 = {
	.name = "region4",
	.by_pa = true,
	.want = S2_NORMAL_WB,
	.memtype = "memtype",
	.block = "largest_block",
	.result = "stage2_memtype",
};

static struct stage2_area region2 = {
	.name = "region2",
	.by_pa = true,
	.want = S2_NORMAL_NC,
	.memtype = "region2_memtype",
	.result = "stage2_region2",
};

static bool gb200(void)
{
	const char *value = option("gb200");

	return value && !strcmp(value, "1");
}

static const char *address(const char *name)
{
	const char *value = option(name);

	if (!value)
		give_up("cohmem.%s= is missing: which device is it?", name);
	return value;
}

static void device_file(char *path, size_t size, const char *device, const char *file)
{
	snprintf(path, size, "/sys/bus/pci/devices/%s/%s", device, file);
}

/* Finds the regions of the GPU's memory, as the driver divides it. */
static void find_regions(void)
{
	char path[128], text[2048];
	char *line = text;
	u64 start, end;

	device_file(path, sizeof(path), address("gpumem"), "resource");
	if (!read_file(path, text, sizeof(text)))
		give_up("cannot read %s: %m", path);
	for (int i = 0; line && i < MEMORY_BAR; i++) {
		line = strchr(line, '\n');
		line += !!line;
	}
	if (!line || sscanf(line, "%llx %llx", &start, &end) != 2 ||
	    end - start < RESMEM)
		give_up("%s has no memory in BAR %d", path, MEMORY_BAR);
	region4.start = start;
	region4.end = end + 1 - (gb200() ? 0 : RESMEM);
	region2.start = region4.end;
	region2.end = end + 1;
	stage2_report_bounds(&region4);
	if (!gb200())
		stage2_report_bounds(&region2);
}

/* Comes before the test device's driver, which would take the memory too. */
void gpu_prepare(void)
{
	char params[128];

	find_regions();
	vfio_bind(address("gpumem"), "none");
	snprintf(params, sizeof(params), "device=%s memory=%s gb200=%d cxl=%d",
		 address("gpu"), address("gpumem"), gb200(), !!option("cxl"));
	module_load("cohmem_testgpu", params);
	vfio_bind(address("gpu"), DRIVER);
}

static void report_driver(void)
{
	char path[128], link[PATH_MAX] = "";
	const char *name = "none";
	unsigned int line;

	device_file(path, sizeof(path), address("gpu"), "driver");
	if (readlink(path, link, sizeof(link) - 1) > 0)
		name = basename(link);
	line = ktap_note("gpu: %s, driver %s", address("gpu"), name);
	ktap_fact(RESULTS_LOG, line, "driver", "%s", name);
	ktap_result(!strcmp(name, DRIVER), "driver", "%s", name);
}

static void start(struct vmm *vmm)
{
	char device[64];
	const char * const devices[] = {
		"-device", device,
		"-drive", "if=none,id=driver,format=raw,readonly=on,file=" DISK,
		"-device", "virtio-blk-pci,drive=driver",
		NULL
	};
	static const char * const once[] = { "-no-reboot", NULL };
	struct vmm_args args;

	snprintf(device, sizeof(device), "vfio-pci,host=%s", address("gpu"));
	ktap_note("guest RAM: %s, anonymous; workload: %s MiB", GUEST_RAM,
		  WORKLOAD_MIB);
	vmm_args_begin(&args, GUEST_RAM, NULL);
	vmm_args_add(&args, devices);
	vmm_args_kernel(&args, NULL, "%s cohmem.task=gpu cohmem.workload=%s",
			GUEST_CMDLINE, WORKLOAD_MIB);
	vmm_args_console(&args);
	vmm_args_add(&args, once);
	vmm_start(vmm, args.argv);
}

/* The fact "executes": here the check decides, for the guest boots from other memory. */
static void note_executes(const struct guest *guest)
{
	const struct guest_check *check = guest_find_check(guest, "exec_written_code");

	if (check->line)
		ktap_fact(GUEST_LOG, check->line, "executes", "%s",
			  check->ok ? "yes" : "no");
	else
		ktap_fact(RESULTS_LOG, ktap_note("no line from the guest"),
			  "executes", "not reached");
}

/* Counts the faults at the IPA that the guest gave region 4. */
static void report_faults(const struct guest *guest)
{
	const struct guest_check *check = guest_find_check(guest, "hot_add");
	u64 len, ipa, lost, count;

	if (!check->ok || sscanf(check->text, "%llu bytes at %llx", &len,
				 &ipa) != 2) {
		ktap_result(false, "stage2_faults",
			    "the guest did not say where region 4 is");
		return;
	}
	count = trace_count_ipa(FAULTS, ipa, ipa + len, &lost);
	stage2_report_faults(region4.name, ipa, len, count, lost);
}

static void gpu_run(void)
{
	struct guest guest = {
		.checks = checks,
		.count = ARRAY_SIZE(checks) - gb200(),
	};
	unsigned int line;
	char filter[64];

	/* Also: driver, stage2_memtype, stage2_faults, and stage2_region2. */
	ktap_plan(guest.count + 3 + !gb200());
	report_driver();
	snprintf(filter, sizeof(filter), "ipa >= %#llx", BARS_START);
	trace_buffer(FAULTS, FAULTS_KIB);
	trace_event(FAULTS, "kvm/kvm_guest_fault", filter);

	start(&guest.vmm);
	guest_wait(&guest);
	trace_stop(FAULTS);

	line = ktap_note("end: %s", guest_reason(&guest));
	note_executes(&guest);
	guest_report_checks(&guest);
	stage2_report(&guest, &region4);
	if (!gb200())
		stage2_report(&guest, &region2);
	report_faults(&guest);
	ktap_fact(RESULTS_LOG, line, "reason", "%s", guest_reason(&guest));
	vmm_stop(&guest.vmm, guest.ended == GUEST_DONE);
}

const struct job gpu_job = {
	.prepare = gpu_prepare,
	.run = gpu_run,
};
