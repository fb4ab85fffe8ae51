// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job ram: an unmodified QEMU boots a Linux guest whose whole RAM has no struct pages: a
 * file of guest RAM, or, if the kernel has none, the test device's memory. It passes if
 * the guest reaches user space, does there what Device memory forbids, verifies a part of
 * its RAM, and stage 2 maps that RAM as Normal-WB; a file of guest RAM by the largest
 * block that fits.
 *
 * Options: cohmem.ram= is the size of the RAM in MiB. With cohmem.boot=1 the guest is done
 * as soon as it reaches user space. cohmem.memory= names a kind of mapping of the test
 * device's memory; "anon" is anonymous memory, as a control.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "end.h"
#include "guest.h"
#include "guest_report.h"
#include "guestram.h"
#include "jobs.h"
#include "ktap.h"
#include "mount.h"
#include "option.h"
#include "stage2_report.h"
#include "trace.h"
#include "vmm_args.h"

/*
 * QEMU would put the initrd in a block of its own. Here it is near the other boot data;
 * the device tree comes behind it.
 */
#define INITRD_START "0x47e00000"

#define GUESTRAM "/guestram"
#define FAULTS "faults"			/* trace instance */
#define WORKLOAD_MIB "96"
/*
 * Room for 256 MiB, which is more than boot and workload touch. A page may fault twice,
 * for data and for execution. An event has 56 bytes.
 */
#define FAULTS_KIB (256 * 256 * 2 * 56 / 1024)

/* The options; read_options() sets them first. */
static char ram_mib[16] = "1024";
static bool boot_only;

static struct guest_check checks[] = {
	{ .name = "user_space" },
	{ .name = "exec_written_code" },
	{ .name = "atomics" },
	{ .name = "zva" },
	{ .name = "unaligned" },
	{ .name = "workload" },
};

static struct stage2_area ram = {
	.name = "ram",
	.start = VMM_RAM_START,
	.want = S2_NORMAL_WB,
	.memtype = "memtype",
	.block = "largest_block",
	.result = "stage2_memtype",
};

/* Besides the checks: executes, stage2_memtype, stage2_faults. Of a file, stage2_block, too. */
#define MORE_RESULTS 3

static void read_options(void)
{
	const char *value = option("ram");

	if (value)
		snprintf(ram_mib, sizeof(ram_mib), "%s", value);
	ram.end = ram.start + atoll(ram_mib) * 1024 * 1024;
	value = option("boot");
	boot_only = value && !strcmp(value, "1");
}

/* Whether the RAM is a file of guest RAM. */
static bool choose_memory(char *memory, size_t size)
{
	const char *kind = option("memory");

	if (!kind && mount_try_guestram(GUESTRAM, MOUNT_ANY_NODE)) {
		snprintf(memory, size, GUESTRAM "/vm1,align=1G");
		return true;
	}
	if (!kind || strcmp(kind, "anon"))
		snprintf(memory, size, "/dev/cohmem-test/%s", kind ? kind : "declared");
	else
		snprintf(memory, size, "anon");
	return false;
}

static void start(struct vmm *vmm, const char *memory)
{
	static const char * const loader[] = {
		"-device", "loader,force-raw=on,file=" VMM_INITRD ",addr=" INITRD_START,
		NULL
	};
	static const char * const once[] = { "-no-reboot", NULL };
	char size[24];
	struct vmm_args args;
	struct stat initrd;

	if (stat(VMM_INITRD, &initrd))
		give_up("cannot find %s: %m", VMM_INITRD);
	snprintf(size, sizeof(size), "%sM", ram_mib);
	ktap_note("guest RAM: %s MiB, %s", ram_mib, memory);

	vmm_args_begin(&args, size, memory);
	/* The kernel gives init what it does not know: "boot". */
	vmm_args_kernel(&args, loader, "%s initrd=%s,%lld%s", GUEST_CMDLINE,
			INITRD_START, (long long)initrd.st_size,
			boot_only ? " boot" : " cohmem.workload=" WORKLOAD_MIB);
	vmm_args_console(&args);
	vmm_args_add(&args, once);
	vmm_start(vmm, args.argv);
}

static void report_executes(const struct guest *guest)
{
	const struct guest_check *lives = guest_find_check(guest, "user_space");
	const struct liveness *watch = guest->liveness;
	unsigned int fault, line;

	fault = ktap_note("trace: %s",
			  watch->faulted ? watch->fault : "no execute fault");
	if (guest->ended == GUEST_NEVER_RAN) {
		line = ktap_note("trace: %s", watch->exit);
		ktap_note("the entry faulted; then %u exits in a row were at one vector",
			  watch->repeats);
		ktap_fact(RESULTS_LOG, line, "executes", FACT_NEVER_RAN);
		ktap_result(false, "executes", FACT_NEVER_RAN);
	} else if (lives->line) {
		ktap_fact(GUEST_LOG, lives->line, "executes", "yes");
		ktap_result(true, "executes", "");
	} else {
		ktap_fact(RESULTS_LOG, fault, "executes", "unknown");
		ktap_result(false, "executes", "the guest said nothing");
	}
}

/* The largest that maps no more than the RAM: with 4 KiB pages 2 MiB, if that is below 1 GiB. */
static u64 block_that_fits(void)
{
	u64 bytes = ram.end - ram.start, page = sysconf(_SC_PAGESIZE);

	if (bytes >= guestram_block())
		return guestram_block();
	return page == 4096 ? GUESTRAM_UNIT : page;
}

static void report_block(const struct guest *guest)
{
	u64 block = stage2_largest(guest, ram.start, ram.end), want = block_that_fits();

	ktap_result(block == want, "stage2_block", "%llu KiB, %llu KiB fit", block >> 10,
		    want >> 10);
}

static void ram_run(void)
{
	struct liveness liveness;
	struct guest guest = {
		.liveness = &liveness,
		.checks = checks,
		.count = ARRAY_SIZE(checks),
	};
	char filter[64], memory[96];
	unsigned int line;
	u64 count, lost;
	bool file;

	read_options();
	file = choose_memory(memory, sizeof(memory));
	if (boot_only)
		guest.count = 1;
	ktap_plan(guest.count + MORE_RESULTS + file);
	snprintf(filter, sizeof(filter), "ipa >= %#llx && ipa < %#llx",
		 ram.start, ram.end);
	trace_buffer(FAULTS, FAULTS_KIB);
	trace_event(FAULTS, "kvm/kvm_guest_fault", filter);
	liveness_start(&liveness, ram.start, ram.end);

	stage2_report_bounds(&ram);
	start(&guest.vmm, memory);
	guest_wait(&guest);
	trace_stop(FAULTS);

	line = ktap_note("end: %s", guest_reason(&guest));
	report_executes(&guest);
	guest_report_checks(&guest);
	stage2_report(&guest, &ram);
	count = trace_count(FAULTS, &lost);
	stage2_report_faults(ram.name, ram.start, ram.end - ram.start, count, lost);
	if (file)
		report_block(&guest);
	ktap_fact(RESULTS_LOG, line, "reason", "%s", guest_reason(&guest));
	vmm_stop(&guest.vmm, guest.ended == GUEST_DONE);
}

const struct job ram_job = {
	.run = ram_run,
};
