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
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "ktap.h"
#include "rig.h"
#include "stage2.h"
#include "tracing.h"
#include "vmm.h"
#include "watch.h"

#define RAM_START 0x40000000ULL		/* of QEMU's virt board */
#define RAM_MIB 128
#define RAM_END (RAM_START + RAM_MIB * 1024ULL * 1024)
#define STRING_(x) #x
#define STRING(x) STRING_(x)
#define SIZE STRING(RAM_MIB) "M"

#define FAULTS "faults"			/* trace instance */
/* 56 bytes an event, and a page may fault for data, then for execution. */
#define FAULTS_KIB (RAM_MIB * 256 * 2 * 56 / 1024)
#define DEFAULT_TIMEOUT 120
#define MAX_RANGES_SHOWN 24
#define NEVER_RAN "never ran"

/** enum ended - why the scene stopped waiting for the guest */
enum ended { GUEST_DONE, GUEST_NEVER_RAN, GUEST_TIMEOUT, VMM_ENDED };

/**
 * struct check - what the guest says about itself
 * @name: of the result, and of the guest's line
 * @line: number of that line in the guest's log, 0 if there was none
 * @ok: the guest says that it passed
 * @text: the rest of the line
 */
struct check {
	const char *name;
	unsigned int line;
	bool ok;
	char text[256];
};

static struct check checks[] = {
	{ .name = "user_space" },
	{ .name = "unaligned" },
	{ .name = "atomics" },
	{ .name = "exec_written_code" },
	{ .name = "workload" },
};

/* After the checks: executes, stage2_memtype, stage2_faults. */
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
		"-append", "console=ttyAMA0 rdinit=/init quiet panic=-1",
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

/* "guest: NAME ok TEXT" or "guest: NAME FAIL TEXT"; true at the last line. */
static bool guest_line(const char *line, unsigned int number)
{
	char name[32], verdict[8];
	int text = 0;

	say("guest.log:%u: %s", number, line);
	if (!strcmp(line, "guest: done"))
		return true;
	if (sscanf(line, "guest: %31s %7s %n", name, verdict, &text) != 2)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		struct check *check = &checks[i];

		if (strcmp(check->name, name))
			continue;
		check->line = number;
		check->ok = !strcmp(verdict, "ok");
		snprintf(check->text, sizeof(check->text), "%s", line + text);
	}
	return false;
}

static enum ended wait_for_guest(struct vmm *vmm, struct watch *watch)
{
	const char *limit = option("timeout");
	double deadline = now() + (limit ? atoi(limit) : DEFAULT_TIMEOUT);
	struct pollfd fd = { .fd = vmm->out, .events = POLLIN };
	char line[512];
	int status;

	while (now() < deadline) {
		bool ended = vmm_ended(vmm, &status);

		/* Read on after its end: the last words are in the pipe. */
		while (vmm_read_line(vmm, line, sizeof(line))) {
			if (guest_line(line, vmm->line))
				return GUEST_DONE;
		}
		if (ended) {
			say("the VMM ended with status %#x", status);
			return VMM_ENDED;
		}
		if (watch_poll(watch) == WATCH_NEVER_RAN)
			return GUEST_NEVER_RAN;
		poll(&fd, 1, 50);
	}
	return GUEST_TIMEOUT;
}

static void report_executes(enum ended ended, const struct watch *watch)
{
	unsigned int fault, line;

	fault = ktap_note("trace: %s",
			  watch->faulted ? watch->fault : "no execute fault");
	if (ended == GUEST_NEVER_RAN) {
		line = ktap_note("trace: %s", watch->exit);
		ktap_note("the entry faulted; then %u exits in a row were at one vector",
			  watch->repeats);
		ktap_fact(RESULTS_LOG, line, "executes", NEVER_RAN);
		ktap_result(false, "executes", NEVER_RAN);
	} else if (checks[0].line) {
		ktap_fact(GUEST_LOG, checks[0].line, "executes", "yes");
		ktap_result(true, "executes", "");
	} else {
		ktap_fact(RESULTS_LOG, fault, "executes", "unknown");
		ktap_result(false, "executes", "the guest said nothing");
	}
}

static void report_checks(enum ended ended)
{
	const char *missing = ended == GUEST_NEVER_RAN ? NEVER_RAN :
			      "not reached";
	long long bytes;

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		const struct check *check = &checks[i];

		if (!check->line) {
			ktap_fact(RESULTS_LOG, ktap_note("no line from the guest"),
				  check->name, "%s", missing);
			ktap_result(false, check->name, "%s", missing);
			continue;
		}
		ktap_fact(GUEST_LOG, check->line, check->name, "%s",
			  check->ok ? "yes" : "no");
		if (!strcmp(check->name, "workload") && check->ok &&
		    sscanf(check->text, "%lld bytes verified", &bytes) == 1)
			ktap_fact(GUEST_LOG, check->line, "bytes_verified",
				  "%lld", bytes);
		ktap_result(check->ok, check->name, "%s", check->text);
	}
}

static void note_range(const struct s2_range *r)
{
	ktap_note("stage2: IPA %#llx PA %#llx len %#llx block %#llx MemAttr %#x S2AP %u XN %u %s",
		  r->ipa, r->pa, r->len, r->block, r->memattr, r->s2ap, r->xn,
		  s2_type_name(r->type));
}

/* The part of the guest's RAM that is mapped, by memory type. */
static void report_stage2(const struct vmm *vmm, enum ended ended)
{
	u64 bytes[S2_OTHER + 1] = { 0 }, mapped = 0, largest = 0;
	const char *memtype = ended == GUEST_NEVER_RAN ? NEVER_RAN : "none";
	unsigned int shown = 0, line;
	struct s2_dump dump;
	char why[160];

	if (!s2_read(vmm->cpu, &dump, why, sizeof(why))) {
		ktap_fact(RESULTS_LOG, ktap_note("stage2: %s", why), "memtype",
			  "unknown");
		ktap_result(false, "stage2_memtype", "%s", why);
		return;
	}
	ktap_note("stage2: VTTBR_EL2 %#llx VTCR_EL2 %#llx FWB %u",
		  dump.vttbr, dump.vtcr, dump.fwb);
	for (size_t i = 0; i < dump.count; i++) {
		const struct s2_range *r = &dump.ranges[i];

		if (r->ipa < RAM_START || r->ipa >= RAM_END)
			continue;
		bytes[r->type] += r->len;
		mapped += r->len;
		largest = r->block > largest ? r->block : largest;
		memtype = s2_type_name(r->type);
		if (shown++ < MAX_RANGES_SHOWN)
			note_range(r);
	}
	ktap_note("stage2: %u ranges of guest RAM", shown);
	line = ktap_note("stage2: KiB: Normal-WB %llu, Normal-NC %llu, Device %llu, other %llu",
			 bytes[S2_NORMAL_WB] >> 10, bytes[S2_NORMAL_NC] >> 10,
			 bytes[S2_DEVICE] >> 10, bytes[S2_OTHER] >> 10);
	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		if (bytes[i] && bytes[i] != mapped)
			memtype = "several";
	}
	ktap_fact(RESULTS_LOG, line, "memtype", "%s", memtype);
	ktap_fact(RESULTS_LOG, line, "largest_block", "%llu", largest);
	ktap_result(mapped && bytes[S2_NORMAL_WB] == mapped, "stage2_memtype",
		    "%s", memtype);
	s2_free(&dump);
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

static const char *reason(enum ended ended)
{
	switch (ended) {
	case GUEST_NEVER_RAN:
		return "the guest never executed an instruction";
	case GUEST_TIMEOUT:
		return "the guest did not finish in time";
	case VMM_ENDED:
		return "the VMM ended before the guest had finished";
	case GUEST_DONE:
		break;
	}
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		if (!checks[i].ok)
			return "the guest finished, a check failed";
	}
	return "the guest finished, every check passed";
}

void scene_ram(void)
{
	enum ended ended;
	struct watch watch;
	unsigned int line;
	char filter[64];
	struct vmm vmm;

	ktap_plan(RESULTS);
	snprintf(filter, sizeof(filter), "ipa >= %#llx && ipa < %#llx",
		 RAM_START, RAM_END);
	trace_buffer(FAULTS, FAULTS_KIB);
	trace_event(FAULTS, "kvm/kvm_guest_fault", filter);
	watch_start(&watch, RAM_START, RAM_END);

	start(&vmm);
	ended = wait_for_guest(&vmm, &watch);
	trace_stop(FAULTS);

	line = ktap_note("end: %s", reason(ended));
	report_executes(ended, &watch);
	report_checks(ended);
	report_stage2(&vmm, ended);
	report_faults();
	ktap_fact(RESULTS_LOG, line, "reason", "%s", reason(ended));
	vmm_stop(&vmm, ended == GUEST_DONE);
}
