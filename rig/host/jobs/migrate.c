// SPDX-License-Identifier: GPL-2.0-only
/*
 * Job migrate: a QEMU migrates a VM live to a second QEMU, over a socket, while the guest
 * writes and verifies memory. The RAM of both has no struct pages; they have different
 * parts of it. When the first QEMU says that it has sent all, its part is filled with
 * rubbish. A part of what the guest wrote before it was sent it verifies only after that:
 * what was not sent would be missed. (The guest goes on at once, or the downtime would be
 * that of the rig: its rounds are the guest's life meanwhile.)
 *
 * The sizes of stage 2's entries are read before, in the middle, and after.
 *
 * With cohmem.memory=guestram the RAM of each is a file of guest RAM.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "debug.h"
#include "downtime.h"
#include "guest_report.h"
#include "jobs.h"
#include "ktap.h"
#include "migration.h"
#include "pace.h"
#include "stage2_report.h"
#include "vm_ram.h"

#define RUBBISH		0xa5

/* Enough to see tables where there were blocks. */
#define ROUNDS		3
/* Until the first QEMU is in its last state. */
#define SECS		20

/* executes, three of stage 2, and those below. */
#define RESULTS 9

static const struct stage2_area areas[] = {
	{
		.name = "before", .start = VMM_RAM_START, .end = VM_RAM_END,
		.want = S2_NORMAL_WB, .memtype = "memtype_before",
		.sizes = "entries_before", .result = "stage2_before",
	}, {
		.name = "during", .start = VMM_RAM_START, .end = VM_RAM_END,
		.want = S2_NORMAL_WB, .memtype = "memtype_during",
		.sizes = "entries_during", .result = "stage2_during",
	}, {
		.name = "after", .start = VMM_RAM_START, .end = VM_RAM_END,
		.want = S2_NORMAL_WB, .memtype = "memtype",
		.sizes = "entries_after", .result = "stage2_after",
	},
};

/*
 * Of a guest that runs: one that is stopped writes nothing, and the migration would be done
 * at once. While pages are logged, and while nothing happens, no table is freed.
 */
static void report_stage2(struct vm *vm, const struct stage2_area *area)
{
	stage2_report_bounds(area);
	stage2_report(&vm->guest, area);
}

static bool is_post_migrate(struct vm *vm)
{
	double deadline = pace_now() + debug_secs(SECS);
	char status[24] = "";

	while (pace_now() < deadline) {
		qmp_command(&vm->qmp, "{\"execute\":\"query-status\"}");
		qmp_text(&vm->qmp, "status", status, sizeof(status));
		if (!strcmp(status, "postmigrate"))
			return true;
		usleep(20000);
	}
	return false;
}

/* Return: whether the memory is rubbish now. */
static bool spoil(void)
{
	u8 *mem = vm_ram_map(VM_ONE);

	if (!mem)
		return false;
	memset(mem, RUBBISH, VM_RAM_BYTES);
	munmap(mem, VM_RAM_BYTES);
	return true;
}

/* The first step that does not work is why all is lost. */
static void step(const char **failed, bool ok, const char *name)
{
	if (!ok && !*failed)
		*failed = name;
}

static void report_migration(const struct migration *m, const char *failed)
{
	unsigned int line;

	line = ktap_note("migration: %s, %llu rounds, %llu pages, %llu bytes", m->status,
			 m->rounds, m->pages, m->bytes);
	ktap_fact(RESULTS_LOG, line, "rounds", "%llu", m->rounds);
	ktap_fact(RESULTS_LOG, line, "pages_sent", "%llu", m->pages);
	ktap_result(!failed, "migration", "%s%s%s", m->status, failed ? ": " : "",
		    failed ? failed : "");
}

static void report_verified(struct vm *to, bool spoiled)
{
	bool ok = vm_goes_on(to);

	ok = vm_verified(to) && ok && spoiled;
	ktap_fact(GUEST_LOG, to->guest.vmm.line, "verified", "%s", ok ? "yes" : "no");
	ktap_result(ok, "verified", "%s", vm_said(to, "verify"));
}

static void report_executes(const struct vm *vm, bool ok)
{
	const struct guest_check *check = guest_find_check(&vm->guest, "user_space");

	ktap_fact(GUEST_LOG, check->line, "executes", "%s", check->line ? "yes" : "unknown");
	ktap_result(ok, "executes", "workload: %s", vm_said(vm, "workload"));
}

static void migrate_run(void)
{
	const char *failed = NULL;
	struct migration m = { 0 };
	struct vm from, to;
	bool ok;

	ktap_plan(RESULTS);
	vm_ram_choose();
	ok = vm_start(&from, vm_ram(VM_ONE, ""), NULL, NULL);
	report_executes(&from, ok);
	ok = vm_verify(&from, VM_VERIFY_MIB) && vm_goes_on(&from);
	ktap_result(ok, "workload_runs", "");
	report_stage2(&from, &areas[0]);

	step(&failed, migration_receive(&to, vm_ram(VM_TWO, ""), NULL),
	     "the monitor of the second QEMU does not answer");
	downtime_watch(&from, &to);
	step(&failed, migration_hold(&from), "no limits could be set");
	step(&failed, migration_begin(&from), "it could not begin");
	step(&failed, migration_wait(&from, &m, ROUNDS), "there were too few rounds");
	report_stage2(&from, &areas[1]);
	step(&failed, migration_release(&from), "the limits could not be set back");
	step(&failed, migration_wait(&from, &m, 0), "it was not seen to end in time");
	step(&failed, !strcmp(m.status, "completed"), "it did not succeed");
	report_migration(&m, failed);

	ok = !failed && is_post_migrate(&from) && spoil();
	ktap_result(ok, "source_spoiled", "");
	downtime_report(m.downtime_ms);
	report_verified(&to, ok);
	report_stage2(&to, &areas[2]);
	ktap_fact(RESULTS_LOG, ktap_note("end: the guest goes on in the second VM"), "reason",
		  "%s", ok ? "the guest goes on where it was sent, and every byte is right" :
		  m.status);

	/* Its guest is elsewhere now. */
	from.guest.ended = GUEST_STOPPED;
	vm_end(&from);
	vm_end(&to);
}

const struct job migrate_job = {
	.run = migrate_run,
};
