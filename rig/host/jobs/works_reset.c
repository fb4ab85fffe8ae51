// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job works-reset: what becomes of a GPU's memory that a VMM and its VM have mapped, by
 * the kernel's own nvgrace driver, when the GPU is reset, sleeps, has its memory
 * disabled, or is not ready. It also shows how the driver populates a mapping.
 *
 * The module that makes the GPU also says whether it is ready. The VM is that of
 * rawvm.h, and touches all parts of region 4.
 */
#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cohmem_stage2.h"
#include "end.h"
#include "jobs.h"
#include "ktap.h"
#include "module.h"
#include "option.h"
#include "pace.h"
#include "rawvm.h"
#include "util.h"
#include "works_reset.h"

#define IPA RESET_SIZE		/* a multiple of it */
#define GUEST_STRIDE (2ULL << 20)	/* a fault each, where stage 2 has pages only */

static __thread sigjmp_buf refused;

static void on_refusal(int sig)
{
	siglongjmp(refused, sig);
}

bool reset_touch(const u8 *at, u64 *value)
{
	bool ok = !sigsetjmp(refused, 1);

	if (ok)
		*value = __atomic_load_n((const u64 *)at, __ATOMIC_RELAXED);
	return ok;
}

bool reset_is_right(const struct reset_gpu *gpu)
{
	u64 value;

	return reset_touch(gpu->at, &value) && value == RESET_VALUE;
}

void reset_status(const char *status)
{
	if (!write_file("/sys/module/cohmem_testgpu/parameters/status", status))
		give_up("cannot say whether the GPU is ready: %m");
}

bool reset_by_vfio(const struct reset_gpu *gpu)
{
	return !ioctl(gpu->vfio.fd, VFIO_DEVICE_RESET);
}

static bool reset_by_sysfs(const struct reset_gpu *gpu)
{
	char path[128];

	(void)gpu;
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/reset", option("gpu"));
	return write_file(path, "1");
}

static bool set_command(const struct reset_gpu *gpu, u8 command)
{
	struct vfio_region config = vfio_region(&gpu->vfio, VFIO_PCI_CONFIG_REGION_INDEX);

	return pwrite(config.fd, &command, 1, config.offset + PCI_COMMAND) == 1;
}

static bool disable_memory(const struct reset_gpu *gpu)
{
	return set_command(gpu, 0);
}

static bool enable_memory(const struct reset_gpu *gpu)
{
	return set_command(gpu, PCI_COMMAND_MEMORY);
}

static bool set_feature(const struct reset_gpu *gpu, u32 feature)
{
	struct vfio_device_feature arg = {
		.argsz = sizeof(arg),
		.flags = VFIO_DEVICE_FEATURE_SET | feature,
	};

	return !ioctl(gpu->vfio.fd, VFIO_DEVICE_FEATURE, &arg);
}

static bool enter_low_power(const struct reset_gpu *gpu)
{
	return set_feature(gpu, VFIO_DEVICE_FEATURE_LOW_POWER_ENTRY);
}

static bool exit_low_power(const struct reset_gpu *gpu)
{
	return set_feature(gpu, VFIO_DEVICE_FEATURE_LOW_POWER_EXIT);
}

u8 *reset_map(const struct reset_gpu *gpu)
{
	u8 *at = mmap(NULL, 2 * RESET_SIZE, PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		give_up("no address space: %m");
	at = mmap(at + -(uintptr_t)at % RESET_SIZE, RESET_SIZE, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_FIXED, gpu->vfio.fd, gpu->offset);
	if (at == MAP_FAILED)
		give_up("cannot map region 4: %m");
	return at;
}

static struct reset_gpu open_gpu(void)
{
	struct reset_gpu gpu = { .vfio = vfio_open_type1(option("gpu")) };
	struct vfio_region region = vfio_region(&gpu.vfio, VFIO_PCI_BAR4_REGION_INDEX);

	if (region.size < RESET_SIZE)
		give_up("region 4 has %llu bytes", region.size);
	gpu.offset = region.offset;
	gpu.at = reset_map(&gpu);
	return gpu;
}

/* All that stage 2 maps at the IPA of the GPU's memory. */
static u64 stage2_bytes(void)
{
	struct s2_dump dump;
	char why[160];
	u64 bytes = 0;

	if (!s2_read(reset_cpu(), &dump, why, sizeof(why)))
		give_up("stage 2: %s", why);
	for (size_t i = 0; i < dump.count; i++) {
		const struct s2_range *r = &dump.ranges[i];

		if (r->ipa >= IPA && r->ipa < IPA + RESET_SIZE)
			bytes += r->len;
	}
	s2_free(&dump);
	return bytes;
}

int reset_cpu(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) - 1;
}

void reset_vm_open(struct rawvm *vm, const struct reset_gpu *gpu)
{
	rawvm_open(vm);
	rawvm_map(vm, IPA, gpu->at, RESET_SIZE);
}

void reset_vm_touch(struct rawvm *vm)
{
	rawvm_touch(vm, IPA, IPA + RESET_SIZE, GUEST_STRIDE, false);
}

/**
 * struct taken - something that takes the memory away
 * @name: of the result
 * @take: does so
 * @back: ends it, or NULL: the memory is back with the next access
 * @read: read() works meanwhile. A device in low power is woken for it
 */
struct taken {
	const char *name;
	bool (*take)(const struct reset_gpu *gpu);
	bool (*back)(const struct reset_gpu *gpu);
	bool read;
};

static const struct taken all_taken[] = {
	{ .name = "reset_by_vfio", .take = reset_by_vfio },
	{ .name = "reset_by_sysfs", .take = reset_by_sysfs },
	{ .name = "memory_disabled", .take = disable_memory, .back = enable_memory },
	{ .name = "low_power", .take = enter_low_power, .back = exit_low_power, .read = true },
};

bool reset_reads(const struct reset_gpu *gpu)
{
	u64 value;

	return pread(gpu->vfio.fd, &value, sizeof(value), gpu->offset) == sizeof(value) &&
	       value == RESET_VALUE;
}

/* The guest is not running, so nothing maps the memory before its next touch. */
static void try_taken(const struct taken *taken, const struct reset_gpu *gpu)
{
	u64 before, between, after = 0, value;
	bool took, refused = true, reads = taken->read;
	double begin, waited = 0;
	struct rawvm vm;

	reset_vm_open(&vm, gpu);
	reset_vm_touch(&vm);
	before = stage2_bytes();
	took = taken->take(gpu);
	between = stage2_bytes();
	if (took && taken->back) {
		begin = pace_now();
		reads = reset_reads(gpu);
		refused = !reset_touch(gpu->at, &value);
		waited = pace_now() - begin;
		took = taken->back(gpu);
	}
	if (took) {
		reset_vm_touch(&vm);
		after = stage2_bytes();
	}
	ktap_result(took && refused && waited < RESET_SOON_SECS && reads == taken->read &&
		    before && !between && after == before && reset_is_right(gpu), taken->name,
		    "stage 2 had %llu bytes, then %llu, then %llu%s%s%s%s", before, between,
		    after, took ? "" : "; it could not be done",
		    refused ? "" : "; the VMM could touch it",
		    waited < RESET_SOON_SECS ? "" : "; the VMM waited for the GPU",
		    reads == taken->read ? "" : reads ? "; read() worked" : "; read() failed");
	rawvm_close(&vm);
}

/* The driver must not read behind the end of a BAR. */
static bool small_bar_refused(void)
{
	const char *pci = option("gpumem");
	char params[96], path[128];
	bool refused;

	snprintf(params, sizeof(params), "device=%s memory=%s", pci, pci);
	module_load("cohmem_testgpu", params);
	vfio_bind(pci, RESET_DRIVER);
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver/unbind", pci);
	refused = !write_file(path, pci) && errno == ENOENT;
	module_unload("cohmem_testgpu");
	return refused;
}

static bool refused_small_bar;

static void works_reset_prepare(void)
{
	if (!option("gpu") || !option("gpumem"))
		give_up("cohmem.gpu= or cohmem.gpumem= is missing");
	refused_small_bar = small_bar_refused();
	works_reset_size_prepare();
	gpu_prepare();
}

static void works_reset_run(void)
{
	struct sigaction action = { .sa_handler = on_refusal };
	struct reset_gpu gpu;
	cpu_set_t cpus;

	ktap_plan(1 + WORKS_RESET_MAP_RESULTS + ARRAY_SIZE(all_taken) +
		  WORKS_RESET_SIZE_RESULTS + WORKS_RESET_WAIT_RESULTS);
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	CPU_ZERO(&cpus);
	CPU_SET(reset_cpu(), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		give_up("cannot stay on one CPU: %m");
	ktap_result(refused_small_bar, "small_bar_refused", "");
	works_reset_size();

	gpu = open_gpu();
	works_reset_map(&gpu);
	for (size_t i = 0; i < ARRAY_SIZE(all_taken); i++)
		try_taken(&all_taken[i], &gpu);
	works_reset_wait(&gpu);
}

const struct job works_reset_job = {
	.prepare = works_reset_prepare,
	.run = works_reset_run,
};
