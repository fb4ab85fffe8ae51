// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scene ram: an unmodified QEMU boots a Linux guest whose whole RAM is the
 * test device's memory. Passing means that the guest reached user space,
 * did there what Device memory forbids, verified most of its RAM, and that
 * stage 2 maps that RAM as Normal-WB.
 *
 * Option cohmem.memory= names the kind of mapping, or "anon" for ordinary
 * anonymous memory, as a control.
 */
#include <stdio.h>
#include <string.h>

#include "guest.h"
#include "ktap.h"
#include "rig.h"
#include "tracing.h"

#define RAM_START 0x40000000ULL		/* of QEMU's virt board */
#define RAM_MIB 128
#define RAM_END (RAM_START + RAM_MIB * 1024ULL * 1024)
#define STRING_(x) #x
#define STRING(x) STRING_(x)
#define SIZE STRING(RAM_MIB) "M"

#define FAULTS "faults"			/* trace instance */
/* 56 bytes an event, and a page may fault for data, then for execution. */
#define FAULTS_KIB (RAM_MIB * 256 * 2 * 56 / 1024)

static struct check checks[] = {
	{ .name = "user_space" },
	{ .name = "exec_written_code" },
	{ .name = "atomics" },
	{ .name = "zva" },
	{ .name = "unaligned" },
	{ .name = "workload" },
};

static const struct area ram = {
	.name = "guest RAM",
	.start = RAM_START,
	.end = RAM_END,
	.want = S2_NORMAL_WB,
	.memtype = "memtype",
	.block = "largest_block",
	.result = "stage2_memtype",
};

/* Beside the checks: executes, stage2_memtype, stage2_faults. */
#define RESULTS (ARRAY_SIZE(checks) + 3)

static void start(struct vmm *vmm)
{
	const char *kind = option("memory");
	char memory[160];
	const char * const argv[] = {
		"/usr/bin/qemu-system-aarch64",
		"-M", "virt,gic-version=host,memory-backend=m0",
		"-accel", "kvm", "-cpu", "host", "-smp", "1", "-m", SIZE,
		"-object", memory,
		"-kernel", "/guest/Image", "-initrd", "/guest.cpio.gz",
		"-append", GUEST_CMDLINE,
		"-nodefaults", "-display", "none", "-serial", "stdio",
		"-no-reboot", NULL
	};

	if (!kind)
		kind = "declared";
	ktap_note("guest RAM: %s MiB, %s", STRING(RAM_MIB), kind);
	if (!strcmp(kind, "anon"))
		snprintf(memory, sizeof(memory),
			 "memory-backend-ram,id=m0,size=" SIZE);
	else
		snprintf(memory, sizeof(memory),
			 "memory-backend-file,id=m0,size=" SIZE
			 ",share=on,mem-path=/dev/cohmem/%s", kind);
	vmm_start(vmm, argv);
}

static void report_executes(const struct guest *guest)
{
	const struct check *lives = guest_check(guest, "user_space");
	const struct watch *watch = guest->watch;
	unsigned int fault, line;

	fault = ktap_note("trace: %s",
			  watch->faulted ? watch->fault : "no execute fault");
	if (guest->ended == GUEST_NEVER_RAN) {
		line = ktap_note("trace: %s", watch->exit);
		ktap_note("the entry faulted; then %u exits in a row were at one vector",
			  watch->repeats);
		ktap_fact(RESULTS_LOG, line, "executes", NEVER_RAN);
		ktap_result(false, "executes", NEVER_RAN);
	} else if (lives->line) {
		ktap_fact(GUEST_LOG, lives->line, "executes", "yes");
		ktap_result(true, "executes", "");
	} else {
		ktap_fact(RESULTS_LOG, fault, "executes", "unknown");
		ktap_result(false, "executes", "the guest said nothing");
	}
}

static void report_faults(void)
{
	u64 lost, count = trace_count(FAULTS, &lost);
	unsigned int line;

	line = ktap_note("trace: %llu kvm_guest_fault events, IPA in [%#llx, %#llx), %llu lost",
			 count, RAM_START, RAM_END, lost);
	ktap_fact(RESULTS_LOG, line, "stage2_faults", "%llu", count);
	ktap_result(count && !lost, "stage2_faults", "%llu, %llu lost", count, lost);
}

void scene_ram(void)
{
	struct watch watch;
	struct guest guest = {
		.watch = &watch,
		.checks = checks,
		.count = ARRAY_SIZE(checks),
	};
	unsigned int line;
	char filter[64];

	ktap_plan(RESULTS);
	snprintf(filter, sizeof(filter), "ipa >= %#llx && ipa < %#llx",
		 RAM_START, RAM_END);
	trace_buffer(FAULTS, FAULTS_KIB);
	trace_event(FAULTS, "kvm/kvm_guest_fault", filter);
	watch_start(&watch, RAM_START, RAM_END);

	start(&guest.vmm);
	guest_wait(&guest);
	trace_stop(FAULTS);

	line = ktap_note("end: %s", guest_reason(&guest));
	report_executes(&guest);
	guest_report_checks(&guest);
	guest_report_area(&guest, &ram);
	report_faults();
	ktap_fact(RESULTS_LOG, line, "reason", "%s", guest_reason(&guest));
	vmm_stop(&guest.vmm, guest.ended == GUEST_DONE);
}
